/**
 * A walk over JSON text that knows where it is: V8 does not say the place for most of what a hand gets wrong. Only done once
 * something is wrong.
 */

/** The first character that cannot be JSON, and why, in words that quote nothing: it may be part of a secret. */
export interface Fault {
  readonly at: number
  readonly what: string
}

export type Path = readonly (string | number)[]

interface Level {
  readonly isList: boolean
  /** The member or the index one is in. */
  key: string | number
  /** Where the last comma was; -1 where there was none. */
  comma: number
}

/** Null where the text is JSON. `met` is told of every value where it begins. */
export function scan(text: string, met: (path: readonly Level[], at: number) => void = () => {}): Fault | null {
  const open: Level[] = []
  let at = 0
  for (let expected: 'value' | 'name' | 'next' = 'value'; ; ) {
    at = afterSpace(text, at)
    const level = open.at(-1)
    const char = text[at]
    if (expected === 'next') {
      if (level === undefined) return char === undefined ? null : {at, what: 'there is more after its end'}
      if (char === (level.isList ? ']' : '}')) {
        open.pop()
        at++
        continue
      }
      if (char !== ',') return strange(text, at, 'a comma is missing before it')
      level.comma = at++
      if (level.isList) level.key = (level.key as number) + 1
      expected = level.isList ? 'value' : 'name'
      continue
    }
    if (level !== undefined && char === (level.isList ? ']' : '}') && (expected === 'name' || level.isList)) {
      if (level.comma !== -1) return {at: level.comma, what: 'nothing follows this comma'}
      open.pop()
      at++
      expected = 'next'
      continue
    }
    if (expected === 'name') {
      const end = char === '"' ? stringEnd(text, at) : strange(text, at, 'a name in double quotes is missing')
      if (typeof end !== 'number') return end
      ;(level as Level).key = JSON.parse(text.slice(at, end)) as string
      at = afterSpace(text, end)
      if (text[at] !== ':') return strange(text, at, 'a colon is missing before it')
      at++
      expected = 'value'
      continue
    }
    met(open, at)
    expected = 'next'
    if (char === '{' || char === '[') {
      open.push({isList: char === '[', key: 0, comma: -1})
      expected = char === '[' ? 'value' : 'name'
      at++
      continue
    }
    const end = char === '"' ? stringEnd(text, at) : wordEnd(text, at)
    if (typeof end !== 'number') return end
    at = end
  }
}

/** Where the values down to a depth begin, by their paths. Of a member that is written twice the last one counts. */
export function offsetsIn(text: string, depth: number): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  scan(text, (met, at) => {
    if (met.length <= depth) found.set(met.map(({key}) => key).join('/'), at)
  })
  return found
}

/** As editors count. */
export function placeOf(text: string, at: number): {readonly line: number; readonly column: number} {
  const before = text.slice(0, at).split('\n')
  return {line: before.length, column: (before.at(-1) ?? '').length + 1}
}

function afterSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && ' \t\n\r'.includes(text[at] as string)) at++
  return at
}

function stringEnd(text: string, start: number): number | Fault {
  for (let at = start + 1; ; at++) {
    const code = text.charCodeAt(at)
    if (Number.isNaN(code)) return {at, what: 'it ends in the middle of a text'}
    if (code < 32) return {at, what: 'a text has no closing quote on its line'}
    if (code === 34) return at + 1
    if (code !== 92) continue
    const known = /^(?:["\\/bfnrt]|u[\da-fA-F]{4})/.exec(text.slice(at + 1, at + 6))
    if (known === null) return {at, what: 'no such sign is written with a backslash'}
    at += known[0].length
  }
}

const WORD = /[^\s,:{}[\]"]*/y
const LITERAL = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/

function wordEnd(text: string, at: number): number | Fault {
  WORD.lastIndex = at
  const word = WORD.exec(text)?.[0] ?? ''
  return LITERAL.test(word)
    ? at + word.length
    : strange(text, at, 'a text in double quotes, a number, {…} or […] is missing')
}

/** What stands there where something else must. */
function strange(text: string, at: number, otherwise: string): Fault {
  const rest = text.slice(at, at + 8)
  if (rest === '') return {at, what: 'it ends too early'}
  if (rest.startsWith('\ufeff')) return {at, what: 'it begins with a byte order mark: save it as UTF-8 without one'}
  if (/^(?:<{7}|={7}|>{7}|\|{7})/.test(rest)) return {at, what: 'a conflict of versions was left in it'}
  if (/^(?:\/[/*]|#)/.test(rest)) return {at, what: 'there are no comments in JSON'}
  if (/^['‘’“”`]/.test(rest)) return {at, what: 'the quotes of JSON are "double and straight"'}
  if (/^(?:True|False|None)\b/.test(rest)) return {at, what: 'JSON spells it true, false or null'}
  return {at, what: otherwise}
}
