import {createHmac, createSecretKey, type KeyObject, sign, timingSafeEqual, verify} from 'node:crypto'
import {SignatureError} from './fault.ts'
import {formText} from './form.ts'
import type {Ed25519Key, Frame, HmacKey, Key} from './types.ts'

/** One key at work on one message. */
export interface Digest {
  update(chunk: Uint8Array): void
  /** The signature over all that was given; once. */
  sign(): Buffer
  /** Whether each of these signatures fits, in constant time for an HMAC; once. */
  fits(signatures: readonly Uint8Array[]): boolean[]
}

/** Over what is signed before the body, the body, and what is signed behind it. */
export function startDigest(key: Key, {before, after = '', form = false}: Frame): Digest {
  const digest = key.kind === 'hmac' ? hmacDigest(key) : ed25519Digest(key)
  if (before !== '') digest.update(Buffer.from(before, 'utf8'))
  return form || after !== '' ? endingWith(digest, after, form) : digest
}

/** Fields can be told apart only in the whole of a form: its chunks are kept until the end. */
function endingWith(digest: Digest, after: string, form: boolean): Digest {
  const chunks: Uint8Array[] = []
  const end = () => {
    if (form) digest.update(Buffer.from(formText(Buffer.concat(chunks)), 'utf8'))
    digest.update(Buffer.from(after, 'utf8'))
  }
  return {
    update: form ? chunk => void chunks.push(Uint8Array.from(chunk)) : digest.update,
    sign() {
      end()
      return digest.sign()
    },
    fits(signatures) {
      end()
      return digest.fits(signatures)
    },
  }
}

const keyObjects = new WeakMap<HmacKey, KeyObject>()

/** Given the bytes themselves, createHmac takes three times as long on a body of 1 KiB. */
function keyObjectOf(key: HmacKey): KeyObject {
  const known = keyObjects.get(key) ?? createSecretKey(key.bytes)
  keyObjects.set(key, known)
  return known
}

function hmacDigest(key: HmacKey): Digest {
  const hmac = createHmac(key.algorithm, keyObjectOf(key))
  return {
    update: chunk => void hmac.update(chunk),
    sign: () => hmac.digest(),
    fits(signatures) {
      const expected = hmac.digest()
      return signatures.map(each => sameBytes(each, expected))
    },
  }
}

/** ed25519 hashes the message twice, so it has to be held whole: chunks are kept until the end. */
function ed25519Digest(key: Ed25519Key): Digest {
  const chunks: Uint8Array[] = []
  return {
    update: chunk => void chunks.push(Uint8Array.from(chunk)),
    sign() {
      if (key.privateKey === undefined) throw new TypeError('a public key cannot sign')
      return sign(null, Buffer.concat(chunks), key.privateKey)
    },
    fits(signatures) {
      const message = Buffer.concat(chunks)
      return signatures.map(each => verify(null, message, key.publicKey, each))
    },
  }
}

/** The bytes of a body: as a server or `await request.arrayBuffer()` gives them; text is taken as UTF-8. */
export type Body = Uint8Array | ArrayBuffer | string

/** timingSafeEqual throws on unequal lengths and calls two empty buffers equal: neither may reach it. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length > 0 && a.length === b.length && timingSafeEqual(a, b)

/**
 * What is signed: text as UTF-8, bytes as they are. Throws SignatureError `bad_body` for what a framework has parsed.
 */
export function bytesOf(body: Body): Uint8Array {
  if (typeof body === 'string') return Buffer.from(body, 'utf8')
  // Not instanceof: a test runner's bytes may come from another realm.
  if (ArrayBuffer.isView(body)) return body
  if (Object.prototype.toString.call(body) === '[object ArrayBuffer]') return new Uint8Array(body)
  throw new SignatureError(
    'bad_body',
    'body must be the raw bytes (Buffer, Uint8Array, ArrayBuffer or string), not parsed JSON',
  )
}
