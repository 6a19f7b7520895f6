import {DIGEST_BYTES, decodeSignature} from '../encoding.ts'
import {fault, isFault, SignatureError} from '../fault.ts'
import {oneValue} from '../headers.ts'
import {readKeys, textKey} from '../keys.ts'
import {defineScheme} from '../scheme.ts'
import type {Algorithm, Claim, Encoding, Fault, Header, Scheme} from '../types.ts'

/** Many senders use X-Hook-Signature with another recipe than NetBox's; each part of it can be told. */
export interface NetboxOptions {
  /** Default `X-Hook-Signature`. */
  readonly header?: string
  /** Default `sha512`. */
  readonly algorithm?: Algorithm
  /** Default `hex`. */
  readonly encoding?: Encoding
  /** Required before the digest, case and all; default none. */
  readonly prefix?: string
}

/** A prefix that was not asked for, as other senders write it. */
const FOREIGN_PREFIX = /^(?:hmac-)?(?:sha-?\d{1,3}|v\d)[=:,]/i
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/**
 * HMAC of the body's exact bytes under the UTF-8 text of the secret, in one header; SHA-512 in lower-case hex unless
 * told otherwise.
 *
 * There is no timestamp and no id in it: a captured message can be replayed for ever, so a receiver that minds has to
 * remember what it has seen. Throws SignatureError on an unknown option.
 * Source: NetBox extras/webhooks.py, identical since 2.8.2.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import {netbox} from 'hookctl/signature'
 *
 * const asana = netbox({algorithm: 'sha256'})
 * const [[name, value]] = asana.headers(['secret'], {body: Buffer.from('{}')})
 * assert.equal(name, 'X-Hook-Signature')
 * assert.match(value, /^[0-9a-f]{64}$/)
 * ```
 */
export function netbox(options: NetboxOptions = {}): Scheme {
  const {header = 'X-Hook-Signature', algorithm = 'sha512', encoding = 'hex', prefix = ''} = options
  refuseBadOption('header', header, HEADER_NAME.test(header))
  refuseBadOption('algorithm', algorithm, Object.hasOwn(DIGEST_BYTES, algorithm))
  refuseBadOption('encoding', encoding, encoding === 'hex' || encoding === 'base64')
  refuseBadOption('prefix', prefix, /^[!-~]*$/.test(prefix))

  const keys = (secrets: readonly string[]) => readKeys(secrets, textKey(algorithm))
  return defineScheme({
    name: 'netbox',
    title: `${header}: ${prefix}${encoding} of HMAC-${algorithm.toUpperCase().replace('SHA', 'SHA-')} over the body`,
    format: {header, algorithm, encoding, prefix},
    signs: {id: false, timestamp: false},
    several: false,
    verifyingKeys: keys,
    signingKeys: keys,
    envelope: () => ({}),
    preamble: () => '',
    claim: headers => bodyClaim(headers, {header, algorithm, encoding, prefix}),
    write: ([signature]) => [[header, `${prefix}${signature!.bytes.toString(encoding)}`]],
  })
}

/** The one signature in the one header, over the body alone; github has the same shape. */
export function bodyClaim(headers: readonly Header[], format: Required<NetboxOptions>): Claim | Fault {
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

function refuseBadOption(option: string, value: string, fine: boolean): void {
  if (!fine) throw new SignatureError('bad_option', `${JSON.stringify(value)} is not a ${option} a signature can have`)
}
