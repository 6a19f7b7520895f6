import {TemplateFault} from './fault.ts'

const named: Readonly<Record<string, string>> = {
  ...{'\\': '\\', "'": "'", '"': '"', '\n': ''},
  ...{a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v'},
}

const escaped = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\s\S]))/gu

/**
 * The text that stands between quotes, its escapes read as Python reads them: one that says nothing stays as it stands.
 *
 * @throws TemplateFault for `\x`, `\u` and `\U` without their digits, for half a character, and for `\N{…}`
 */
export const textLiteral = (inside: string): string =>
  inside.replace(escaped, (whole, two, four, eight, octal, char: string | undefined) => {
    const digits: string | undefined = two ?? four ?? eight
    if (digits !== undefined) return charOf(Number.parseInt(digits, 16), whole)
    if (octal !== undefined) return charOf(Number.parseInt(octal, 8), whole)
    if (char === undefined || /[xuUN]/.test(char)) throw new TemplateFault(`"${whole}" is not understood in a text`)
    return named[char] ?? whole
  })

function charOf(code: number, written: string): string {
  const isHalf = code >= 0xd800 && code <= 0xdfff
  if (isHalf || code > 0x10ffff) throw new TemplateFault(`"${written}" is not a whole character`)
  return String.fromCodePoint(code)
}
