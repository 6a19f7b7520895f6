import {isObject, kindOf, type Op} from './language.ts'
import {beginsWith, fromPython} from './regex.ts'

/** An answer, or the sentence that says why there is none. */
export type Compared = boolean | string

/** Python's `==`: true, 1 and 1.0 are equal, "1" is none of them, lists and objects by what they hold. */
export function equals(a: unknown, b: unknown): boolean {
  const [x, y] = [asNumber(a), asNumber(b)]
  if (x !== null || y !== null) return x === y
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equals(item, b[index]))
  }
  if (!isObject(a) || !isObject(b)) return a === b
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && equals(a[key], b[key]))
}

/** Booleans are numbers to Python. */
function asNumber(value: unknown): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'number' ? value : null
}

const ordered =
  (holds: (found: number, wanted: number) => boolean) =>
  (found: unknown, wanted: unknown): Compared => {
    const [x, y] = [asNumber(found), asNumber(wanted)]
    return x === null || y === null ? `${kindOf(found)} cannot be compared with a number` : holds(x, y)
  }

function contains(found: unknown, wanted: unknown): Compared {
  if (Array.isArray(found)) return found.some(item => equals(item, wanted))
  if (typeof found === 'string') {
    return typeof wanted === 'string' ? found.includes(wanted) : `a text cannot contain a ${kindOf(wanted)}`
  }
  if (isObject(found)) {
    return Array.isArray(wanted) ? 'a list is no name' : typeof wanted === 'string' && Object.hasOwn(found, wanted)
  }
  return `${kindOf(found)} contains nothing`
}

function matches(found: unknown, wanted: unknown): Compared {
  if (typeof found !== 'string') return `${kindOf(found)} is no text`
  const regex = fromPython(String(wanted))
  if (regex === null) return 'not a regular expression'
  return beginsWith(regex, found) ?? 'the regular expression took too long'
}

/** What each operator with a value says of what was found and what was wanted. */
export const comparisons: Readonly<
  Record<Exclude<Op, 'changed' | 'unchanged'>, (found: unknown, wanted: unknown) => Compared>
> = {
  eq: equals,
  gt: ordered((found, wanted) => found > wanted),
  gte: ordered((found, wanted) => found >= wanted),
  lt: ordered((found, wanted) => found < wanted),
  lte: ordered((found, wanted) => found <= wanted),
  in: (found, wanted) => Array.isArray(wanted) && wanted.some(item => equals(found, item)),
  contains,
  regex: matches,
}
