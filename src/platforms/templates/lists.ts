import {TemplateFault} from './fault.ts'
import {numeric} from './numbers.ts'
import {printed} from './print.ts'
import {listOf, memberOf, order} from './values.ts'

/** The part of an item that `attribute` names, `status.value` or an index; the item where none is named. */
export function attributeOf(item: unknown, attribute: unknown): unknown {
  if (attribute === null) return item
  const keys = typeof attribute === 'string' ? attribute.split('.') : [attribute]
  return keys.reduce((at, key) => memberOf(at, typeof key === 'string' && /^\d+$/.test(key) ? Number(key) : key), item)
}

export const attributesOf = (value: unknown, attribute: unknown): unknown[] =>
  listOf(value).map(item => attributeOf(item, attribute))

/** What items are compared by: without case, unless that is asked for. */
const keyOf = (item: unknown, caseSensitive: boolean): unknown =>
  typeof item === 'string' && !caseSensitive ? item.toLowerCase() : item

interface Sorting {
  readonly caseSensitive: boolean
  /** One or, with commas, several. */
  readonly attribute: unknown
}

const keysOf = (item: unknown, {caseSensitive, attribute}: Sorting): unknown => {
  const names = typeof attribute === 'string' ? attribute.split(',') : [attribute]
  return names.map(name => keyOf(attributeOf(item, name), caseSensitive))
}

/** Python's sorted: what is equal stays in its order, also in reverse. */
export function sorted(value: unknown, isReverse: boolean, sorting: Sorting): unknown[] {
  const rows = listOf(value).map(item => ({item, key: keysOf(item, sorting)}))
  rows.sort((a, b) => (isReverse ? order(b.key, a.key) : order(a.key, b.key)))
  return rows.map(({item}) => item)
}

/** The first of the least, or of the greatest. */
export const extreme = (value: unknown, isGreatest: boolean, {caseSensitive, attribute}: Sorting): unknown => {
  const rows = listOf(value).map(item => ({item, key: keyOf(attributeOf(item, attribute), caseSensitive)}))
  const better = isGreatest ? 1 : -1
  return rows.reduce(
    (best, row) => (Math.sign(order(row.key, best.key)) === better ? row : best),
    rows[0] as (typeof rows)[0],
  )?.item
}

export function unique(value: unknown, {caseSensitive, attribute}: Sorting): unknown[] {
  const seen = new Set<string>()
  return listOf(value).filter(item => {
    const key = hashOf(keyOf(attributeOf(item, attribute), caseSensitive))
    return !seen.has(key) && seen.add(key)
  })
}

/** Equal where Python's values are: true, 1 and 1.0 are one. */
function hashOf(value: unknown): string {
  if (Array.isArray(value) || value instanceof Map) throw new TemplateFault('unique takes texts and numbers')
  return typeof value === 'string' ? `"${value}` : String(numeric(value) ?? printed(value))
}

export const reversed = (value: unknown): unknown =>
  typeof value === 'string' ? [...value].reverse().join('') : [...listOf(value)].reverse()
