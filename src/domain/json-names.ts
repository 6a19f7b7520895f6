import type {Reviver} from './json.ts'
import {stringEnd} from './json-style.ts'

/**
 * Names of members that `JSON.parse` may give back otherwise than they stand in the text: digits, which come before all
 * other names of their object, and names with escapes, of which V8 mistakes some for names with a backslash that it has
 * read before (nodejs/node#63785). Finds more than those: that costs the slower parse, never a wrong result.
 */
const DELICATE_NAME = /"\d+"\s*:|\\.[^"\\]*"\s*:/s

/** Whether a text has such names; most have not. */
export const mayLoseNames = (text: string): boolean => DELICATE_NAME.test(text)

/**
 * `JSON.parse` with the names of every object as they are, in the order of the text.
 *
 * @param revive of values that are no objects, as `JSON.parse` calls it; null where there is nothing to revive
 * @throws SyntaxError on anything but one JSON value
 */
export function parseKeepingNames(text: string, revive: Reviver | null): unknown {
  const mark = unusedMark(text)
  const kept: string[] = []
  try {
    const safe = marked(text, mark, kept)
    return withNames(revive === null ? JSON.parse(safe) : JSON.parse(safe, revive), mark, kept)
  } catch (error) {
    // What is no JSON fails again, with the place in the text as it is.
    const plain: unknown = JSON.parse(text)
    // Nested so deep that no service takes it: in which order it is refused is all the same.
    if (error instanceof RangeError) return plain
    throw error
  }
}

const COLON = /\s*:/y

/** The text with a mark and a place in `kept` for every delicate name. */
function marked(text: string, mark: string, kept: string[]): string {
  let out = ''
  let from = 0
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
    const end = stringEnd(text, at)
    const token = text.slice(at, end)
    COLON.lastIndex = end
    if (/^"\d+"$|\\/.test(token) && COLON.test(text)) {
      out += `${text.slice(from, at)}"${mark}${kept.push(JSON.parse(token)) - 1}"`
      from = end
    }
    at = end
  }
  return out + text.slice(from)
}

/** What no name of the text begins with: half a surrogate pair, which only an escape could put there. */
function unusedMark(text: string): string {
  const escaped = text.matchAll(/\\u(d[c-f][\da-f]{2})/gi)
  const used = new Set(Array.from(escaped, ([, code]) => Number.parseInt(code as string, 16)))
  let code = 0xdc00
  while (used.has(code)) code++
  return String.fromCharCode(code)
}

/** The value with names in the place of marks. */
function withNames(value: unknown, mark: string, kept: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  const members = value as Record<string, unknown>
  const names = Object.keys(value)
  for (const name of names) {
    const member = members[name]
    if (typeof member === 'object' && member !== null) members[name] = withNames(member, mark, kept)
  }
  if (Array.isArray(value) || !names.some(name => name.startsWith(mark))) return value
  const written = names.map(name => (name.startsWith(mark) ? kept[Number(name.slice(1))]! : name))
  return inOrder(Object.fromEntries(written.map((name, index) => [name, members[names[index]!]])), written)
}

/** The object itself; where JavaScript has its names in another order, whoever asks for them is told them in this one. */
function inOrder(value: object, written: readonly string[]): object {
  if (Object.keys(value).every((name, index) => name === written[index])) return value
  return new Proxy(value, {
    ownKeys: now => [...new Set([...written, ...Reflect.ownKeys(now)])].filter(name => Object.hasOwn(now, name)),
  })
}
