import {call, Problem, request} from './api.js'

/** Of this tab alone, gone with it; never a cookie, never in the address. */
const KEPT = 'hookctl.session'

/** The token of this tab's session, or null. */
export const keptToken = () => sessionStorage.getItem(KEPT)

export const forget = () => sessionStorage.removeItem(KEPT)

/** The code in the address, which is taken out of it and of the history at once; null where there is none. */
export function takeCode() {
  const code = /^#code=([\w-]{1,200})$/.exec(location.hash)?.[1]
  if (code === undefined) return null
  history.replaceState(null, '', location.pathname)
  return code
}

/**
 * A session for a code. A token is taken too: a code is made with it first, so that it is kept nowhere.
 *
 * @param {string} codeOrToken
 * @returns {Promise<string>} the token of the session
 */
export async function logIn(codeOrToken) {
  const code = codeOrToken.startsWith('hkt_') ? (await call(codeOrToken, 'web.code')).code : codeOrToken
  const {token} = await request('POST', '/v1/web/sessions', {body: {code}})
  sessionStorage.setItem(KEPT, token)
  return token
}

/**
 * Ends it here and at the server.
 *
 * @param {string} token
 */
export async function logOut(token) {
  forget()
  try {
    await request('DELETE', '/v1/web/sessions', {token})
  } catch (error) {
    // Gone or unreachable: it ends by itself, and nobody has it any more.
    if (!(error instanceof Problem)) throw error
  }
}
