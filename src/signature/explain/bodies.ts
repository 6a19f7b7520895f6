import {fieldsOf} from '../form.ts'
import {jsonVariants} from './json-styles.ts'
import type {Mistake} from './mistakes.ts'

export type BodyVariant = readonly [Mistake, Buffer]

/** Above this only the variants that need no parsing are tried: each costs a digest of the whole body. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024

const BOM = Buffer.from([0xef, 0xbb, 0xbf])
const bytes = (text: string): Buffer => Buffer.from(text, 'utf8')

/** What the sender may have signed, if the body at hand went through one of these mistakes. Likeliest first. */
export function bodyVariants(body: Uint8Array): BodyVariant[] {
  const own = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const found: BodyVariant[] = []
  for (const variant of variantsOf(own)) {
    // Two mistakes that give the same bytes cannot be told apart: the likelier one is named.
    if (![own, ...found.map(([, bytes]) => bytes)].some(each => variant[1].equals(each))) found.push(variant)
  }
  return found
}

function* variantsOf(body: Buffer): Generator<BodyVariant> {
  yield* edgeVariants(body)
  if (body.length <= MAX_TEXT_BYTES) yield* textVariants(body)
}

function* edgeVariants(body: Buffer): Generator<BodyVariant> {
  if (endsWith(body, '\n')) yield ['body_newline_added', body.subarray(0, -1)]
  if (endsWith(body, '\r\n')) yield ['body_crlf_added', body.subarray(0, -2)]
  yield ['body_newline_lost', Buffer.concat([body, bytes('\n')])]
  yield ['body_crlf_lost', Buffer.concat([body, bytes('\r\n')])]
  if (body.subarray(0, 3).equals(BOM)) yield ['bom_added', body.subarray(3)]
  else yield ['bom_removed', Buffer.concat([BOM, body])]
  yield ['empty_body_signed', Buffer.alloc(0)]
}

const endsWith = (body: Buffer, tail: string) => body.subarray(-tail.length).equals(bytes(tail))

function* textVariants(body: Buffer): Generator<BodyVariant> {
  yield* lineEndingVariants(body)
  const text = textOf(body)
  if (text !== undefined) {
    for (const [mistake, variant] of jsonVariants(text)) yield [mistake, bytes(variant)]
    yield* wrappedVariants(text)
    yield* htmlVariants(text)
    yield* formVariants(text)
  }
  yield* latin1Variants(body, text)
  yield ['body_base64', bytes(body.toString('base64'))]
}

/** Undefined when the bytes are not UTF-8. The byte-order mark stays. */
function textOf(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(body)
  } catch {
    return undefined
  }
}

/** On bytes read as Latin-1, so that nothing but the line ends can change. */
function* lineEndingVariants(body: Buffer): Generator<BodyVariant> {
  const lines = body.toString('latin1')
  yield ['line_endings_crlf', Buffer.from(lines.replaceAll('\r\n', '\n'), 'latin1')]
  yield ['line_endings_lf', Buffer.from(lines.replace(/(?<!\r)\n/g, '\r\n'), 'latin1')]
}

function* wrappedVariants(text: string): Generator<BodyVariant> {
  const bare = text.trim()
  if (/^[A-Za-z0-9+/_-]{4,}={0,2}$/.test(bare)) yield ['body_base64', Buffer.from(bare, 'base64')]
  yield ['body_json_string', bytes(JSON.stringify(text))]
  if (!/^".*"$/s.test(bare)) return
  try {
    yield ['body_json_string', bytes(`${JSON.parse(bare)}`)]
  } catch {
    // Quotes, but no JSON string.
  }
}

const ENTITIES: {readonly [entity: string]: string} = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#34;': '"',
  '&#x22;': '"',
  '&#39;': "'",
  '&#039;': "'",
  '&#x27;': "'",
  '&apos;': "'",
  '&amp;': '&',
}

function* htmlVariants(text: string): Generator<BodyVariant> {
  const unescaped = text.replace(/&(?:lt|gt|quot|apos|amp|#0?39|#34|#x2[27]);/gi, each => ENTITIES[each.toLowerCase()]!)
  yield ['body_html_escaped', bytes(unescaped)]
  const tags = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  yield ['body_html_escaped', bytes(tags)]
  for (const [double, single] of [
    ['&quot;', '&#x27;'],
    ['&#34;', '&#39;'],
    ['&quot;', '&#039;'],
    ['&quot;', "'"],
  ] as const) {
    yield ['body_html_escaped', bytes(tags.replaceAll('"', double).replaceAll("'", single))]
  }
}

/** Form bodies written again by another library: spaces as + or %20, which letters are escaped. */
function* formVariants(text: string): Generator<BodyVariant> {
  if (!/^[^\s={["]+=\S*$/.test(text)) return
  const form = fieldsOf(text)
  const plus = new URLSearchParams(form).toString()
  const component = form.map(pair => pair.map(encodeURIComponentSafely).join('=')).join('&')
  for (const each of [plus, plus.replaceAll('+', '%20'), component, component.replaceAll('%20', '+')]) {
    yield ['form_reencoded', bytes(each)]
    yield ['form_reencoded', bytes(each.replaceAll('%2F', '/'))]
    yield ['form_reencoded', bytes(each.replace(/%[0-9A-F]{2}/g, code => code.toLowerCase()))]
  }
}

/** encodeURIComponent throws on a lone surrogate. */
const encodeURIComponentSafely = (text: string) => encodeURIComponent(text.toWellFormed())

/** UTF-8 taken for Latin-1 and encoded again, undone and done. */
function* latin1Variants(body: Buffer, text: string | undefined): Generator<BodyVariant> {
  if (text !== undefined && /^[\u0000-\u00ff]*$/.test(text)) yield ['body_latin1', Buffer.from(text, 'latin1')]
  yield ['body_latin1', bytes(body.toString('latin1'))]
}
