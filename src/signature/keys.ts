import {createPrivateKey, createPublicKey, type KeyObject} from 'node:crypto'
import {decodeSecret} from './encoding.ts'
import {fault, isFault} from './fault.ts'
import type {Algorithm, Fault, Key} from './types.ts'

type ReadKey = (secret: string, secretIndex: number) => Key | Fault

/**
 * Every secret made a key, or the first fault: one bad secret is a mistake to be told, not to be skipped. What is no text
 * is one: the bytes of a list of texts are zeros, a key that everybody has.
 */
export function readKeys(secrets: readonly string[], readKey: ReadKey): Key[] | Fault {
  if (secrets.length === 0) return fault('empty_secret', 'no secret was given')
  const keys: Key[] = []
  for (const [index, secret] of secrets.entries()) {
    const key = unusable(secret) ?? readKey(secret, index)
    if (isFault(key)) return key
    keys.push(key)
  }
  return keys
}

function unusable(secret: unknown): Fault | undefined {
  if (secret === '' || secret === null || secret === undefined) return fault('empty_secret')
  return typeof secret === 'string' ? undefined : fault('bad_secret', 'a secret is text; several are given as secrets')
}

/** The key is the secret's text as UTF-8: no trimming, no normalising, no decoding. */
export const textKey =
  (algorithm: Algorithm): ReadKey =>
  (secret, secretIndex) => ({kind: 'hmac', secretIndex, algorithm, bytes: Buffer.from(secret, 'utf8')})

/** Standard Webhooks v1: the key is the base64 after an optional `whsec_`. */
export const base64Key: ReadKey = (secret, secretIndex) => {
  const text = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : secret
  if (text === '') return fault('empty_secret', 'there is nothing after whsec_')
  const bytes = decodeSecret(text)
  if (bytes === undefined) return fault('bad_secret', 'the secret is not base64, with or without whsec_ before it')
  return {kind: 'hmac', secretIndex, algorithm: 'sha256', bytes}
}

/** Standard Webhooks v1a, the receiver's half: `whpk_` and the base64 of the 32-byte public key. */
export const ed25519PublicKey: ReadKey = (secret, secretIndex) => {
  if (secret.startsWith('whsk_')) {
    return fault('bad_secret', 'this is the private key (whsk_); a receiver needs only the public one (whpk_)')
  }
  const bytes = secret.startsWith('whpk_') ? decodeSecret(secret.slice(5)) : undefined
  if (bytes?.length !== 32) return fault('bad_secret', 'v1a needs whpk_ and the base64 of a 32-byte public key')
  return {kind: 'ed25519', secretIndex, publicKey: publicKeyFrom(bytes)}
}

/** Standard Webhooks v1a, the sender's half: `whsk_` and the base64 of the seed, alone or followed by the public key. */
export const ed25519PrivateKey: ReadKey = (secret, secretIndex) => {
  const bytes = secret.startsWith('whsk_') ? decodeSecret(secret.slice(5)) : undefined
  if (bytes?.length !== 32 && bytes?.length !== 64) {
    return fault('bad_secret', 'signing v1a needs whsk_ and the base64 of 32 bytes (seed) or 64 (seed, public key)')
  }
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8, bytes.subarray(0, 32)]),
    format: 'der',
    type: 'pkcs8',
  })
  const publicKey = createPublicKey(privateKey)
  if (bytes.length === 64 && !publicBytes(publicKey).equals(bytes.subarray(32))) {
    return fault('bad_secret', 'the two halves of the whsk_ key do not belong together')
  }
  return {kind: 'ed25519', secretIndex, privateKey, publicKey}
}

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

const publicKeyFrom = (bytes: Uint8Array): KeyObject =>
  createPublicKey({key: Buffer.concat([SPKI, bytes]), format: 'der', type: 'spki'})

/** The 32 bytes of an ed25519 public key. */
export const publicBytes = (key: KeyObject): Buffer => key.export({format: 'der', type: 'spki'}).subarray(SPKI.length)
