import {DIGEST_BYTES, decodeSignature} from './encoding.ts'
import {fault, isFault, SignatureError} from './fault.ts'
import {MAX_SIGNATURES, oneValue, trim, valuesOf} from './headers.ts'
import {readKeys, textKey} from './keys.ts'
import {defineScheme} from './scheme.ts'
import {characterAfterId, frameOf, problemOfSigned} from './signed-text.ts'
import {readTimestamp, TIMESTAMP_FORMATS} from './timestamp.ts'
import type {
  Algorithm,
  Claim,
  Encoding,
  Envelope,
  Fault,
  Frame,
  Header,
  Scheme,
  SchemeName,
  TimestampFormat,
} from './types.ts'

/** How a sender signs with an HMAC under the text of the secret: all that differs between most of them. */
export interface Recipe {
  readonly header: string
  readonly algorithm: Algorithm
  readonly encoding: Encoding
  /**
   * Stands before the digest, case and all; empty for none. `t={timestamp},v1=` makes the header a list of fields: the
   * time in one, a signature in each of the others.
   */
  readonly prefix: string
  /** What is hashed: `{timestamp}.{body}`, `{id}.{timestamp}.{body}`, `{url}{form}` (signed-text.ts). */
  readonly signed: string
  /** The header that carries the time, where the prefix does not. */
  readonly timestampHeader?: string
  /** How the time is written; default unix seconds. */
  readonly timestampFormat?: TimestampFormat
  /** The header that carries the id of the message. */
  readonly idHeader?: string
  /** Whether a header may be a list of signatures, each with the prefix, after commas. Always so where the prefix has the time. */
  readonly list?: boolean
  /** Whether every live secret signs; else the first. */
  readonly several?: boolean
  /** The URL that the sender sends to, letter by letter as it was told; needed where `signed` has it. */
  readonly url?: string
}

/** The header of a recipe taken apart: which fields it has and what is between them. */
interface Fields {
  readonly time: string | null
  readonly signature: string
  readonly separator: string
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const STAMPED = /^([!-~]+?)=\{timestamp\}([,;])([!-~]+=)$/

/** The scheme that a recipe describes. Throws SignatureError `bad_option` for one that nobody can follow. */
export function schemeOfRecipe(name: SchemeName, recipe: Recipe): Scheme {
  refuseUnusable(recipe)
  const {header, algorithm, encoding, signed, timestampHeader, timestampFormat, idHeader, url, several = false} = recipe
  const fields = fieldsOf(recipe)
  const prefix = fields?.signature ?? recipe.prefix
  const frame = frameOf(signed)
  const afterId = characterAfterId(signed) ?? '.'
  const keys = (secrets: readonly string[]) => readKeys(secrets, textKey(algorithm))
  const timesIn = (headers: readonly Header[]): string[] =>
    timestampHeader !== undefined
      ? valuesOf(headers, timestampHeader)
      : valuesOf(headers, header).flatMap(value => (fields?.time ? valuesAfter(value, fields.time, fields) : []))
  return defineScheme({
    name,
    title: titleOf(recipe),
    format: {header, algorithm, encoding, prefix},
    signs: {id: signed.includes('{id}'), timestamp: signed.includes('{timestamp}'), url: signed.includes('{url}')},
    ...(timestampFormat === undefined ? {} : {timestampFormat}),
    several,
    verifyingKeys: keys,
    signingKeys: keys,
    envelope(headers) {
      const id = idHeader === undefined ? undefined : valuesOf(headers, idHeader)[0]
      return envelopeOf(id, timesIn(headers)[0], url)
    },
    frame,
    ...(url === undefined ? {} : {url}),
    afterId,
    claim: headers => claim(headers, recipe, fields, {frame, afterId}),
    write(signatures, {id, timestamp}) {
      const written = signatures.map(({bytes}) => `${prefix}${bytes.toString(encoding)}`)
      const time = fields?.time == null ? [] : [`${fields.time}${timestamp}`]
      return [
        ...(idHeader === undefined ? [] : [[idHeader, `${id}`] as const]),
        ...(timestampHeader === undefined ? [] : [[timestampHeader, `${timestamp}`] as const]),
        [header, [...time, ...written].join(fields?.separator ?? ',')] as const,
      ]
    },
  })
}

function refuseUnusable(recipe: Recipe): void {
  const {header, algorithm, encoding, prefix, signed, timestampHeader, idHeader, url} = recipe
  const {timestampFormat = 'seconds'} = recipe
  const names = [header, timestampHeader, idHeader].filter(name => name !== undefined)
  for (const name of names) refuseBadOption('header', name, HEADER_NAME.test(name))
  if (new Set(names.map(name => name.toLowerCase())).size < names.length) {
    throw new SignatureError('bad_option', `signature, time and id stand in headers of their own, not all in ${header}`)
  }
  refuseBadOption('algorithm', algorithm, Object.hasOwn(DIGEST_BYTES, algorithm))
  refuseBadOption('encoding', encoding, encoding === 'hex' || encoding === 'base64')
  refuseBadOption('prefix', prefix, /^[!-~]*$/.test(prefix))
  refuseBadOption('timestamp format', timestampFormat, TIMESTAMP_FORMATS.includes(timestampFormat))
  const problem = problemOfSigned(signed, timestampFormat)
  if (problem !== undefined) refuseBadOption('signed text', signed, false, problem)
  if (url !== undefined) refuseUrl(url, signed)
  const stamped = prefix.includes('{timestamp}')
  if (stamped)
    refuseBadOption('prefix', prefix, STAMPED.test(prefix), 'with the time it is written like t={timestamp},v1=')
  refuseUnsigned('timestamp', signed, stamped || timestampHeader !== undefined, 'the header it stands in is not told')
  refuseUnsigned('id', signed, idHeader !== undefined, 'the header it stands in is not told')
  if (stamped && timestampHeader !== undefined) {
    throw new SignatureError('bad_option', 'the time stands in the prefix or in a header of its own, not in both')
  }
}

function refuseUrl(url: string, signed: string): void {
  refuseBadOption('URL', url, /^[!-~]+$/.test(url))
  if (signed.includes('{url}')) return
  throw new SignatureError(
    'bad_option',
    `the URL is told, and {url} is not in ${JSON.stringify(signed)}: it would not be signed`,
  )
}

const envelopeOf = (id: string | undefined, timestamp: string | undefined, url: string | undefined): Envelope => ({
  ...(id === undefined ? {} : {id}),
  ...(timestamp === undefined ? {} : {timestamp}),
  ...(url === undefined ? {} : {url}),
})

/** What is not signed may not be believed, and what is not there cannot be signed. */
function refuseUnsigned(part: 'timestamp' | 'id', signed: string, told: boolean, missing: string): void {
  const isSigned = signed.includes(`{${part}}`)
  if (isSigned === told) return
  const problem = isSigned
    ? `{${part}} is signed, and ${missing}`
    : `the ${part} is told, and {${part}} is not in ${JSON.stringify(signed)}: it would not be signed`
  throw new SignatureError('bad_option', problem)
}

function refuseBadOption(option: string, value: string, fine: boolean, hint = ''): void {
  if (fine) return
  const how = hint === '' ? '' : `: ${hint}`
  throw new SignatureError('bad_option', `${JSON.stringify(value)} is not a ${option} a signature can have${how}`)
}

function fieldsOf({prefix, list = false}: Recipe): Fields | null {
  const [, time, separator, signature] = STAMPED.exec(prefix) ?? []
  if (time !== undefined && separator !== undefined && signature !== undefined) {
    return {time: `${time}=`, separator, signature}
  }
  return list ? {time: null, separator: ',', signature: prefix} : null
}

/** What follows the label in each field of the header that has it, in order. */
const valuesAfter = (value: string, label: string, {separator}: Fields): string[] =>
  value
    .split(separator)
    .map(trim)
    .filter(item => item.startsWith(label))
    .map(item => item.slice(label.length))

function titleOf({header, algorithm, encoding, prefix, signed}: Recipe): string {
  const before = prefix === '' ? '' : `${prefix.replace('{timestamp}', 'timestamp')} and `
  const over = signed === '{body}' ? 'the body' : signed.replaceAll(/(?<=[A-Za-z}])\{/g, ' {').replaceAll(/[{}]/g, '')
  return `${header}: ${before}${encoding} of HMAC-${algorithm.toUpperCase().replace('SHA', 'SHA-')} over ${over}`
}

function claim(
  headers: readonly Header[],
  recipe: Recipe,
  fields: Fields | null,
  {frame, afterId}: {readonly frame: (envelope: Envelope) => Frame; readonly afterId: string},
): Claim | Fault {
  const {header, algorithm, encoding, prefix, timestampHeader, timestampFormat, idHeader, url} = recipe
  const id = idHeader === undefined ? undefined : oneValue(headers, idHeader)
  if (isFault(id)) return id
  if (id === '') return fault('missing_header', `the ${idHeader} header is empty`)
  if (id?.includes(afterId) || id?.includes('.')) {
    return fault('bad_id', `a "${afterId}" in the id would let two messages share one signature`)
  }
  const beside = timestampHeader === undefined ? undefined : oneValue(headers, timestampHeader)
  if (isFault(beside)) return beside
  const value = oneValue(headers, header)
  if (isFault(value)) return value
  if (value === '') return fault('empty_signature')
  const found = fields === null ? loneSignature(value, prefix) : inFields(value, fields)
  if (isFault(found)) return found
  const written = beside ?? found.timestamp
  const timestamp = written === undefined ? undefined : readTimestamp(written, timestampFormat)
  if (isFault(timestamp)) return timestamp
  return {
    ...(timestamp === undefined ? {} : {timestamp}),
    frame: frame(envelopeOf(id, written, url)),
    candidates: found.signatures.map(text => decodeSignature('hmac', text, encoding, DIGEST_BYTES[algorithm])),
  }
}

interface Found {
  readonly signatures: readonly string[]
  readonly timestamp?: string
}

function loneSignature(value: string, prefix: string): Found | Fault {
  const text = afterPrefix(value, prefix)
  if (isFault(text)) return text
  return text === '' ? fault('empty_signature') : {signatures: [text]}
}

function inFields(value: string, fields: Fields): Found | Fault {
  const {time, signature, separator} = fields
  const times = time === null ? [] : valuesAfter(value, time, fields)
  if (times.length > 1) return fault('duplicate_timestamp')
  if (value.split(separator).length - times.length > MAX_SIGNATURES) return fault('too_many_signatures')
  const signatures = valuesAfter(value, signature, fields)
  if (signatures.length === 0) {
    return fault('no_known_version', `there is no ${signature.replace(/=$/, '')} signature`)
  }
  const [timestamp] = times
  if (time === null) return {signatures}
  if (timestamp === undefined) return fault('bad_timestamp', `there is no ${time}, the time of signing`)
  return {signatures, timestamp}
}

/** A prefix that was not asked for, as other senders write it. */
const FOREIGN_PREFIX = /^(?:hmac-)?(?:sha-?\d{1,3}|v\d)[=:,]/i

/** What follows the prefix; a missing one and one that does not belong are faults. Case counts. */
function afterPrefix(value: string, prefix: string): string | Fault {
  if (!value.startsWith(prefix)) return fault('bad_prefix', `the signature does not start with ${prefix}`)
  const rest = value.slice(prefix.length)
  return prefix === '' && FOREIGN_PREFIX.test(rest)
    ? fault('bad_prefix', 'the signature has a prefix where none is due')
    : rest
}
