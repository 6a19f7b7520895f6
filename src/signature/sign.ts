import {type Body, bytesOf} from './digest.ts'
import {SignatureError} from './fault.ts'
import {type HeaderInput, toHeaderList} from './headers.ts'
import {schemeOf} from './schemes.ts'
import type {Header, MessageHead, Scheme, SchemeName} from './types.ts'

export interface SignInput extends MessageHead {
  readonly scheme: SchemeName | Scheme
  readonly secret?: string
  /** Every live secret: a scheme whose header is a list signs with all of them, the others with the first. */
  readonly secrets?: readonly string[]
  /** The exact bytes that will be sent; text is taken as UTF-8. */
  readonly body: Body
}

/**
 * The headers to send with the body. Throws SignatureError when the secret, id, timestamp or body cannot sign.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import {sign} from 'hookctl/signature'
 *
 * const headers = sign({scheme: 'netbox', secret: 's3cret', body: '{"event":"created"}'})
 * assert.equal(headers[0][0], 'X-Hook-Signature')
 * assert.match(headers[0][1], /^341446d6b92d8cb2/)
 * ```
 */
export function sign(input: SignInput): Header[] {
  const body = bytesOf(input.body)
  return schemeIn(input).headers(secretsIn(input), {...input, body})
}

export interface SignStreamInput extends Omit<SignInput, 'body'> {
  readonly body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
}

/** As {@link sign}, over a body that comes in pieces: held in memory only for v1a. */
export async function signStream(input: SignStreamInput): Promise<Header[]> {
  const signer = schemeIn(input).signer(secretsIn(input), input)
  for await (const chunk of input.body) signer.update(chunk)
  return signer.headers()
}

export interface ExpectedInput extends Pick<SignInput, 'scheme' | 'secret' | 'secrets' | 'body'> {
  /** The headers received: the id and the timestamp are taken from them. */
  readonly headers: HeaderInput
}

/**
 * The headers that would have been valid: for the eyes of who holds the secret, never for an answer to a sender (it
 * would sign anything for anyone). Throws SignatureError: `cannot_sign` where only a public key is held, else as
 * {@link sign}.
 */
export function expected(input: ExpectedInput): Header[] {
  const scheme = schemeIn(input)
  const {id, timestamp} = scheme.envelope(toHeaderList(input.headers))
  if (secretsIn(input).some(secret => secret.startsWith('whpk_'))) {
    throw new SignatureError('cannot_sign', 'a public key cannot tell the signature that was due')
  }
  return sign({
    ...input,
    scheme,
    ...(id === undefined ? {} : {id}),
    ...(timestamp === undefined ? {} : {timestamp}),
  })
}

const schemeIn = ({scheme}: Pick<SignInput, 'scheme'>): Scheme =>
  typeof scheme === 'string' ? schemeOf(scheme) : scheme

const secretsIn = ({secret, secrets}: Pick<SignInput, 'secret' | 'secrets'>): readonly string[] =>
  secrets ?? (secret === undefined ? [] : [secret])
