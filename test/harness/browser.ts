import {accessSync, constants} from 'node:fs'
import path from 'node:path'
import {type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page} from 'playwright-core'

/** The Chromium of this machine (Debian's package `chromium`), or null: nothing is downloaded for a test. */
export const chromiumPath: string | null =
  (process.env.PATH ?? '')
    .split(path.delimiter)
    .flatMap(folder => ['chromium', 'chromium-browser', 'google-chrome'].map(name => path.join(folder, name)))
    .find(isProgram) ?? null

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Quiet, with a profile of its own that is thrown away, and nothing that dials off the machine by itself. */
const switches = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Whatever is asked for beside this machine is not found.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
]

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({executablePath: chromiumPath ?? '', headless: true, args: switches})

export interface Tab extends AsyncDisposable {
  readonly page: Page
  readonly context: BrowserContext
  /** What went wrong in it: errors of scripts, of the console, and what the policy forbade. */
  readonly problems: string[]
  /** Every URL that was asked for. */
  readonly asked: string[]
}

/** A tab of a profile of its own. */
export async function openTab(browser: Browser, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const problems: string[] = []
  const asked: string[] = []
  page.on('pageerror', error => problems.push(String(error)))
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text())
  })
  page.on('request', request => asked.push(request.url()))
  return {page, context, problems, asked, [Symbol.asyncDispose]: () => context.close()}
}
