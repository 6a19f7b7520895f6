import {DIGEST_BYTES} from '../encoding.ts'
import type {Algorithm, Header, Scheme} from '../types.ts'
import type {Mistake} from './mistakes.ts'

/** A digest found anywhere in the headers, however it was written, and how that differs from the scheme's way. */
export interface Received {
  readonly bytes: Buffer
  readonly mistakes: readonly Mistake[]
  /** The header it stood in. */
  readonly header: string
}

/** An optional prefix such as `sha256=` or `v1,`, then hex or base64 of at least a SHA-1. */
const WRITTEN_DIGEST = /([A-Za-z0-9_-]{1,20}[=,:])?([A-Za-z0-9+/_-]{26,200}={0,2})/g

/** More than any sender writes; what is beyond is not looked at. */
const MAX_HEADER_LENGTH = 16 * 1024

/** Every digest in the headers, those that need the fewest mistakes first. */
export const receivedDigests = (scheme: Scheme, headers: readonly Header[]): Received[] =>
  headers
    .flatMap(([name, value]) =>
      [...value.slice(0, MAX_HEADER_LENGTH).matchAll(WRITTEN_DIGEST)].flatMap(([, prefix = '', text = '']) =>
        readDigest(scheme, name, prefix, text),
      ),
    )
    .toSorted((a, b) => a.mistakes.length - b.mistakes.length)

function readDigest({format}: Scheme, header: string, prefix: string, text: string): Received[] {
  const encoding = encodingOf(text)
  const bytes = Buffer.from(text, encoding === 'hex' ? 'hex' : 'base64')
  if (algorithmOf(bytes) === undefined) return []
  const mistakes: (Mistake | false)[] = [
    header.toLowerCase() !== format.header.toLowerCase() && 'other_header',
    prefix !== format.prefix && prefixMistake(prefix, format.prefix),
    encoding !== format.encoding && (`signature_in_${encoding}` as const),
    encoding === 'hex' && /[A-F]/.test(text) && 'uppercase_hex',
  ]
  return [{bytes, header, mistakes: mistakes.filter(each => each !== false)}]
}

const prefixMistake = (found: string, due: string): Mistake =>
  found === '' ? 'prefix_missing' : due === '' ? 'prefix_present' : 'wrong_prefix'

function encodingOf(text: string): 'hex' | 'base64' | 'base64url' {
  if (/^[0-9a-fA-F]+$/.test(text) && [40, 64, 128].includes(text.length)) return 'hex'
  return /[-_]/.test(text) || text.length % 4 !== 0 ? 'base64url' : 'base64'
}

/** Which algorithm gives digests of that length. */
export const algorithmOf = (bytes: Uint8Array): Algorithm | undefined =>
  (Object.keys(DIGEST_BYTES) as Algorithm[]).find(each => DIGEST_BYTES[each] === bytes.length)
