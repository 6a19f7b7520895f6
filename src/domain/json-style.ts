import type {JsonText} from './json.ts'

/**
 * How a platform spells JSON.
 * - `compact`: no white space; strings stay as they were written.
 * - `python-ascii`: `json.dumps` as it comes: `", "` and `": "`, everything outside space to `~` as `\u` and four hex digits.
 * - `python-utf8`: the same with `ensure_ascii=False` (Nautobot).
 */
export type JsonStyle = 'compact' | 'python-ascii' | 'python-utf8'

interface Spelling {
  /** A space after every comma and colon. */
  readonly spaced: boolean
  /** What a string holds that does not stay as it was written; null where all of them stay. */
  readonly odd: RegExp | null
  /** Spells one string, quotes included. */
  readonly string: (token: string) => string
}

/** An escape that the short ones stand for, or that need not be one. */
const ODD_ESCAPE = /\\[^"\\bfnrt]/
const ODD_ASCII = /[^ -~]|\\[^"\\bfnrt]/

const spellings: Readonly<Record<JsonStyle, Spelling>> = {
  compact: {spaced: false, odd: null, string: token => token},
  'python-ascii': {spaced: true, odd: ODD_ASCII, string: asciiString},
  'python-utf8': {spaced: true, odd: ODD_ESCAPE, string: utf8String},
}

const QUOTE = 34
const COMMA = 44
const COLON = 58
const BACKSLASH = 92

/** Levels of nesting that sorting follows: it recurses, and no platform's body comes near. */
const DEEPEST = 1000

/**
 * The same JSON value in another spelling: key order and the digits of numbers stay as they are.
 *
 * @param text valid JSON
 */
export function restyle(text: string, style: JsonStyle): JsonText {
  const {spaced, odd, string: spelled} = spellings[style]
  // Most bodies have no string that is spelled otherwise: looked for in all of them at once.
  const string = odd?.test(text) ? spelled : null
  let out = ''
  let from = 0
  let at = 0
  // What stays is copied in one piece, as late as possible: most of a body does.
  while (at < text.length) {
    const char = text.charCodeAt(at)
    if (char === QUOTE) {
      const end = stringEnd(text, at)
      if (string !== null) {
        out += text.slice(from, at) + string(text.slice(at, end))
        from = end
      }
      at = end
    } else if (spaced && (char === COMMA || char === COLON)) {
      at += 1
      out += `${text.slice(from, at)} `
      from = at
    } else if (isSpace(char)) {
      out += text.slice(from, at)
      at += 1
      from = at
    } else at += 1
  }
  return (out + text.slice(from)) as JsonText
}

/**
 * The same JSON value, compact, with the keys of every object in the order of their code points.
 *
 * @throws RangeError where it is nested more than 1000 levels deep
 */
export function sortKeys(text: string): JsonText {
  return sortedAt(restyle(text, 'compact'), 0, 0).text as JsonText
}

/** The members of a JSON object in the order written, values as text; a name that is repeated comes again. */
export function splitMembers(text: string): [name: string, value: JsonText][] {
  const compact = restyle(text, 'compact')
  const members: [string, JsonText][] = []
  for (let at = 1; at < compact.length - 1; ) {
    const nameEnd = stringEnd(compact, at)
    const end = valueEnd(compact, nameEnd + 1)
    members.push([JSON.parse(compact.slice(at, nameEnd)), compact.slice(nameEnd + 1, end) as JsonText])
    at = end + 1
  }
  return members
}

/** The items of a JSON array, as text. */
export function splitItems(text: string): JsonText[] {
  const compact = restyle(text, 'compact')
  const items: JsonText[] = []
  for (let at = 1; at < compact.length - 1; ) {
    const end = valueEnd(compact, at)
    items.push(compact.slice(at, end) as JsonText)
    at = end + 1
  }
  return items
}

/** Which of JSON's kinds a JSON text is, by its first character. */
export function kindOf(text: string): 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null' {
  const first = text.trimStart()[0] ?? ''
  if (first === '{') return 'object'
  if (first === '[') return 'array'
  if (first === '"') return 'string'
  if (first === 't' || first === 'f') return 'boolean'
  return first === 'n' ? 'null' : 'number'
}

/** The value of a JSON string; a number, true or false as written; null for null, objects, arrays and nothing. */
export function scalarText(text: string | undefined): string | null {
  if (text === undefined) return null
  const kind = kindOf(text)
  if (kind === 'string') return JSON.parse(text) as string
  return kind === 'number' || kind === 'boolean' ? text.trim() : null
}

function sortedAt(text: string, at: number, depth: number): {text: string; end: number} {
  if (depth > DEEPEST) throw new RangeError(`JSON nested more than ${DEEPEST} levels deep`)
  if (text[at] === '{') return sortedObject(text, at, depth)
  if (text[at] === '[') return sortedArray(text, at, depth)
  const end = valueEnd(text, at)
  return {text: text.slice(at, end), end}
}

function sortedObject(text: string, start: number, depth: number): {text: string; end: number} {
  const members: {name: string; token: string; value: string}[] = []
  let at = start + 1
  while (text[at] !== '}') {
    const nameEnd = stringEnd(text, at)
    const token = text.slice(at, nameEnd)
    const value = sortedAt(text, nameEnd + 1, depth + 1)
    members.push({name: JSON.parse(token), token, value: value.text})
    at = text[value.end] === ',' ? value.end + 1 : value.end
  }
  members.sort((a, b) => compareCodePoints(a.name, b.name))
  return {text: `{${members.map(({token, value}) => `${token}:${value}`).join(',')}}`, end: at + 1}
}

function sortedArray(text: string, start: number, depth: number): {text: string; end: number} {
  const items: string[] = []
  let at = start + 1
  while (text[at] !== ']') {
    const item = sortedAt(text, at, depth + 1)
    items.push(item.text)
    at = text[item.end] === ',' ? item.end + 1 : item.end
  }
  return {text: `[${items.join(',')}]`, end: at + 1}
}

/** JavaScript compares UTF-16 units, which puts an emoji before U+FFFD; other languages do not. */
export function compareCodePoints(a: string, b: string): number {
  let at = 0
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1
  if (at === a.length || at === b.length) return a.length - b.length
  return (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0)
}

/** Index after the closing quote of the string that begins at `start`. */
export function stringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end === -1 ? text.length : end + 1
}

function isEscaped(text: string, at: number): boolean {
  let first = at
  while (first > 0 && text.charCodeAt(first - 1) === BACKSLASH) first -= 1
  return (at - first) % 2 === 1
}

/** Index after the value that begins at `start` of compact JSON. */
function valueEnd(text: string, start: number): number {
  let depth = 0
  let at = start
  while (at < text.length) {
    const char = text[at]
    if (char === '"') at = stringEnd(text, at) - 1
    else if (char === '{' || char === '[') depth += 1
    else if (char === '}' || char === ']') depth -= 1
    at += 1
    const next = text[at]
    if (depth === 0 && (next === undefined || next === ',' || next === '}' || next === ']')) return at
  }
  return at
}

const isSpace = (char: number): boolean => char === 32 || char === 10 || char === 13 || char === 9

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
}

/** CPython's encoder: space to `~` as they are, the seven short escapes, else `\u` and four hex digits per UTF-16 unit. */
function asciiString(token: string): string {
  if (!ODD_ASCII.test(token)) return token
  const value = JSON.parse(token) as string
  return `"${value.replace(/[^ !#-[\]-~]/g, char => shortEscapes[char] ?? unicodeEscape(char))}"`
}

const unicodeEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

function utf8String(token: string): string {
  return ODD_ESCAPE.test(token) ? JSON.stringify(JSON.parse(token)) : token
}
