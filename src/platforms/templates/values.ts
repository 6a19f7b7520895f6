import {compareCodePoints} from '../../domain/json-style.ts'
import {TemplateFault} from './fault.ts'
import {isNumber, numeric} from './numbers.ts'
import {printed} from './print.ts'

/** A member of an object by name, of a list or a text by index; undefined where there is none, an error below nothing. */
export function memberOf(value: unknown, key: unknown): unknown {
  if (value === undefined) throw new TemplateFault(`"${printed(key)}" is asked of what is not there`)
  const index = typeof key === 'number' || typeof key === 'boolean' ? Number(key) : null
  if (index !== null && Number.isInteger(index)) {
    if (Array.isArray(value)) return value.at(index)
    if (typeof value === 'string') return [...value].at(index)
  }
  return value instanceof Map && typeof key === 'string' ? value.get(key) : undefined
}

/** As Python: nothing, zero and everything empty is false. */
export function truthOf(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Map) return value.size > 0
  return Boolean(numeric(value) ?? value)
}

/** Python's `==`: true, 1 and 1.0 are equal, "1" is none of them; what is not there equals itself only. */
export function isSame(a: unknown, b: unknown): boolean {
  const [x, y] = [numeric(a), numeric(b)]
  // biome-ignore lint/suspicious/noDoubleEquals: of a number and a bigint === is never true
  if (x !== null && y !== null) return x == y
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]))
  }
  if (!(a instanceof Map && b instanceof Map)) return a === b
  return a.size === b.size && [...a].every(([name, each]) => b.has(name) && isSame(each, b.get(name)))
}

/**
 * Python's `<` as an order: numbers, texts by code point, lists by their first difference.
 *
 * @throws TemplateFault for everything else
 */
export function order(a: unknown, b: unknown): number {
  const [x, y] = [numeric(a), numeric(b)]
  if (x !== null && y !== null) return x < y ? -1 : x > y ? 1 : 0
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b)
  if (!Array.isArray(a) || !Array.isArray(b)) {
    throw new TemplateFault(`${shown(a)} and ${shown(b)} are of kinds that cannot be compared`)
  }
  const at = a.findIndex((item, index) => index >= b.length || !isSame(item, b[index]))
  if (at === -1) return a.length - b.length
  return at >= b.length ? 1 : order(a[at], b[at])
}

/** @throws TemplateFault where Python has no `in`: in a number, in nothing, of a number in a text */
export function isIn(value: unknown, whole: unknown): boolean {
  if (typeof whole === 'string' && typeof value === 'string') return whole.includes(value)
  const isName = !(Array.isArray(value) || value instanceof Map)
  if (whole instanceof Map && isName) return typeof value === 'string' && whole.has(value)
  if (whole === undefined) return false
  if (Array.isArray(whole)) return whole.some(item => isSame(item, value))
  throw new TemplateFault(`${shown(value)} cannot be looked for in ${shown(whole)}`)
}

/** The tests of `is`. */
export const tests: Readonly<Record<string, (value: unknown) => boolean>> = {
  defined: value => value !== undefined,
  undefined: value => value === undefined,
  none: value => value === null,
  string: value => typeof value === 'string',
  number: isNumber,
  mapping: value => value instanceof Map,
}

/**
 * What a `for` goes through: a list, the names of an object, the characters of a text; nothing where nothing is there.
 *
 * @throws TemplateFault for a number, a boolean and none
 */
export function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return [...value]
  if (value instanceof Map) return [...value.keys()]
  if (value === undefined) return []
  throw new TemplateFault(`${shown(value)} is no list`)
}

/** How much there is of a value: what looking at all of it costs. */
export const sizeOf = (value: unknown): number =>
  typeof value === 'string' || Array.isArray(value) ? value.length : value instanceof Map ? value.size : 1

const shown = (value: unknown): string => (value === undefined ? 'what is not there' : printed(value).slice(0, 60))
