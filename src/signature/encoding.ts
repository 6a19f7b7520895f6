import {fault} from './fault.ts'
import type {Algorithm, Candidate, Encoding, Fault, Key} from './types.ts'

/** Bytes of each algorithm's digest. */
export const DIGEST_BYTES: {readonly [algorithm in Algorithm]: number} = {sha1: 20, sha256: 32, sha512: 64}

const NOT_OF_ANY_ENCODING = /[^A-Za-z0-9+/=_-]/
const HEX = /^[0-9a-fA-F]+$/
const BASE64_LETTERS = /^[A-Za-z0-9+/]*={0,2}$/

/**
 * A signature of `size` bytes from its text, or the fault.
 *
 * Node's decoders are lenient (hex stops at the first bad digit, base64 takes url-safe letters, spaces and junk), so
 * the text is judged before it is decoded, and base64 must be the one canonical spelling of its bytes.
 */
export function decodeSignature(kind: Key['kind'], text: string, encoding: Encoding, size: number): Candidate {
  const problem = encoding === 'hex' ? hexProblem(text, size) : base64Problem(text, size)
  if (problem !== undefined) return {kind, fault: problem}
  return {kind, bytes: Buffer.from(text, encoding), uppercase: encoding === 'hex' && /[A-F]/.test(text)}
}

function hexProblem(text: string, size: number): Fault | undefined {
  if (NOT_OF_ANY_ENCODING.test(text)) return fault('bad_encoding', 'a character that is no hex digit')
  if (text.length !== 2 * size) {
    return fault('bad_length', `${text.length} characters where ${2 * size} hex digits are due`)
  }
  return HEX.test(text) ? undefined : fault('bad_encoding', 'a character that is no hex digit')
}

function base64Problem(text: string, size: number): Fault | undefined {
  if (!BASE64_LETTERS.test(text)) return fault('bad_encoding', 'a character that is not base64')
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== size) return fault('bad_length', `${bytes.length} bytes where ${size} are due`)
  return bytes.toString('base64') === text ? undefined : fault('bad_encoding', 'not the canonical base64 of its bytes')
}

/** Bytes of a base64 secret, with or without padding; undefined when it is not base64. */
export function decodeSecret(text: string): Buffer | undefined {
  const bare = text.replace(/={1,2}$/, '')
  if (!/^[A-Za-z0-9+/]+$/.test(bare)) return undefined
  const bytes = Buffer.from(bare, 'base64')
  return bytes.toString('base64').replace(/=+$/, '') === bare ? bytes : undefined
}
