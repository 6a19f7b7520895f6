import {isRawNumber, parseJson} from './json.ts'

/**
 * Where something stands in a JSON value: names joined by dots; `0`, `1`… is an item of a list, `*` any item of a list or
 * member of an object; a name with other signs in it stands in double quotes: `data."a.b"`. Own members only: `__proto__`
 * leads nowhere.
 */
export interface JsonPath {
  /** Names and numbers of items; null stands for `*`. */
  readonly names: readonly (string | null)[]
  /** Where in the text it ends. */
  readonly end: number
}

/** Why no path stands in a text at some place. */
export interface PathProblem {
  readonly message: string
}

const plainName = /[^\s"=!<>~.]+/y
const quotedName = /"(?:[^"\\]|\\.)*"/y

/** The path that begins at a place in a text. */
export function readJsonPath(text: string, from = 0): JsonPath | PathProblem {
  const names: (string | null)[] = []
  let at = from
  for (;;) {
    const name = match(plainName, text, at) ?? match(quotedName, text, at)
    if (name === null) {
      const what = at === from ? 'does not begin with a path' : 'has an empty name in its path'
      return {message: `"${text}" ${what}`}
    }
    const spelled = spell(name)
    if (spelled === undefined) return {message: `"${text}": ${name} is no text in double quotes`}
    names.push(spelled)
    at += name.length
    if (text[at] !== '.') return {names, end: at}
    at += 1
  }
}

/** What stands in a text at exactly that place, or null. */
export function match(pattern: RegExp, text: string, at: number): string | null {
  const here = new RegExp(pattern)
  here.lastIndex = at
  return here.exec(text)?.[0] ?? null
}

/** A name as it is in the body; null is `*`, undefined no name. */
function spell(name: string): string | null | undefined {
  if (name === '*') return null
  if (!name.startsWith('"')) return name
  const value = valueIn(name)
  return typeof value === 'string' ? value : undefined
}

/** The value of a JSON text, as `parseJson` answers it; undefined for anything else. */
export function valueIn(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** What stands at a path: nothing, one value, or those that a `*` leads to. @param value as `parseJson` answers it */
export function valuesAtPath(value: unknown, names: JsonPath['names']): readonly unknown[] {
  let found: readonly unknown[] = value === undefined ? [] : [value]
  for (const name of names) found = found.flatMap(each => step(each, name))
  return found
}

function step(value: unknown, name: string | null): readonly unknown[] {
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return []
  if (name === null) return Object.values(value)
  const isThere = Array.isArray(value) ? /^\d+$/.test(name) && Number(name) < value.length : Object.hasOwn(value, name)
  return isThere ? [(value as Record<string, unknown>)[Array.isArray(value) ? Number(name) : name]] : []
}
