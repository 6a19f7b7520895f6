/**
 * What a terminal, a log viewer or a reader's eye could take for something else than text: C0, DEL, C1, soft hyphen,
 * zero-width and bidi controls, line and paragraph separators, tags, lone surrogates.
 */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Cs}/gu

/** The same in JSON text, where C0 and lone surrogates are escaped already and line feeds are layout. */
const UNSAFE_IN_JSON =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu

const NAMED: Readonly<Record<string, string>> = {'\n': '\\n', '\r': '\\r', '\t': '\\t'}

function visible(character: string): string {
  const named = NAMED[character]
  if (named !== undefined) return named
  const code = character.codePointAt(0)!
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
}

const utf16 = (character: string): string =>
  Array.from(
    {length: character.length},
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('')

/**
 * Text from elsewhere, safe to print: everything that could steer a terminal or hide from the eye becomes a visible
 * escape. The one function every remote string passes on its way out.
 *
 * Escaped and not stripped, because what arrived is evidence. `util.stripVTControlCharacters` is no substitute: it lets
 * DCS, APC, C1 OSC, a lone ESC, CR and bidi overrides through.
 */
export const show = (text: string): string => text.replace(UNSAFE, visible)

/** The same for a body in its own view: line feeds and tabs stay, a CR before an LF is layout too. */
export const showBody = (text: string): string =>
  text.replace(UNSAFE, (character, at: number) =>
    character === '\n' || character === '\t' || (character === '\r' && text[at + 1] === '\n')
      ? character === '\r'
        ? ''
        : character
      : visible(character),
  )

/** JSON text with DEL, C1, separators and bidi controls escaped as well; parses to the same value. */
export const showJson = (json: string): string => json.replace(UNSAFE_IN_JSON, utf16)
