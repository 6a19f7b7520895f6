/** Sequences of our own style table; everything else that could be one has been escaped. */
const STYLE = /\u001b\[[\d;]*m/g

/** Two columns in every terminal: ideographs, kana, Hangul, full-width forms, and what is drawn as a picture. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u

const NONE = /\p{Mn}|\p{Me}/u

const widthOf = (character: string): number => (NONE.test(character) ? 0 : WIDE.test(character) ? 2 : 1)

/** One column each: what most texts are made of. */
const PLAIN = /^[ -~]*$/

/** Columns a terminal needs for a text, styles not counted. */
export const textWidth = (text: string): number =>
  PLAIN.test(text) ? text.length : [...text.replace(STYLE, '')].reduce((sum, character) => sum + widthOf(character), 0)

/** A line that takes at most `width` columns: what does not fit is cut, styles stay whole. */
export function fitLine(line: string, width: number): string {
  if (textWidth(line) <= width) return line
  let left = width - 1
  let fitted = ''
  for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
    if (part.startsWith('\u001b')) {
      fitted += part
      continue
    }
    for (const character of part) {
      if (left < 0) break
      left -= widthOf(character)
      fitted += left < 0 ? '…' : character
    }
  }
  return fitted
}

/** The same, filled with blanks up to `width`. */
export function padLine(line: string, width: number): string {
  const fitted = fitLine(line, width)
  return fitted + ' '.repeat(Math.max(0, width - textWidth(fitted)))
}

/** A line as several, none wider than `width`: where it is to be read, nothing is cut. Styles end with their line. */
export function foldLine(line: string, width: number): readonly string[] {
  const folded: string[] = []
  let head = ''
  let left = width
  for (const part of partsOf(line)) {
    const taken = part.startsWith('\u001b') ? 0 : widthOf(part)
    if (left < taken && head !== '') {
      folded.push(head)
      head = ''
      left = width
    }
    head += part
    left -= taken
  }
  return [...folded, head]
}

/** Each character and each style of a line. */
const partsOf = (line: string): readonly string[] => line.match(/\u001b\[[\d;]*m|[\s\S]/gu) ?? []

/** A text as several lines, broken at its blanks; a word that is wider than a line alone is folded. */
export function foldWords(text: string, width: number): readonly string[] {
  const folded: string[] = []
  let rest = text
  while (textWidth(rest) > width) {
    const head = cutAt(rest, width)
    const blank = rest[head.length] === ' ' ? head.length : head.lastIndexOf(' ')
    const at = head.slice(0, blank).trim() === '' ? head.length : blank
    folded.push(rest.slice(0, at))
    rest = rest.slice(at).trimStart()
  }
  return [...folded, rest]
}

/** The longest beginning that takes at most `width` columns, and at least a character. */
function cutAt(line: string, width: number): string {
  let head = ''
  let left = width
  for (const part of partsOf(line)) {
    left -= part.startsWith('\u001b') ? 0 : widthOf(part)
    if (left < 0 && head !== '') break
    head += part
  }
  return head
}
