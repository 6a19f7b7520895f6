import {once} from 'node:events'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import type {Browser, BrowserContextOptions} from 'playwright-core'
import {openTab, type Tab} from '../harness/browser.ts'
import {serving} from '../harness/serving.ts'
import {aSetting, type Setting} from '../harness/setting.ts'

/** A user with a receiver, a running server and its status page. */
export interface Site extends AsyncDisposable {
  readonly setting: Setting
  readonly url: string
  /** The address `hookctl web --no-open` prints; with a token, as who holds it gets it. */
  address(token?: string): Promise<string>
  /** A tab that has logged in by it. */
  logIn(browser: Browser, options?: BrowserContextOptions & {readonly token?: string}): Promise<Tab>
  /** Ends the server; `start` begins another one on the same port. */
  stop(): Promise<void>
  start(): Promise<void>
}

export async function aSite(): Promise<Site> {
  const setting = await aSetting()
  let server = await serving(setting)
  const {url} = server
  const address = async (token?: string) => {
    const as = token === undefined ? [] : ['--server', url]
    const env = token === undefined ? {} : {HOOKCTL_TOKEN: token}
    const result = await setting.hookctl(['web', '--no-open', '--json', ...as], {env})
    return result.json<{url: string}>().url
  }
  return {
    setting,
    url,
    address,
    async logIn(browser, {token, ...options} = {}) {
      const tab = await openTab(browser, options)
      await tab.page.goto(await address(token))
      await tab.page.getByRole('heading', {name: 'Worker'}).waitFor()
      return tab
    },
    stop: () => server.stop(),
    async start() {
      server = await serving(setting, Number(new URL(url).port))
    },
    async [Symbol.asyncDispose]() {
      await server.stop()
      await setting[Symbol.asyncDispose]()
    },
  }
}

/** A page of another origin, for what it could try with the server. */
export async function aForeignSite(html: string): Promise<AsyncDisposable & {readonly url: string}> {
  const server: Server = createServer((_, response) => {
    response.writeHead(200, {'content-type': 'text/html; charset=utf-8'}).end(html)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
