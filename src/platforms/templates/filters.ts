import {characters} from '../../domain/python-text.ts'
import {TemplateFault} from './fault.ts'
import {attributeOf, attributesOf, extreme, reversed, sorted, unique} from './lists.ts'
import {Float} from './numbers.ts'
import {printed, toJson} from './print.ts'
import {absolute, rounded, summed, toFloat, toInteger, wholeFor} from './reckon.ts'
import {capitalized, countWords, joined, replaced, shortened, stripped, titled, urlencoded} from './texts.ts'
import {listOf, truthOf} from './values.ts'

/** Stands for an argument that has to be given. */
export const REQUIRED = Symbol('required')

export interface Filter {
  /** Every argument there is, in order, under Jinja2's name, with what it is where it is not given. */
  readonly takes: Readonly<Record<string, unknown>>
  apply(value: unknown, ...given: unknown[]): unknown
}

const alone = (apply: (value: unknown) => unknown): Filter => ({takes: {}, apply})

const text = (change: (text: string) => unknown): Filter => alone(value => change(printed(value)))

const orElse: Filter = {
  takes: {default_value: '', boolean: false},
  apply: (value, fallback, falsy) => (value === undefined || (truthOf(falsy) && !truthOf(value)) ? fallback : value),
}

const lengthOf = (value: unknown): number => (typeof value === 'string' ? characters(value) : listOf(value).length)

const length = alone(lengthOf)

const sorting = {case_sensitive: false, attribute: null}
const asked = (caseSensitive: unknown, attribute: unknown) => ({caseSensitive: truthOf(caseSensitive), attribute})

const best = (isGreatest: boolean): Filter => ({
  takes: sorting,
  apply: (value, caseSensitive, attribute) => extreme(value, isGreatest, asked(caseSensitive, attribute)),
})

/** A list comes back as it is where it is short enough; only a text can be cut. */
function truncate(value: unknown, most: unknown, killwords: unknown, end: unknown, leeway: unknown): unknown {
  const longest = wholeFor(most, 'truncate')
  const more = leeway === null ? 5 : wholeFor(leeway, 'the leeway of truncate')
  const kept = longest - characters(printed(end))
  if (kept < 0 || more < 0) throw new TemplateFault('truncate: its end is longer than the whole may be')
  if (lengthOf(value) <= longest + more) return value
  if (typeof value !== 'string') throw new TemplateFault('truncate takes a text')
  return shortened(value, kept, truthOf(killwords)) + printed(end)
}

/**
 * Every filter there is: those of Jinja2 that make sense here as Jinja2 3.1 has them, some of Liquid's, NetBox's
 * `header_safe`. `map` is beside them (expression.ts), because it names another filter.
 */
export const filters: Readonly<Record<string, Filter>> = {
  abs: alone(absolute),
  append: {takes: {text: REQUIRED}, apply: (value, more) => joined([printed(value), printed(more)], '')},
  capitalize: text(capitalized),
  count: length,
  d: orElse,
  default: orElse,
  first: alone(value => listOf(value)[0]),
  float: {takes: {default: new Float(0)}, apply: toFloat},
  header_safe: text(whole => whole.replace(/[\r\n\0]/g, '')),
  int: {takes: {default: 0}, apply: toInteger},
  join: {
    takes: {d: '', attribute: null},
    apply: (value, between, attribute) => joined(attributesOf(value, attribute).map(printed), printed(between)),
  },
  last: alone(value => listOf(value).at(-1)),
  length,
  list: alone(listOf),
  lower: text(whole => whole.toLowerCase()),
  max: best(true),
  min: best(false),
  prepend: {takes: {text: REQUIRED}, apply: (value, more) => joined([printed(more), printed(value)], '')},
  replace: {
    takes: {old: REQUIRED, new: REQUIRED, count: null},
    apply: (value, from, to, count) =>
      replaced(
        printed(value),
        printed(from),
        printed(to),
        count === null ? -1 : wholeFor(count, 'the count of replace'),
      ),
  },
  reverse: alone(reversed),
  round: {takes: {precision: 0, method: 'common'}, apply: rounded},
  size: length,
  sort: {
    takes: {reverse: false, ...sorting},
    apply: (value, isReverse, caseSensitive, attribute) =>
      sorted(value, truthOf(isReverse), asked(caseSensitive, attribute)),
  },
  split: {takes: {at: ' '}, apply: (value, at) => printed(value).split(printed(at))},
  string: text(whole => whole),
  sum: {
    takes: {attribute: null, start: 0},
    apply: (value, attribute, start) => summed(attributesOf(value, attribute), start),
  },
  title: text(titled),
  tojson: {takes: {indent: null}, apply: (value, indent) => toJson(value, indentOf(indent))},
  trim: {
    takes: {chars: null},
    apply: (value, chars) => stripped(printed(value), chars === null ? null : printed(chars)),
  },
  truncate: {takes: {length: 255, killwords: false, end: '...', leeway: null}, apply: truncate},
  unique: {
    takes: sorting,
    apply: (value, caseSensitive, attribute) => unique(value, asked(caseSensitive, attribute)),
  },
  upper: text(whole => whole.toUpperCase()),
  urlencode: alone(urlencoded),
  wordcount: text(countWords),
}

/** Jinja2's map goes through nothing where its value is false in any way. */
export const mapItems = (value: unknown, change: (item: unknown) => unknown): unknown[] =>
  truthOf(value) ? listOf(value).map(change) : []

/** Of `map`: a part of each item, or something else where it is not there. */
export const mapAttribute: Filter = {
  takes: {attribute: REQUIRED, default: null},
  apply: (value, attribute, fallback) =>
    mapItems(value, item => {
      const found = attributeOf(item, attribute)
      return found === undefined && fallback !== null ? fallback : found
    }),
}

function indentOf(indent: unknown): string | null {
  if (indent === null || typeof indent === 'string') return indent
  const spaces = wholeFor(indent, 'the indent of tojson')
  if (spaces > 100) throw new TemplateFault('the indent of tojson is at most 100')
  return ' '.repeat(Math.max(0, spaces))
}
