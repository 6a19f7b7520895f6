import {DIGEST_BYTES} from '../encoding.ts'
import {SignatureError} from '../fault.ts'
import {readKeys, textKey} from '../keys.ts'
import {bodyClaim} from '../lone-signature.ts'
import {defineScheme} from '../scheme.ts'
import type {Algorithm, Encoding, Scheme} from '../types.ts'

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

function refuseBadOption(option: string, value: string, fine: boolean): void {
  if (!fine) throw new SignatureError('bad_option', `${JSON.stringify(value)} is not a ${option} a signature can have`)
}
