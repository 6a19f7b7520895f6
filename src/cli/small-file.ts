import {closeSync, openSync, readSync} from 'node:fs'

/** Of a secret, a key, a token. */
export const MOST_SECRET_BYTES = 64_000
/** Of certificates and configuration. */
export const MOST_SMALL_BYTES = 1_000_000

/** A small file as text, at once. Throws what the file system does, and `EFBIG` where it holds more than `most` bytes. */
export function readSmallFile(file: string, most = MOST_SMALL_BYTES): string {
  const parts: Buffer[] = []
  let size = 0
  for (const chunk of chunksOf(file, SMALL_CHUNK_BYTES)) {
    size += chunk.length
    if (size > most) throw Object.assign(new Error(`${file} is too large`), {code: 'EFBIG'})
    parts.push(Buffer.from(chunk))
  }
  return Buffer.concat(parts).toString('utf8')
}

const SMALL_CHUNK_BYTES = 64 * 1024

/** The bytes of a file, piece by piece; a piece is only good until the next one is asked for. */
export function* chunksOf(file: string, bytes: number): Generator<Uint8Array> {
  const descriptor = openSync(file, 'r')
  try {
    const buffer = Buffer.allocUnsafe(bytes)
    for (let size = readSync(descriptor, buffer); size > 0; size = readSync(descriptor, buffer)) {
      yield buffer.subarray(0, size)
    }
  } finally {
    closeSync(descriptor)
  }
}
