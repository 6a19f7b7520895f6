import {decodeSecret} from '../encoding.ts'
import {isFault} from '../fault.ts'
import {ed25519PrivateKey} from '../keys.ts'
import type {Key, Scheme} from '../types.ts'
import type {Mistake} from './mistakes.ts'

/** A key, and what must have gone wrong for it to be the one that signed. */
export type KeyVariant = readonly [Mistake | undefined, Key]

/** The keys as configured, then those the signer may have used instead. */
export const keyVariants = (scheme: Scheme, secrets: readonly string[], previous: readonly string[]): KeyVariant[] => [
  ...secrets.flatMap(secret => keysOf(scheme, secret, undefined)),
  ...previous.flatMap(secret => keysOf(scheme, secret, 'previous_secret')),
  ...secrets.flatMap(secret => [...textVariants(secret)].flatMap(([mistake, text]) => keysOf(scheme, text, mistake))),
  ...secrets.flatMap(secret => byteVariants(scheme, secret)),
]

/** An empty secret gives no key: it never verifies, so it must not be what explains. */
function keysOf(scheme: Scheme, secret: string, mistake: Mistake | undefined): KeyVariant[] {
  const keys = scheme.verifyingKeys([secret])
  return isFault(keys) ? [] : keys.map(key => [mistake, key] as const)
}

function* textVariants(secret: string): Generator<readonly [Mistake, string]> {
  if (secret.endsWith('\n')) yield ['secret_has_newline', secret.slice(0, -1)]
  if (secret.endsWith('\r\n')) yield ['secret_has_crlf', secret.slice(0, -2)]
  if (/^[ \t]|[ \t]$/.test(secret)) {
    yield ['secret_has_space', secret.trimEnd()]
    yield ['secret_has_space', secret.trim()]
  }
  if (/^(['"]).*\1$/s.test(secret)) yield ['secret_has_quotes', secret.slice(1, -1)]
  yield ['signer_secret_has_newline', `${secret}\n`]
  yield ['signer_secret_has_crlf', `${secret}\r\n`]
  yield ['signer_secret_has_space', `${secret} `]
  yield ['signer_secret_has_space', ` ${secret}`]
  yield ['signer_secret_has_quotes', `"${secret}"`]
  yield ['signer_secret_has_quotes', `'${secret}'`]
  for (const form of ['NFC', 'NFD'] as const) {
    if (secret.normalize(form) !== secret) yield ['secret_unicode_form', secret.normalize(form)]
  }
}

/** Other readings of the same text: decoded where the scheme takes it as it is, and the other way round. */
function byteVariants(scheme: Scheme, secret: string): KeyVariant[] {
  const {algorithm} = scheme.format
  if (secret.startsWith('whsk_')) return privateKeyVariant(secret)
  if (algorithm === 'ed25519') return []
  const own = scheme.verifyingKeys([secret])
  return [...readings(secret)]
    .filter(([, bytes]) => bytes.length > 0 && !isSameKey(own, bytes))
    .map(([mistake, bytes]) => [mistake, {kind: 'hmac', secretIndex: 0, algorithm, bytes}] as const)
}

const isSameKey = (keys: ReturnType<Scheme['verifyingKeys']>, bytes: Buffer): boolean =>
  !isFault(keys) && keys[0]?.kind === 'hmac' && bytes.equals(keys[0].bytes)

function* readings(secret: string): Generator<readonly [Mistake, Buffer]> {
  const bare = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : secret
  yield ['secret_not_decoded', Buffer.from(secret, 'utf8')]
  yield ['secret_not_decoded', Buffer.from(bare, 'utf8')]
  if (/^(?:[0-9a-fA-F]{2})+$/.test(bare)) yield ['secret_read_as_hex', Buffer.from(bare, 'hex')]
  const decoded = decodeSecret(bare.replaceAll('-', '+').replaceAll('_', '/'))
  if (decoded !== undefined) yield [bare === secret ? 'secret_read_as_base64' : 'secret_decoded', decoded]
  yield ['secret_latin1', Buffer.from(secret, 'latin1')]
}

function privateKeyVariant(secret: string): KeyVariant[] {
  const key = ed25519PrivateKey(secret, 0)
  return isFault(key) ? [] : [['private_key_given', key]]
}
