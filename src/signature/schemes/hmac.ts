import {schemeOfRecipe} from '../recipe.ts'
import type {Scheme, TimestampFormat} from '../types.ts'
import {asNetbox, type NetboxOptions} from './netbox.ts'

/** A recipe of a sender's own. */
export interface HmacOptions extends NetboxOptions {
  /**
   * What is hashed: `{body}` and what else is, before it or behind it: `{timestamp}`, `{id}`, `{url}`. `{form}` in its
   * place are the fields of a form, sorted by name, without what is between them. Default the body alone.
   */
  readonly signed?: string
  /** The header that carries the time, where the prefix does not. */
  readonly timestampHeader?: string
  /** How the time is written; default unix seconds. */
  readonly timestampFormat?: TimestampFormat
  /** The header that carries the id of the message. */
  readonly idHeader?: string
  /** The URL that is signed: the one that the sender was given, letter by letter. */
  readonly url?: string
}

/**
 * An HMAC under the text of the secret, with a time, an id or the URL beside the body that is hashed: how most senders sign that
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
export function hmac({signed = '{body}', ...options}: HmacOptions = {}): Scheme {
  const {timestampHeader, timestampFormat, idHeader, url} = options
  return schemeOfRecipe('hmac', {
    ...asNetbox(options),
    signed,
    ...(timestampHeader === undefined ? {} : {timestampHeader}),
    ...(timestampFormat === undefined ? {} : {timestampFormat}),
    ...(idHeader === undefined ? {} : {idHeader}),
    ...(url === undefined ? {} : {url}),
  })
}
