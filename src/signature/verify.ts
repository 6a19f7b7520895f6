import {detect} from './detect.ts'
import {type Body, bytesOf} from './digest.ts'
import {type HeaderInput, toHeaderList} from './headers.ts'
import {schemeOf} from './schemes.ts'
import type {Header, Scheme, SchemeName, Verdict, VerifyOptions} from './types.ts'

export interface VerifyInput {
  /**
   * How the sender signs: a name, or a scheme made with options (`netbox({algorithm: 'sha256'})`). Name it when you
   * know your sender: without it the headers decide, and they come from whoever sent the message.
   */
  readonly scheme?: SchemeName | Scheme
  readonly secret?: string
  /** Several live secrets, during a rotation: any may fit. */
  readonly secrets?: readonly string[]
  readonly headers: HeaderInput
  /** The bytes as received, before any parsing; text is taken as UTF-8. */
  readonly body: Body
  /** Unix seconds; default this machine's clock. */
  readonly now?: number
  /** Seconds the timestamp may be off, either way, inclusive; default 300; null accepts any age. */
  readonly tolerance?: number | null
}

/**
 * Whether the message was signed with the secret. Never throws on anything the sender controls; throws SignatureError
 * `bad_body` where the body is no bytes, but what a framework has parsed.
 *
 * An empty secret, an absent or repeated header and a list of more than 20 signatures are invalid.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import {verify} from 'hookctl/signature'
 *
 * const headers = {
 *   'webhook-id': 'msg_loFOjxBNrRLzqYUf',
 *   'webhook-timestamp': '1731705121',
 *   'webhook-signature': 'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=',
 * }
 * const body = Buffer.from('{"event_type":"ping","data":{"success":true}}')
 * const secret = 'whsec_plJ3nmyCDGBKInavdOK15jsl'
 *
 * const verdict = verify({scheme: 'standard', secret, headers, body, now: 1731705121})
 * assert.equal(verdict.valid, true)
 *
 * const late = verify({scheme: 'standard', secret, headers, body})
 * assert.equal(late.reason, 'timestamp_too_old')
 * ```
 */
export function verify(input: VerifyInput): Verdict {
  const {headers, secrets, options, schemes} = prepared(input)
  const body = bytesOf(input.body)
  return best(schemes.map(scheme => scheme.verify(secrets, headers, body, options)))
}

export interface VerifyStreamInput extends Omit<VerifyInput, 'body'> {
  readonly body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
}

/**
 * As {@link verify}, over a body that comes in pieces (a file stream, a request): held in memory only for v1a.
 * Reads no further than the headers need: a message that is refused for its headers leaves the body unread.
 * Rejects only with what the body's own iterator throws.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import {sign, verifyStream} from 'hookctl/signature'
 *
 * const headers = sign({scheme: 'github', secret: 'a secret', body: 'Hello, World!'})
 * const body = [Buffer.from('Hello, '), Buffer.from('World!')]
 * const verdict = await verifyStream({scheme: 'github', secret: 'a secret', headers, body})
 * assert.equal(verdict.reason, 'ok')
 * ```
 */
export async function verifyStream(input: VerifyStreamInput): Promise<Verdict> {
  const {headers, secrets, options, schemes} = prepared(input)
  const checks = schemes.map(scheme => scheme.check(secrets, headers, options))
  const open = checks.filter(check => !check.settled)
  if (open.length > 0) {
    for await (const chunk of input.body) for (const check of open) check.update(chunk)
  }
  return best(checks.map(check => check.verdict()))
}

interface Prepared {
  readonly headers: readonly Header[]
  readonly secrets: readonly string[]
  readonly options: VerifyOptions
  readonly schemes: readonly Scheme[]
}

/** What is checked against what: the scheme that is named, or every one that the headers may speak. */
export function prepared(input: Omit<VerifyInput, 'body'>): Prepared {
  const {scheme, secret, secrets = secret === undefined ? [] : [secret], tolerance = 300} = input
  const headers = toHeaderList(input.headers)
  const {now = Math.floor(Date.now() / 1000)} = input
  const options = {now, tolerance}
  if (typeof scheme === 'object') return {headers, secrets, options, schemes: [scheme]}
  if (scheme !== undefined) return {headers, secrets, options, schemes: [schemeOf(scheme)]}
  // Only recipes at their defaults: a header must not be able to choose SHA-1.
  const detected = detect(headers).candidates.filter(({options}) => options === undefined || 'headerPrefix' in options)
  return {headers, secrets, options, schemes: detected.map(each => each.scheme)}
}

/** The valid one, else the one whose secret could at least be read, else the likeliest. */
function best(verdicts: readonly Verdict[]): Verdict {
  return (
    verdicts.find(verdict => verdict.valid) ??
    verdicts.find(verdict => verdict.reason !== 'bad_secret') ??
    verdicts[0] ?? {valid: false, reason: 'missing_header', scheme: null, notes: ['no header of any known scheme']}
  )
}
