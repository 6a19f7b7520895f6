import type {JsonText} from './json.ts'
import {kindOf, sortKeys, splitItems, splitMembers} from './json-style.ts'

/** One place at which two JSON texts say something else. Null: it is not there. */
export interface JsonDifference {
  /** As `--where` spells paths: `data.name`, `items.0`, `data."a.b"`; empty for the whole. */
  readonly path: string
  readonly a: JsonText | null
  readonly b: JsonText | null
}

/**
 * Every place at which two JSON texts differ, in the order of the first: the deepest one that both have. Order of
 * members and spelling of white space say nothing; numbers are compared as they are written.
 */
export function jsonDifferences(a: string, b: string): readonly JsonDifference[] {
  const found: JsonDifference[] = []
  compare(a as JsonText, b as JsonText, [], found)
  return found
}

function compare(a: JsonText | null, b: JsonText | null, path: readonly string[], found: JsonDifference[]): void {
  if (a === b) return
  const kind = a === null || b === null || kindOf(a) !== kindOf(b) ? null : kindOf(a)
  if (a === null || b === null || (kind !== 'object' && kind !== 'array')) {
    if (a === null || b === null || sortKeys(a) !== sortKeys(b)) found.push({path: spelled(path), a, b})
    return
  }
  const [was, is] = [partsOf(a, kind), partsOf(b, kind)]
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    compare(was.get(name) ?? null, is.get(name) ?? null, [...path, name], found)
  }
}

const partsOf = (text: JsonText, kind: 'object' | 'array'): ReadonlyMap<string, JsonText> =>
  kind === 'object'
    ? new Map(splitMembers(text))
    : new Map(splitItems(text).map((item, index) => [String(index), item]))

const spelled = (path: readonly string[]): string =>
  path.map(name => (/^[^\s"=!<>~.*]+$/.test(name) ? name : JSON.stringify(name))).join('.')
