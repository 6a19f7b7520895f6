import type {Problem} from './platform.ts'
import {isThisMachine} from './this-machine.ts'
import {checkUrl} from './url.ts'

/**
 * What is wrong with a URL that tokens are asked for at, or null. A client secret goes along: unencrypted only to this
 * machine, or where a webhook may use http:// for tests.
 */
export function checkTokenUrl(text: string, allowHttp: boolean): Omit<Problem, 'path'> | null {
  const verdict = checkUrl(text)
  if (!verdict.ok) return {code: verdict.code, message: `token URL: ${verdict.message}`, hint: verdict.hint}
  if (verdict.url.protocol === 'https:' || allowHttp || isThisMachine(verdict.url)) return null
  const message = `a client secret goes to https:// only, not to ${verdict.url.origin}`
  return {code: 'https_only', message, hint: 'use https://; --allow-http allows http:// for tests'}
}
