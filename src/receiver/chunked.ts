const LF = 0x0a
const CR = 0x0d
const LONGEST_LINE = 4096

export interface Decoded {
  readonly body: Uint8Array
  /** Where the message ends: after the blank line behind the last chunk and its trailers. */
  readonly endsAt: number
}

/** The line that starts at `at` without its end, and where the next one starts; undefined where none ends. */
function lineAt(bytes: Uint8Array, at: number): {text: string; next: number} | undefined {
  const end = bytes.subarray(at, at + LONGEST_LINE).indexOf(LF)
  if (end < 0) return undefined
  const text = Buffer.from(bytes.subarray(at, at + end)).toString('latin1')
  return {text: text.endsWith('\r') ? text.slice(0, -1) : text, next: at + end + 1}
}

/** Where the line end at `at` is over, or undefined where there is none. */
function afterLineEnd(bytes: Uint8Array, at: number): number | undefined {
  const lineFeed = bytes[at] === CR ? at + 1 : at
  return bytes[lineFeed] === LF ? lineFeed + 1 : undefined
}

/**
 * The body of a chunked message (RFC 9112, 7.1): extensions and trailers are skipped, line ends may be LF alone.
 * Undefined where the chunks are broken or do not come to their end.
 */
export function decodeChunked(bytes: Uint8Array): Decoded | undefined {
  const parts: Uint8Array[] = []
  let at = 0
  for (;;) {
    const line = lineAt(bytes, at)
    const digits = line && /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i.exec(line.text)?.[1]
    if (!line || !digits) return undefined
    const size = Number.parseInt(digits, 16)
    if (size === 0) return finish(bytes, line.next, parts)
    const end = line.next + size
    const next = end > bytes.length ? undefined : afterLineEnd(bytes, end)
    if (next === undefined) return undefined
    parts.push(bytes.subarray(line.next, end))
    at = next
  }
}

function finish(bytes: Uint8Array, trailersAt: number, parts: readonly Uint8Array[]): Decoded | undefined {
  let at = trailersAt
  for (;;) {
    const line = lineAt(bytes, at)
    if (line === undefined) return undefined
    at = line.next
    if (line.text === '') return {body: Buffer.concat(parts), endsAt: at}
  }
}
