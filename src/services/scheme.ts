import type {Problem} from '../domain/platform.ts'
import type {SignaturePolicy} from '../domain/policy.ts'
import {type Scheme, SignatureError, schemeOf} from '../signature/index.ts'

/** The scheme that a webhook's policy describes. @throws SignatureError for an option the scheme does not have */
export function schemeFor({scheme, ...options}: SignaturePolicy): Scheme {
  return schemeOf(scheme, options)
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
