import {equals} from '../../domain/conditions/compare.ts'
import {restyle} from '../../domain/json-style.ts'
import {TemplateFault} from './lexer.ts'

/** A number as it was written, where JavaScript would write another: 1.0, or an id of twenty digits. */
class Exact {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Source = {readonly source?: string}

/** A JSON text as the values of a template. */
export const templateValue = (json: string): unknown =>
  JSON.parse(json, ((_key: string, value: unknown, {source}: Source = {}) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? new Exact(source) : value) as (
    this: unknown,
    key: string,
    value: unknown,
  ) => unknown)

export const plain = (value: unknown): unknown => (value instanceof Exact ? Number(value.text) : value)

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Exact)

/** A member of an object by name, or of a list by index; undefined where there is none, an error below nothing. */
export function memberOf(value: unknown, key: unknown): unknown {
  if (value === undefined) throw new TemplateFault(`"${String(key)}" is asked of what is not there`)
  const name = plain(key)
  if (Array.isArray(value) && typeof name === 'number') return value.at(name)
  if (isPlainObject(value) && typeof name === 'string' && Object.hasOwn(value, name)) return value[name]
  return undefined
}

/** As Python: nothing, zero and everything empty is false. */
export function truthOf(value: unknown): boolean {
  const found = plain(value)
  if (Array.isArray(found)) return found.length > 0
  return isPlainObject(found) ? Object.keys(found).length > 0 : Boolean(found)
}

export function compareValues(left: unknown, mark: string, right: unknown): boolean {
  const [a, b] = [deepPlain(left), deepPlain(right)]
  if (mark === '==') return equals(a ?? null, b ?? null)
  if (mark === '!=') return !equals(a ?? null, b ?? null)
  const comparable = typeof a === typeof b && (typeof a === 'number' || typeof a === 'string')
  if (!comparable) throw new TemplateFault(`${printed(left)} ${mark} ${printed(right)} cannot be compared`)
  const order = (a as string) < (b as string) ? -1 : a === b ? 0 : 1
  return mark === '<' ? order < 0 : mark === '<=' ? order <= 0 : mark === '>' ? order > 0 : order >= 0
}

const deepPlain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(deepPlain)
  if (isPlainObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, deepPlain(each)]))
  return plain(value)
}

export function isIn(value: unknown, whole: unknown): boolean {
  if (typeof whole === 'string') return whole.includes(printed(value))
  if (Array.isArray(whole)) return whole.some(item => equals(deepPlain(item), deepPlain(value)))
  return isPlainObject(whole) && typeof value === 'string' && Object.hasOwn(whole, value)
}

export function isA(value: unknown, kind: string): boolean {
  if (kind === 'defined') return value !== undefined
  if (kind === 'undefined') return value === undefined
  if (kind === 'string') return typeof value === 'string'
  if (kind === 'number') return typeof plain(value) === 'number'
  if (kind === 'mapping') return isPlainObject(value)
  return value === null
}

/** What a `for` goes through: a list, the names of an object, the characters of a text, or nothing at all. */
export function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return [...value]
  return isPlainObject(value) ? Object.keys(value) : []
}

export const pairsOf = (value: unknown): [string, unknown][] => (isPlainObject(value) ? Object.entries(value) : [])

/** A value as Python prints it: `True`, `None`, `['a', 1.0]`; nothing for what is not there. */
export function printed(value: unknown): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  return represented(value)
}

function represented(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (value instanceof Exact) return value.text
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return quotedText(value)
  if (Array.isArray(value)) return `[${value.map(represented).join(', ')}]`
  if (!isPlainObject(value)) return String(value)
  return `{${Object.entries(value)
    .map(([key, each]) => `${quotedText(key)}: ${represented(each)}`)
    .join(', ')}}`
}

function quotedText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const inside = text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t')
  return `${quote}${quote === "'" ? inside.replaceAll("'", "\\'") : inside}${quote}`
}

/** JSON as Python writes it, ASCII only. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value ?? null, (_key, each: unknown) =>
    each instanceof Exact ? (JSON as unknown as {rawJSON(text: string): unknown}).rawJSON(each.text) : each,
  )
  return restyle(text, 'python-ascii')
}
