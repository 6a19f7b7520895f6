import {pythonClass} from '../python-text.ts'

/** What of Python's flags holds at one place of a pattern; the case of letters is JavaScript's own flag. */
interface Flags {
  readonly m: boolean
  readonly s: boolean
  readonly a: boolean
}

type Read = {
  readonly pattern: string
  at: number
  /** Of the groups that are open, the outermost first: what holds in each. */
  readonly flags: Flags[]
}

const START = '(?<![^])'
const END = '(?![^])'
const ascii = {d: '0-9', s: '\\t-\\r ', w: 'a-zA-Z0-9_'}
const controls: Readonly<Record<string, string>> = {a: '\x07', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v'}

/**
 * A pattern of Python's `re` as one of JavaScript's with the flag `v`, and the flags that it begins with. Everything
 * that the two read otherwise is written out: which letters are `\w`, what a line end is for `.`, `^` and `$`.
 *
 * @throws SyntaxError for what Python refuses, and for what JavaScript has no counterpart of: possessive and atomic
 * repetition, conditions, verbose patterns, characters by name
 */
export function fromPythonSyntax(pattern: string): {source: string; ignoresCase: boolean} {
  const [whole, inline = ''] = /^\(\?([aimsu]+)\)/.exec(pattern) ?? ['']
  const has = (flag: string) => inline.includes(flag)
  const read: Read = {pattern, at: whole.length, flags: [{m: has('m'), s: has('s'), a: has('a')}]}
  let source = ''
  while (read.at < pattern.length) source += nextPart(read)
  if (read.flags.length !== 1) throw new SyntaxError('a group is not closed')
  return {source, ignoresCase: has('i')}
}

/** What is next, taken, where it has this form; null otherwise. */
function take(read: Read, form: RegExp): readonly (string | undefined)[] | null {
  form.lastIndex = read.at
  const match = form.exec(read.pattern)
  if (match !== null) read.at += match[0].length
  return match
}

const flagsAt = ({flags}: Read): Flags => flags.at(-1) as Flags

function nextPart(read: Read): string {
  const char = charAt(read)
  if (char === '\\') return escapeAt(read)
  if (char === '(') return groupAt(read)
  if (char === '[') return classAt(read)
  if (char === '{') return bracesAt(read)
  read.at += char.length
  const {m, s} = flagsAt(read)
  if (char === '.') return s ? '[^]' : '[^\\n]'
  if (char === '^') return m ? `(?<=\\n|${START})` : START
  if (char === '$') return m ? `(?=\\n|${END})` : `(?=\\n?${END})`
  if (char === ')') {
    read.flags.pop()
    if (read.flags.length === 0) throw new SyntaxError('a group is closed that is not open')
    return char
  }
  return char === ']' || char === '}' ? `\\${char}` : char
}

const charAt = ({pattern, at}: Read): string => String.fromCodePoint(pattern.codePointAt(at) ?? 0)

/** A character that means nothing but itself, wherever it stands. */
const literal = (code: number): string => `\\u{${code.toString(16)}}`

const reference = /\\([1-9]\d?)/sy
const letterEscape = /\\(.)/sy

function escapeAt(read: Read): string {
  const code = characterAt(read)
  if (code !== null) return literal(code)
  const number = take(read, reference)?.[1]
  if (number !== undefined) return `(?:\\${number})`
  const letter = take(read, letterEscape)?.[1] ?? ''
  if (letter === 'A') return START
  if (letter === 'Z') return END
  const word = `[${classesAt(read).w}]`
  if (letter === 'b') return `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`
  if (letter === 'B') return `(?:(?<=${word})(?=${word})|(?<!${word})(?!${word}))`
  return classEscape(letter, read)
}

const classesAt = (read: Read) => (flagsAt(read).a ? ascii : pythonClass)

/** @throws SyntaxError: no other letter means anything to Python */
function classEscape(letter: string, read: Read): string {
  const name = letter.toLowerCase()
  if (name !== 'd' && name !== 's' && name !== 'w') throw new SyntaxError(`bad escape \\${letter}`)
  return `[${name === letter ? '' : '^'}${classesAt(read)[name]}]`
}

const hexEscape = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U(000[\da-fA-F]{5}|0010[\da-fA-F]{4}))/y
const octalEscape = /\\(0[0-7]{0,2}|[1-3][0-7]{2})/y
const signEscape = /\\([^a-zA-Z0-9]|[afnrtv])/uy

/** The character that an escape stands for, taken; null where it stands for something else. */
function characterAt(read: Read): number | null {
  const [, two, four, eight] = take(read, hexEscape) ?? []
  const hex = two ?? four ?? eight
  if (hex !== undefined) return Number.parseInt(hex, 16)
  const octal = take(read, octalEscape)?.[1]
  if (octal !== undefined) return Number.parseInt(octal, 8)
  const sign = take(read, signEscape)?.[1]
  return sign === undefined ? null : ((controls[sign] ?? sign).codePointAt(0) as number)
}

const comment = /\(\?#[^)]*\)/y
const nameGroup = /\(\?P<([A-Za-z_]\w*)>/y
const nameReference = /\(\?P=([A-Za-z_]\w*)\)/y
const flagGroup = /\(\?([aimsu]*)(?:-([ims]+))?:/y
const plainGroup = /\((?:\?(?:[=!]|<[=!])|(?!\?))/y

function groupAt(read: Read): string {
  if (take(read, comment) !== null) return ''
  const referred = take(read, nameReference)?.[1]
  if (referred !== undefined) return `(?:\\k<${referred}>)`
  const outer = flagsAt(read)
  const name = take(read, nameGroup)?.[1]
  const flags = name === undefined ? take(read, flagGroup) : null
  const plain = name === undefined && flags === null ? take(read, plainGroup)?.[0] : undefined
  if (name === undefined && flags === null && plain === undefined) throw new SyntaxError('no such group')
  const [on, off] = [flags?.[1] ?? '', flags?.[2] ?? '']
  const now = (flag: 'a' | 'm' | 's') => (outer[flag] || on.includes(flag)) && !off.includes(flag)
  read.flags.push({m: now('m'), s: now('s'), a: now('a') && !on.includes('u')})
  if (name !== undefined) return `(?<${name}>`
  if (plain !== undefined) return plain
  return `(?${on.includes('i') ? 'i' : ''}${off.includes('i') ? '-i' : ''}:`
}

const classStart = /\[(\^?)/y
const rangeMark = /-(?!\])/y

/** Every character of a class is written by its number: what means something in one of JavaScript's does not here. */
function classAt(read: Read): string {
  const negation = take(read, classStart)?.[1] ?? ''
  let items = ''
  for (let isFirst = true; isFirst || charAt(read) !== ']'; isFirst = false) {
    if (read.at >= read.pattern.length) throw new SyntaxError('a class is not closed')
    const from = classItem(read)
    const to = take(read, rangeMark) === null ? null : classItem(read)
    if (to === null) items += typeof from === 'number' ? literal(from) : from
    else if (typeof from === 'number' && typeof to === 'number') items += `${literal(from)}-${literal(to)}`
    else throw new SyntaxError('a range has two characters as its ends')
  }
  read.at += 1
  return `[${negation}${items}]`
}

/** The code of a character, or a class within the class. */
function classItem(read: Read): number | string {
  const char = charAt(read)
  if (char !== '\\') {
    read.at += char.length
    return char.codePointAt(0) as number
  }
  const code = characterAt(read)
  if (code !== null) return code
  const letter = take(read, letterEscape)?.[1] ?? ''
  return letter === 'b' ? 8 : classEscape(letter, read)
}

const repetition = /\{(?!\})(\d*)(,?)(\d*)\}/y

/** Braces that count nothing are characters to Python; `{,3}` is `{0,3}`. */
function bracesAt(read: Read): string {
  const counts = take(read, repetition)
  if (counts !== null) return `{${counts[1] || '0'}${counts[2]}${counts[3]}}`
  read.at += 1
  return '\\{'
}
