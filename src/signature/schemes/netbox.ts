import {type Recipe, schemeOfRecipe} from '../recipe.ts'
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
export const netbox = (options: NetboxOptions = {}): Scheme => schemeOfRecipe('netbox', asNetbox(options))

/** What is not told is as NetBox has it. */
export const asNetbox = ({
  header = 'X-Hook-Signature',
  algorithm = 'sha512',
  encoding = 'hex',
  prefix = '',
}: NetboxOptions): Recipe => ({header, algorithm, encoding, prefix, signed: '{body}'})
