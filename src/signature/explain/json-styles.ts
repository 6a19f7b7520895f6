import {type JsonStyle, type JsonText, parseJsonText, writeJsonText} from './json-text.ts'
import type {Mistake} from './mistakes.ts'

const escaped = (value: string, pattern: RegExp): string =>
  JSON.stringify(value).replace(pattern, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

const utf8 = (value: string) => JSON.stringify(value)
/** Python's ensure_ascii: DEL is escaped too. */
const ascii = (value: string) => escaped(value, /[\u007f-\uffff]/g)
/** Go's encoding/json and ASP.NET make it safe to stand in HTML. */
const htmlSafe = (value: string) => escaped(value, /[<>&\u2028\u2029]/g)
const php = (value: string) => escaped(value, /[\u0080-\uffff]/g).replaceAll('/', '\\/')

const asWritten = (text: string) => text

/** Python keeps whole numbers of any size and writes floats by repr(). */
export function pythonNumber(text: string): string {
  if (/^-?[0-9]+$/.test(text)) return text
  const value = Number(text)
  const magnitude = Math.abs(value)
  if (magnitude !== 0 && (magnitude >= 1e16 || magnitude < 1e-4)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
  }
  return /[.]/.test(`${value}`) ? `${value}` : `${Object.is(value, -0) ? '-0' : value}.0`
}

const compact: JsonStyle = {item: ',', colon: ':', indent: 0, sorted: false, quote: utf8, number: asWritten}
const python: JsonStyle = {...compact, item: ', ', colon: ': ', quote: ascii}
const indented = (indent: number): JsonStyle => ({...compact, colon: ': ', indent})

/** Every style by the mistake it stands for; numbers first as they were written, then as Python writes them. */
const STYLES: readonly (readonly [Mistake, readonly JsonStyle[]])[] = [
  ['json_compact', [compact, {...compact, quote: ascii}]],
  ['json_python', [python]],
  ['json_python_utf8', [{...python, quote: utf8}]],
  [
    'json_sorted_compact',
    [
      {...compact, sorted: true},
      {...compact, sorted: true, quote: ascii},
    ],
  ],
  [
    'json_sorted_python',
    [
      {...python, sorted: true},
      {...python, sorted: true, quote: utf8},
    ],
  ],
  ['json_indented_2', inAllWays(indented(2))],
  ['json_indented_4', inAllWays(indented(4))],
  ['json_php', [{...compact, quote: php}]],
  ['json_html_safe', [{...compact, quote: htmlSafe}]],
]

function inAllWays(style: JsonStyle): JsonStyle[] {
  return [style, {...style, quote: ascii}, {...style, sorted: true}, {...style, sorted: true, quote: ascii}]
}

/** The JSON text as each serialiser would have written it; none when it is not JSON. */
export function jsonVariants(text: string): (readonly [Mistake, string])[] {
  const node = parseJsonText(text)
  if (node === undefined) return []
  return [
    ...STYLES.flatMap(([mistake, styles]) =>
      styles.flatMap(style => [
        [mistake, writeJsonText(node, style)] as const,
        [mistake, writeJsonText(node, {...style, number: pythonNumber})] as const,
      ]),
    ),
    ...[0, 2, 4].map(indent => ['json_javascript', JSON.stringify(JSON.parse(text), null, indent)] as const),
    ...firstOfBatch(node),
  ]
}

const firstOfBatch = (node: JsonText): (readonly [Mistake, string])[] =>
  node.kind === 'array' && node.items.length > 0 ? [['batch_first_item', node.firstItem]] : []
