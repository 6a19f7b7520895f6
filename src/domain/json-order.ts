import type {Reviver} from './json.ts'

// A member's name of digits, also of escaped ones. In valid JSON a quotation mark after a digit and before a colon ends a
// name, and one that is not after a backslash begins it: nothing inside a text looks like that.
const NUMERIC_NAME = /(?<!\\)"((?:\d|\\u003\d)+"\s*:)/g

/** Whether an object of the text may have its members in another order in JavaScript: those called 0, 1, 2, … come first there. */
export const mayLoseOrder = (text: string): boolean => text.search(NUMERIC_NAME) >= 0

/**
 * `JSON.parse` with every object's members in the order of the text.
 *
 * @param revive of values that are no objects, as `JSON.parse` calls it
 * @throws SyntaxError on anything but one JSON value
 */
export function keepMembersInOrder(text: string, revive: Reviver | null): unknown {
  const mark = unusedMark(text)
  const reviver: Reviver = (key, value, context) =>
    typeof value === 'object' ? inOrder(value, mark) : revive === null ? value : revive(key, value, context)
  try {
    return JSON.parse(text.replace(NUMERIC_NAME, `"${mark}$1`), reviver)
  } catch (error) {
    JSON.parse(text) // Fails as well, and names the place in the text as it is.
    throw error
  }
}

/** What no name of the text begins with: half a surrogate pair, which only an escape could put there. */
function unusedMark(text: string): string {
  const used = new Set(
    Array.from(text.matchAll(/\\u(d[c-f][\da-f]{2})/gi), ([, code]) => Number.parseInt(code as string, 16)),
  )
  let code = 0xdc00
  while (used.has(code)) code++
  return String.fromCharCode(code)
}

/** The object without marks. Its own names keep JavaScript's order; whoever asks for them is told them in the order written. */
function inOrder(marked: object | null, mark: string): object | null {
  if (marked === null || Array.isArray(marked)) return marked
  const names = Object.keys(marked)
  if (!names.some(name => name.startsWith(mark))) return marked
  const written = names.map(name => (name.startsWith(mark) ? name.slice(mark.length) : name))
  const values = Object.values(marked)
  const value = Object.fromEntries(written.map((name, index) => [name, values[index]]))
  if (Object.keys(value).every((name, index) => name === written[index])) return value
  return new Proxy(value, {
    ownKeys: now => [...new Set([...written, ...Reflect.ownKeys(now)])].filter(name => Object.hasOwn(now, name)),
  })
}
