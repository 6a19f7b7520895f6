import {parseJson} from './json.ts'
import {matches} from './subscription.ts'

/**
 * Comparisons with what stands at a path of a JSON value: `data.name=db-1`, `data.size>=10`, `items.*.state!=up`. One
 * small language wherever something is looked for in a body.
 *
 * A path is names joined by dots; `0`, `1`… is an item of a list, `*` any item of a list or member of an object; a name
 * with other signs in it stands in double quotes: `data."a.b"`. Own members only: `__proto__` leads nowhere.
 */

type WhereOp = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~' | '!~'

/** One comparison, read. Plain, so that it can go to a store in another thread. */
export interface Comparison {
  /** As it was written. */
  readonly text: string
  /** Names and numbers of items; null stands for `*`. */
  readonly path: readonly (string | null)[]
  readonly op: WhereOp
  /** As written; of a value in double quotes what they hold. */
  readonly value: string
  /** Whether the value stood in double quotes, and so equals texts only. */
  readonly quoted: boolean
}

/** Why a text is no comparison: a sentence, and what to write instead. */
export interface WhereProblem {
  readonly code: 'bad_comparison'
  readonly message: string
  readonly hint: string
}

const LONGEST = 1000
const HINT = 'write it as PATH OP VALUE, like data.name=db-1, data.size>=10 or data.name~db-*; `hookctl help filters`'

// Longest first: `!=` is not `=` behind a name that ends in an exclamation mark.
const operator = /!=|!~|<=|>=|=|<|>|~/y
const plainName = /[^\s"=!<>~.]+/y
const quotedName = /"(?:[^"\\]|\\.)*"/y

/** The comparison that a text is, or what is wrong with it. */
export function readComparison(text: string): Comparison | WhereProblem {
  if (text.length > LONGEST) return problem(`a comparison has at most ${LONGEST} characters`)
  const path: (string | null)[] = []
  let at = 0
  for (;;) {
    const name = match(plainName, text, at) ?? match(quotedName, text, at)
    if (name === null) return problem(nameProblem(text, at, path.length))
    const spelled = spell(name)
    if (spelled === undefined) return problem(`"${text}": ${name} is no text in double quotes`)
    path.push(spelled)
    at += name.length
    if (text[at] !== '.') break
    at += 1
  }
  at += match(/\s*/y, text, at)?.length ?? 0
  const op = match(operator, text, at) as WhereOp | null
  if (op === null) return problem(`"${text}" compares nothing: there is none of = != < <= > >= ~ !~ after the path`)
  return withValue(text, path, op, text.slice(at + op.length).trim())
}

function withValue(text: string, path: readonly (string | null)[], op: WhereOp, raw: string) {
  const quoted = raw.startsWith('"')
  const value = quoted ? fromJson(raw) : raw
  if (typeof value !== 'string') return problem(`"${text}": ${raw} is no text in double quotes`)
  if (value === '' && !quoted) return problem(`"${text}" compares with nothing; an empty text is ""`)
  return {text, path, op, value, quoted}
}

function match(pattern: RegExp, text: string, at: number): string | null {
  const here = new RegExp(pattern)
  here.lastIndex = at
  return here.exec(text)?.[0] ?? null
}

/** A name as it is in the body; null is `*`, undefined no name. */
function spell(name: string): string | null | undefined {
  if (name === '*') return null
  if (!name.startsWith('"')) return name
  const value = fromJson(name)
  return typeof value === 'string' ? value : undefined
}

function fromJson(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

function nameProblem(text: string, at: number, names: number): string {
  if (text.trim() === '') return 'an empty text compares nothing'
  return names === 0 && at === 0 ? `"${text}" does not begin with a path` : `"${text}" has an empty name in its path`
}

const problem = (message: string): WhereProblem => ({code: 'bad_comparison', message, hint: HINT})

export const isProblem = (read: Comparison | WhereProblem): read is WhereProblem => 'code' in read

/**
 * Whether a comparison holds for a JSON value.
 *
 * Numbers are compared by value, however many digits they have, texts as texts; a value without quotes equals a number,
 * `true`, `false` and `null` as well as the text that is spelled so. Lists and objects equal the JSON that says the same.
 * `<` and its kin compare numbers, and texts that are numbers; other texts in the order of their characters, which is that
 * of times spelled alike. `~` holds for a text that contains the value, or matches it where it has a `*`, and for a list
 * that holds it. `!=` and `!~` hold where `=` and `~` do not, so also where the path leads nowhere; with `*` in the path
 * the others hold where one of the places does.
 *
 * @param value as `parseJson` answers it
 */
export function holds(comparison: Comparison, value: unknown): boolean {
  const {op, path} = comparison
  const found = follow(value, path)
  if (op === '!=') return !found.some(each => isEqual(each, comparison))
  if (op === '!~') return !found.some(each => contains(each, comparison))
  if (op === '=') return found.some(each => isEqual(each, comparison))
  if (op === '~') return found.some(each => contains(each, comparison))
  return found.some(each => isOrdered(each, op, comparison))
}

/** Whether all of them hold. @param body JSON text; one that is no JSON has nothing at any path */
export function allHold(comparisons: readonly Comparison[], body: string | null): boolean {
  if (comparisons.length === 0) return true
  const value = body === null ? undefined : fromJson(body)
  return comparisons.every(comparison => holds(comparison, value))
}

/** What stands at the path of a comparison: nothing, one value, or those that a `*` leads to. */
export const valuesAt = ({path}: Comparison, value: unknown): readonly unknown[] => follow(value, path)

/** What stands at a path: nothing, one value, or those that a `*` leads to. */
function follow(value: unknown, path: readonly (string | null)[]): readonly unknown[] {
  let found: readonly unknown[] = value === undefined ? [] : [value]
  for (const name of path) found = found.flatMap(each => step(each, name))
  return found
}

function step(value: unknown, name: string | null): readonly unknown[] {
  if (typeof value !== 'object' || value === null || isRaw(value)) return []
  if (name === null) return Object.values(value)
  const isThere = Array.isArray(value) ? /^\d+$/.test(name) && Number(name) < value.length : Object.hasOwn(value, name)
  return isThere ? [(value as Record<string, unknown>)[Array.isArray(value) ? Number(name) : name]] : []
}

function isEqual(found: unknown, {value, quoted}: Comparison): boolean {
  if (typeof found === 'string') return found === value
  if (quoted) return false
  const number = numberText(found)
  if (number !== null) return isNumber(value) && compareNumbers(number, value) === 0
  if (typeof found !== 'object' || found === null) return String(found) === value
  return isSame(found, fromJson(value))
}

/** Two JSON values that say the same: the order of members does not count. */
function isSame(a: unknown, b: unknown): boolean {
  const [left, right] = [numberText(a), numberText(b)]
  if (left !== null || right !== null) return left !== null && right !== null && compareNumbers(left, right) === 0
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const keys = Object.keys(a)
  if (Array.isArray(a) !== Array.isArray(b) || keys.length !== Object.keys(b).length) return false
  return keys.every(key => Object.hasOwn(b, key) && isSame(a[key as keyof typeof a], b[key as keyof typeof b]))
}

function contains(found: unknown, comparison: Comparison): boolean {
  if (Array.isArray(found)) return found.some(item => isEqual(item, comparison) || matchesText(item, comparison))
  return matchesText(found, comparison)
}

function matchesText(found: unknown, {value, quoted}: Comparison): boolean {
  const text = typeof found === 'string' ? found : (numberText(found) ?? (found === null ? null : scalarText(found)))
  if (text === null) return false
  return value.includes('*') && !quoted ? matches(value, text) : text.includes(value)
}

const scalarText = (found: unknown): string | null => (typeof found === 'boolean' ? String(found) : null)

function isOrdered(found: unknown, op: WhereOp, {value, quoted}: Comparison): boolean {
  const number = numberText(found) ?? (typeof found === 'string' && !quoted && isNumber(found) ? found : null)
  if (number !== null && isNumber(value) && !quoted) return isRight(compareNumbers(number, value), op)
  if (typeof found !== 'string') return false
  return isRight(found < value ? -1 : found > value ? 1 : 0, op)
}

function isRight(order: number, op: WhereOp): boolean {
  if (op === '<') return order < 0
  if (op === '<=') return order <= 0
  return op === '>' ? order > 0 : order >= 0
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

const isNumber = (text: string): boolean => jsonNumber.test(text)

interface RawJson {
  readonly rawJSON: string
}

/** What `parseJson` makes of a number that JavaScript cannot hold. */
const isRaw = (value: object): value is RawJson =>
  (JSON as unknown as {isRawJSON(value: unknown): boolean}).isRawJSON(value)

/** A number as it was written, or null. */
function numberText(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'object' && value !== null && isRaw(value) ? value.rawJSON : null
}

/** Whole numbers digit by digit: an id of twenty digits is not its neighbour. */
function compareNumbers(a: string, b: string): number {
  const whole = /^-?\d{1,400}$/
  const [left, right] = whole.test(a) && whole.test(b) ? [BigInt(a), BigInt(b)] : [Number(a), Number(b)]
  return left < right ? -1 : left > right ? 1 : 0
}
