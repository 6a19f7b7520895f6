import type {Client} from '../client/client.ts'
import {type Opener, openerFor, startOpener} from './browser.ts'
import type {Surroundings} from './surroundings.ts'

export interface OpenedPage {
  /** With the code where a person has to open it; without where a browser has it already. */
  readonly url: string
  readonly opened: boolean
  /** Until when the code can be used. */
  readonly expiresAt: string
}

/** Asks for a code and opens the page with it, where that is wanted and there is a display. */
export async function openStatusPage(
  client: Client,
  {env}: Pick<Surroundings, 'env'>,
  wanted: boolean,
  start: (opener: Opener, env: Surroundings['env']) => Promise<boolean> = startOpener,
): Promise<OpenedPage> {
  const {code, expiresAt} = await client.call('web.code', {})
  const url = pageUrl(client.target.location)
  const withCode = `${url}#code=${code}`
  const opener = wanted ? openerFor(process.platform, env, withCode) : null
  const opened = opener !== null && (await start(opener, env))
  return {url: opened ? url : withCode, opened, expiresAt}
}

/** The page is at the root of the server. The code goes behind the #: no server, proxy or log ever sees it. */
const pageUrl = (server: string): string => new URL('./', `${server.replace(/[?#].*$/, '').replace(/\/*$/, '')}/`).href
