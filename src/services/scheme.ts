import type {Problem} from '../domain/platform.ts'
import type {SignaturePolicy} from '../domain/policy.ts'
import {type Scheme, SignatureError, schemeOf} from '../signature/index.ts'

/**
 * The scheme that a policy describes.
 *
 * @param url that which a webhook is sent to, for a scheme that signs it
 * @throws SignatureError for an option the scheme does not have
 */
export function schemeFor({scheme, ...options}: SignaturePolicy, url?: string | null): Scheme {
  const made = schemeOf(scheme, options)
  return made.signs.url && url ? schemeOf(scheme, {...options, url}) : made
}

/** What is wrong with a policy; null where nothing is. */
export function problemOfScheme(policy: SignaturePolicy): Pick<Problem, 'code' | 'message'> | null {
  try {
    schemeFor(policy)
    return null
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error
    return {code: error.code, message: error.message}
  }
}
