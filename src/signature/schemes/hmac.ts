import {schemeOfRecipe} from '../recipe.ts'
import type {Scheme} from '../types.ts'
import {asNetbox, type NetboxOptions} from './netbox.ts'

/** A recipe of a sender's own. */
export interface HmacOptions extends NetboxOptions {
  /**
   * What is hashed: `{body}` at the end, before it what else is; default the body alone.
   */
  readonly signed?: string
  /** The header that carries the time, in unix seconds, where the prefix does not. */
  readonly timestampHeader?: string
  /** The header that carries the id of the message. */
  readonly idHeader?: string
}

/**
 * An HMAC under the text of the secret, with a time or an id before the body that is hashed: how most senders sign that
 * have no scheme of their own here. A prefix like `t={timestamp},v1=` makes the header a list of fields, in any order,
 * with one signature or more. What is not told is as {@link netbox} has it. Throws SignatureError `bad_option` for a
 * recipe that nobody can follow.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import {hmac} from 'hookctl/signature'
 *
 * const scheme = hmac({
 *   header: 'X-Acme-Signature',
 *   algorithm: 'sha256',
 *   prefix: 't={timestamp},v1=',
 *   signed: '{timestamp}.{body}',
 * })
 * const headers = scheme.headers(['secret'], {timestamp: 1767225600, body: Buffer.from('{}')})
 * assert.match(headers[0][1], /^t=1767225600,v1=[0-9a-f]{64}$/)
 * ```
 */
export function hmac({signed = '{body}', timestampHeader, idHeader, ...options}: HmacOptions = {}): Scheme {
  return schemeOfRecipe('hmac', {
    ...asNetbox(options),
    signed,
    ...(timestampHeader === undefined ? {} : {timestampHeader}),
    ...(idHeader === undefined ? {} : {idHeader}),
  })
}
