import {numberText} from './json.ts'
import {type JsonPath, match, readJsonPath, valueIn, valuesAtPath} from './json-path.ts'
import {matches} from './subscription.ts'

/**
 * Comparisons with what stands at a path of a JSON value: `data.name=db-1`, `data.size>=10`, `items.*.state!=up`. One
 * small language wherever something is looked for in a body.
 */

type WhereOp = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~' | '!~'

/** One comparison, read. Plain, so that it can go to a store in another thread. */
export interface Comparison {
  /** As it was written. */
  readonly text: string
  readonly path: JsonPath['names']
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

/** The comparison that a text is, or what is wrong with it. */
export function readComparison(text: string): Comparison | WhereProblem {
  if (text.trim() === '') return problem('an empty text compares nothing')
  if (text.length > LONGEST) return problem(`a comparison has at most ${LONGEST} characters`)
  const path = readJsonPath(text)
  if ('message' in path) return problem(path.message)
  const at = path.end + (match(/\s*/y, text, path.end)?.length ?? 0)
  const op = match(operator, text, at) as WhereOp | null
  if (op === null) return problem(`"${text}" compares nothing: there is none of = != < <= > >= ~ !~ after the path`)
  return withValue(text, path.names, op, text.slice(at + op.length).trim())
}

function withValue(text: string, path: JsonPath['names'], op: WhereOp, raw: string) {
  const quoted = raw.startsWith('"')
  const value = quoted ? valueIn(raw) : raw
  if (typeof value !== 'string') return problem(`"${text}": ${raw} is no text in double quotes`)
  if (value === '' && !quoted) return problem(`"${text}" compares with nothing; an empty text is ""`)
  return {text, path, op, value, quoted}
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
  const found = valuesAtPath(value, path)
  if (op === '!=') return !found.some(each => isEqual(each, comparison))
  if (op === '!~') return !found.some(each => contains(each, comparison))
  if (op === '=') return found.some(each => isEqual(each, comparison))
  if (op === '~') return found.some(each => contains(each, comparison))
  return found.some(each => isOrdered(each, op, comparison))
}

/** Whether all of them hold. @param body JSON text; one that is no JSON has nothing at any path */
export function allHold(comparisons: readonly Comparison[], body: string | null): boolean {
  if (comparisons.length === 0) return true
  const value = body === null ? undefined : valueIn(body)
  return comparisons.every(comparison => holds(comparison, value))
}

function isEqual(found: unknown, {value, quoted}: Comparison): boolean {
  if (typeof found === 'string') return found === value
  if (quoted) return false
  const number = numberText(found)
  if (number !== null) return isNumber(value) && compareNumbers(number, value) === 0
  if (typeof found !== 'object' || found === null) return String(found) === value
  return isSame(found, valueIn(value))
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

/** Whole numbers digit by digit: an id of twenty digits is not its neighbour. */
function compareNumbers(a: string, b: string): number {
  const whole = /^-?\d{1,400}$/
  const [left, right] = whole.test(a) && whole.test(b) ? [BigInt(a), BigInt(b)] : [Number(a), Number(b)]
  return left < right ? -1 : left > right ? 1 : 0
}
