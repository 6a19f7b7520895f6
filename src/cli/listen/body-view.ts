import type {Header} from '../../receiver/raw-http.ts'
import {showBody} from '../escape.ts'
import {indentJson} from './indent-json.ts'

/** More is cut: a terminal is no place for it, `--save` has all of it. */
const SHOWN_BYTES = 64 * 1024
const EXCERPT_BYTES = 64

const strict = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true})

/** The body as text; null where it is not UTF-8. */
export function bodyText(body: Uint8Array): string | null {
  try {
    return strict.decode(body)
  } catch {
    return null
  }
}

/** Whether the headers call the body JSON, parameters, case and `+json` suffixes included (RFC 6839, 3.1). */
export function isJsonType(headers: readonly Header[]): boolean {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  return /^\s*application\/(?:[^\s;+]+\+)*json\s*(?:;|$)/i.test(type)
}

/** The body for reading, escaped: JSON indented (only here: the bytes stay as they are), binary as size and hex. */
export function bodyView(body: Uint8Array, headers: readonly Header[]): string {
  if (body.length === 0) return '(No body)'
  const text = body.includes(0) ? null : bodyText(body)
  if (text === null) return binaryView(body)
  if (body.length > SHOWN_BYTES) return cutView(body)
  const json = isJsonType(headers) ? indentJson(text) : undefined
  return showBody(json ?? text)
}

function binaryView(body: Uint8Array): string {
  const hex = Buffer.from(body.subarray(0, EXCERPT_BYTES))
    .toString('hex')
    .replace(/..(?=.)/g, '$& ')
  return `(binary, ${body.length} bytes) ${hex}${body.length > EXCERPT_BYTES ? ' …' : ''}`
}

/** Cut anywhere, a character may be broken at the end: it becomes the replacement character. */
const cutView = (body: Uint8Array): string =>
  `${showBody(Buffer.from(body.subarray(0, SHOWN_BYTES)).toString('utf8'))}\n(… ${body.length - SHOWN_BYTES} more bytes)`
