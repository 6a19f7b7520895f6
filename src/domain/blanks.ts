/**
 * A text without the blanks at its end. Not by an expression like / +$/: that goes through every run of blanks from each of
 * its places, and a run may be as long as whoever wrote the text likes.
 *
 * @param blanks the characters that count as such
 */
export function withoutLastBlanks(text: string, blanks: string): string {
  let end = text.length
  while (end > 0 && blanks.includes(text[end - 1]!)) end--
  return text.slice(0, end)
}

/** What stands around the value of a header, and is no part of it. Source: RFC 9110, 5.5. */
const AROUND = ' \t'

export const headerValueIn = (text: string): string => withoutLastBlanks(text.replace(/^[ \t]+/, ''), AROUND)
