import {headerValueIn} from '../domain/blanks.ts'
import {leftCoding} from '../domain/headers.ts'
import {type HookctlError, usageError} from '../errors.ts'
import {decodeChunked} from './chunked.ts'

/** Name and value as they stood on the wire, in order, repeated where they were repeated. */
export type Header = readonly [name: string, value: string]

/** An HTTP request as it came: `target` is the request target (path and query), the body is bytes. */
export interface RawRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly Header[]
  readonly body: Uint8Array
}

export interface ParsedRequest extends RawRequest {
  /** Bytes after what Content-Length or the last chunk names: an editor's line feed, or a second request. */
  readonly ignoredBytes: number
}

const LF = 0x0a
const CR = 0x0d
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/**
 * A request as one HTTP/1.1 message: request line, headers in order, blank line, the exact body bytes.
 *
 * The body is written as it was taken in, without chunks: `Transfer-Encoding: chunked` therefore becomes the
 * Content-Length in its place (RFC 9112, 7.1.3), so that the file is a message any tool can send.
 */
export function formatRequest({method, target, headers, body}: RawRequest): Buffer {
  const lines = [`${method} ${target} HTTP/1.1`, ...unchunked(headers, body.length).map(line => line.join(': '))]
  // Header bytes that are not ASCII were read as latin-1: written as latin-1 they are the same bytes again.
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body])
}

function unchunked(headers: readonly Header[], bodyBytes: number): readonly Header[] {
  if (!isChunked(headers)) return headers
  const at = headers.findIndex(([name]) => /^transfer-encoding$/i.test(name))
  const length: Header = ['Content-Length', String(bodyBytes)]
  const others = headers.map((header, index) => (index === at ? length : header))
  return others.filter(
    header => header === length || !/^(?:content-length|transfer-encoding|trailer)$/i.test(header[0]),
  )
}

const valuesOf = (headers: readonly Header[], name: string): string[] =>
  headers.filter(header => header[0].toLowerCase() === name).map(header => header[1].trim())

const transferEncoding = (headers: readonly Header[]): string => valuesOf(headers, 'transfer-encoding').join(', ')

const isChunked = (headers: readonly Header[]): boolean => /(?:^|[,\s])chunked$/i.test(transferEncoding(headers))

/**
 * A saved request read back: line ends CRLF or LF, folded headers joined, chunks put together. The body shares the
 * memory of `bytes` unless it came in chunks.
 *
 * Names come in one spelling: `HTTP_X_HOOK_SIGNATURE` and `x_hook_signature`, as CGI, WSGI and framework dumps write
 * them, are `X-HOOK-SIGNATURE` and `x-hook-signature`.
 *
 * @throws usage `request_…`: no request line, a line that is no header, no blank line, a body shorter than announced
 */
export function parseRequest(bytes: Uint8Array): ParsedRequest {
  const lines = new Lines(bytes)
  const {method, target} = requestLine(lines.next())
  const headers = readHeaders(lines)
  return {method, target, headers, ...readBody(headers, bytes.subarray(lines.at))}
}

const broken = (what: string, message: string, hint: string): HookctlError =>
  usageError(`request_${what}`, `not a saved HTTP request: ${message}`, {hint})

/** Lines of the head, one at a time, so that the body is never searched or decoded. */
class Lines {
  at = 0
  number = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3
    while (bytes[this.at] === CR || bytes[this.at] === LF) this.at += 1
  }

  /** Without its line end; undefined where no line end follows any more. */
  next(): string | undefined {
    const end = this.#bytes.indexOf(LF, this.at)
    if (end < 0) return undefined
    const stop = this.#bytes[end - 1] === CR && end > this.at ? end - 1 : end
    const line = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + this.at, stop - this.at).toString('latin1')
    this.at = end + 1
    this.number += 1
    return line
  }
}

function requestLine(line: string | undefined): {method: string; target: string} {
  const hint =
    'the first line must be like: POST /hook HTTP/1.1 (hookctl listen --save DIR writes such files); a body alone is given with --body'
  if (line === undefined) throw broken('empty', 'there is no request line and no header', hint)
  if (/^HTTP\/\d/.test(line)) throw broken('is_answer', 'it starts with a status line: this is an answer', hint)
  const [method = '', target = '', version = 'HTTP/1.1', ...rest] = line.trimEnd().split(' ')
  if (!TOKEN.test(method) || target === '' || !/^HTTP\/[\d.]+$/.test(version) || rest.length > 0) {
    throw broken('line_missing', 'its first line is no request line', hint)
  }
  return {method, target}
}

function readHeaders(lines: Lines): Header[] {
  const headers: Header[] = []
  for (let line = lines.next(); line !== ''; line = lines.next()) {
    if (line === undefined) {
      throw broken('incomplete', 'no blank line ends its headers', 'an empty line belongs between headers and body')
    }
    const last = headers.at(-1)
    if (/^[ \t]/.test(line) && last !== undefined)
      headers[headers.length - 1] = [last[0], `${last[1]} ${headerValueIn(line)}`.trim()]
    else headers.push(readHeader(line, lines.number))
  }
  return headers
}

function readHeader(line: string, number: number): Header {
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(colon, 0))
  // The line itself may be a credential whose name was lost: only its number is said.
  if (!TOKEN.test(name))
    throw broken('header_malformed', `line ${number} is no header`, 'headers look like: Name: value')
  return [canonicalName(name), headerValueIn(line.slice(colon + 1))]
}

/** A header's name with dashes, however a gateway or a framework spelled it (docs of CGI: RFC 3875, 4.1.18). */
export const canonicalName = (name: string): string => name.replace(/^HTTP_(?=[A-Z0-9_]+$)/, '').replaceAll('_', '-')

function readBody(headers: readonly Header[], rest: Uint8Array): {body: Uint8Array; ignoredBytes: number} {
  if (leftCoding(transferEncoding(headers)) !== null) {
    const hint = 'where the body is decoded already, remove the Transfer-Encoding line'
    throw broken('body_coded', 'its Transfer-Encoding is not chunked alone', hint)
  }
  if (isChunked(headers)) return readChunks(rest)
  const announced = announcedBytes(headers)
  if (announced === undefined) return {body: rest, ignoredBytes: 0}
  if (rest.length < announced) {
    throw broken(
      'body_incomplete',
      `the body has ${rest.length} of the ${announced} bytes that Content-Length names`,
      'a copy that rewrote line ends loses bytes: save it again, or give the body with --body',
    )
  }
  return {body: rest.subarray(0, announced), ignoredBytes: rest.length - announced}
}

function announcedBytes(headers: readonly Header[]): number | undefined {
  const values = new Set(valuesOf(headers, 'content-length').flatMap(value => value.split(/\s*,\s*/)))
  if (values.size === 0) return undefined
  const [value = ''] = values
  if (values.size > 1 || !/^\d{1,15}$/.test(value)) {
    throw broken('length_unclear', 'its Content-Length is not one number', 'remove the line to take all that follows')
  }
  return Number(value)
}

function readChunks(rest: Uint8Array): {body: Uint8Array; ignoredBytes: number} {
  const decoded = decodeChunked(rest)
  if (decoded !== undefined) return {body: decoded.body, ignoredBytes: rest.length - decoded.endsAt}
  throw broken(
    'chunks_broken',
    'its Transfer-Encoding says chunked, but the body is not whole chunks',
    'where the body is decoded already, remove the Transfer-Encoding line',
  )
}
