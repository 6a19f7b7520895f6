import type {Evaluate} from './expression.ts'
import {TemplateFault} from './fault.ts'
import {type Filter, filters, mapAttribute, mapItems, REQUIRED} from './filters.ts'

/** An argument as it stands in a template. */
export interface Given {
  /** Null where it has none: then its place says which it is. */
  readonly name: string | null
  readonly value: Evaluate
  /** Where it is nothing but a text in quotes: that text. */
  readonly text: string | null
}

/**
 * The arguments of a filter in its own order, those that are not given as it has them.
 *
 * @throws TemplateFault for one too many, one twice, one missing and one that the filter does not have: a template
 * whose arguments were passed over would say something else than it does in NetBox
 */
export function argumentsFor(filter: string, takes: Filter['takes'], given: readonly Given[]): Evaluate[] {
  const names = Object.keys(takes)
  const found = new Map<string, Evaluate>()
  for (const [index, {name, value}] of given.entries()) {
    if (name === null && given.slice(0, index).some(each => each.name !== null)) {
      throw new TemplateFault(`in the filter "${filter}" an argument without name follows one with`)
    }
    const key = name ?? names[index]
    if (key === undefined) throw new TemplateFault(`the filter "${filter}" takes ${countOf(names)}`)
    if (!names.includes(key)) throw new TemplateFault(`the filter "${filter}" has no "${key}": it has ${listed(names)}`)
    if (found.has(key)) throw new TemplateFault(`the filter "${filter}" is given its "${key}" twice`)
    found.set(key, value)
  }
  return names.map(name => {
    const fallback = takes[name]
    if (fallback === REQUIRED && !found.has(name)) throw new TemplateFault(`the filter "${filter}" needs its "${name}"`)
    return found.get(name) ?? (() => fallback)
  })
}

const countOf = (names: readonly string[]): string =>
  names.length === 0 ? 'no arguments' : `at most ${names.length}: ${listed(names)}`

const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '))

/** `map(attribute="slug")`, or `map("upper")`: a filter for each item, named in the template so that it can be checked. */
export function mapped(given: readonly Given[]): [apply: Filter['apply'], given: Evaluate[]] {
  const [first, ...others] = given
  if (first === undefined || first.name !== null) {
    const values = argumentsFor('map', mapAttribute.takes, given)
    return [mapAttribute.apply, values]
  }
  const {text} = first
  const filter = text !== null && Object.hasOwn(filters, text) ? filters[text] : undefined
  if (text === null || filter === undefined) {
    const what = text === null ? 'map takes the name of a filter in quotes' : `there is no template filter "${text}"`
    throw new TemplateFault(`${what}: of a part of each item it is map(attribute="slug")`)
  }
  const apply = (value: unknown, ...values: unknown[]) => mapItems(value, item => filter.apply(item, ...values))
  return [apply, argumentsFor(text, filter.takes, others)]
}
