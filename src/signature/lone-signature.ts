import {DIGEST_BYTES, decodeSignature} from './encoding.ts'
import {fault, isFault} from './fault.ts'
import {oneValue} from './headers.ts'
import type {Algorithm, Claim, Fault, Header, SignatureFormat} from './types.ts'

/** How the one signature in the one header is written. */
interface LoneFormat extends SignatureFormat {
  readonly algorithm: Algorithm
}

/** A prefix that was not asked for, as other senders write it. */
const FOREIGN_PREFIX = /^(?:hmac-)?(?:sha-?\d{1,3}|v\d)[=:,]/i

/** A lone signature over the body alone. */
export function bodyClaim(headers: readonly Header[], format: LoneFormat): Claim | Fault {
  const value = oneValue(headers, format.header)
  if (isFault(value)) return value
  if (value === '') return fault('empty_signature')
  const text = afterPrefix(value, format.prefix)
  if (isFault(text)) return text
  if (text === '') return fault('empty_signature')
  return {
    preamble: '',
    candidates: [decodeSignature('hmac', text, format.encoding, DIGEST_BYTES[format.algorithm])],
  }
}

/** What follows the prefix; a missing one and one that does not belong are faults. Case counts. */
export function afterPrefix(value: string, prefix: string): string | Fault {
  if (!value.startsWith(prefix)) return fault('bad_prefix', `the signature does not start with ${prefix}`)
  const rest = value.slice(prefix.length)
  return prefix === '' && FOREIGN_PREFIX.test(rest)
    ? fault('bad_prefix', 'the signature has a prefix where none is due')
    : rest
}
