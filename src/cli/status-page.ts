import type {Client} from '../client/client.ts'
import {openerFor, startOpener} from './browser.ts'
import {serverUrl} from './server-url.ts'
import type {Surroundings} from './surroundings.ts'

export interface OpenedPage {
  /** With the code where a person has to open it; without where a browser has it already. */
  readonly url: string
  readonly opened: boolean
  /** Until when the code can be used. */
  readonly expiresAt: string
}

/**
 * Asks for a code and opens the page with it, where that is wanted and there is a display. A code that goes to a browser
 * by its command line is for this user's browser alone: others of the machine may read command lines.
 */
export async function openStatusPage(
  client: Client,
  {env}: Pick<Surroundings, 'env'>,
  wanted: boolean,
): Promise<OpenedPage> {
  const address = async (sameUser: boolean) => {
    const {code, expiresAt} = await client.call('web.code', sameUser ? {sameUser} : {})
    const page = serverUrl(client.target.location, '/')
    // Behind the #: no server, proxy or log ever sees it.
    return {page, url: `${page}#code=${code}`, expiresAt}
  }
  const opener = wanted ? openerFor(process.platform, env) : null
  if (opener !== null) {
    const {page, url, expiresAt} = await address(true)
    if (await startOpener(opener, url, env)) return {url: page, opened: true, expiresAt}
  }
  const {url, expiresAt} = await address(false)
  return {url, opened: false, expiresAt}
}
