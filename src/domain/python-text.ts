/**
 * Python's classes of characters in a text, as the inside of a class of a JavaScript expression with the flag `u`: `\d`,
 * `\s` and `\w` of its `re`, which are `str.isdecimal`, `str.isspace`, and `str.isalnum` with the low line.
 */
export const pythonClass = {
  d: '\\p{Nd}',
  s: '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000',
  w: '\\p{L}\\p{N}_',
} as const

const leading = new RegExp(`^[${pythonClass.s}]+`, 'u')
const trailing = new RegExp(`(?<![${pythonClass.s}])[${pythonClass.s}]+$`, 'u')

/** Python's `str.lstrip()`. */
export const withoutLeadingSpace = (text: string): string => text.replace(leading, '')

/** Python's `str.rstrip()`. */
export const withoutTrailingSpace = (text: string): string => text.replace(trailing, '')

/** How many characters Python counts, and a person: not the halves of which JavaScript makes an emoji. */
export function characters(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}
