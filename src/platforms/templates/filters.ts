import {TemplateFault} from './lexer.ts'
import {compareValues, isA, isIn, listOf, memberOf, pairsOf, plain, printed, toJson, truthOf} from './values.ts'

type Filter = (value: unknown, ...given: unknown[]) => unknown

const text =
  (change: (text: string, ...given: string[]) => unknown): Filter =>
  (value, ...given) =>
    change(printed(value), ...given.map(printed))

const upperFirst = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()

function numberOf(value: unknown): number | null {
  const found = plain(value)
  if (typeof found === 'boolean') return found ? 1 : 0
  const number =
    typeof found === 'number' ? found : typeof found === 'string' && found.trim() !== '' ? Number(found) : NaN
  return Number.isFinite(number) ? number : null
}

const byValue = (a: unknown, b: unknown): number => {
  if (compareValues(a, '==', b)) return 0
  return compareValues(a, '<', b) ? -1 : 1
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? [...value].length : listOf(value).length
}

const round: Filter = (value, digits) => {
  const scale = 10 ** Math.min(15, Math.max(0, numberOf(digits) ?? 0))
  return Math.round((numberOf(value) ?? 0) * scale) / scale
}

/**
 * Every filter there is. Those of Jinja2 that make sense here under their own names, some of Liquid's, NetBox's
 * `header_safe`; the ones with `__` are what operators become.
 */
export const filters: Readonly<Record<string, Filter>> = {
  abs: value => Math.abs(numberOf(value) ?? 0),
  append: text((whole, more = '') => whole + more),
  capitalize: text(upperFirst),
  count: lengthOf,
  d: (value, fallback = '', falsy) => orElse(value, fallback, falsy),
  default: (value, fallback = '', falsy) => orElse(value, fallback, falsy),
  first: value => listOf(value)[0],
  float: (value, fallback = 0) => numberOf(value) ?? fallback,
  header_safe: text(whole => whole.replace(/[\r\n\0]/g, '')),
  int: (value, fallback = 0) => Math.trunc(numberOf(value) ?? (numberOf(fallback) as number)),
  join: (value, between = '', attribute) =>
    listOf(value)
      .map(item => printed(attribute === undefined ? item : memberOf(item, attribute)))
      .join(printed(between)),
  last: value => listOf(value).at(-1),
  length: lengthOf,
  list: listOf,
  lower: text(whole => whole.toLowerCase()),
  map: (value, attribute) => listOf(value).map(item => memberOf(item, attribute)),
  max: value => [...listOf(value)].sort(byValue).at(-1),
  min: value => [...listOf(value)].sort(byValue)[0],
  prepend: text((whole, more = '') => more + whole),
  replace: text((whole, from = '', to = '') => whole.replaceAll(from, () => to)),
  reverse: value => (typeof value === 'string' ? [...value].reverse().join('') : [...listOf(value)].reverse()),
  round,
  size: lengthOf,
  sort: value => [...listOf(value)].sort(byValue),
  split: text((whole, at = ' ') => whole.split(at)),
  string: value => printed(value),
  sum: value => listOf(value).reduce((sum: number, item) => sum + (numberOf(item) ?? 0), 0),
  title: text(whole => whole.replace(/[\p{L}\p{N}']+/gu, upperFirst)),
  tojson: toJson,
  trim: text(whole => whole.trim()),
  truncate: (value, length = 255) => {
    const whole = [...printed(value)]
    const most = numberOf(length) ?? 255
    return whole.length <= most ? whole.join('') : `${whole.slice(0, Math.max(0, most - 3)).join('')}...`
  },
  unique: value =>
    listOf(value).filter((item, index, all) => all.findIndex(each => compareValues(each, '==', item)) === index),
  upper: text(whole => whole.toUpperCase()),
  urlencode: text(urlencode),
  wordcount: text(whole => whole.split(/\s+/).filter(Boolean).length),

  __and: (value, other) => (truthOf(value) ? other : value),
  __or: (value, other) => (truthOf(value) ? value : other),
  __not: value => !truthOf(value),
  __truth: truthOf,
  __choose: (condition, value, otherwise) => (truthOf(condition) ? value : otherwise),
  __compare: (value, mark, other) => compareValues(value, String(mark), other),
  __in: isIn,
  __is: (value, kind) => isA(value, String(kind)),
  __join: (value, other) => printed(value) + printed(other),
  __member: memberOf,
  __none: () => null,
  __nothing: () => undefined,
  __list: listOf,
  __items: pairsOf,
  __keys: value => pairsOf(value).map(([name]) => name),
  __values: value => pairsOf(value).map(([, each]) => each),
}

function orElse(value: unknown, fallback: unknown, falsy: unknown): unknown {
  return value === undefined || (truthOf(falsy) && !truthOf(value)) ? fallback : value
}

/** As Python's quote: a slash stays. */
function urlencode(whole: string): string {
  if (!whole.isWellFormed()) throw new TemplateFault('a text with half a character cannot be put into a URL')
  return encodeURIComponent(whole)
    .replace(/[!'()*]/g, hexOf)
    .replaceAll('%2F', '/')
}

const hexOf = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
