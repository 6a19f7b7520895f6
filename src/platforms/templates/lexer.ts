import {withoutLeadingSpace, withoutTrailingSpace} from '../../domain/python-text.ts'
import {TemplateFault} from './fault.ts'
import {textLiteral} from './literal.ts'

/** A piece of a template: text as it stands, or the inside of a tag. */
export interface Piece {
  readonly kind: 'text' | 'output' | 'tag'
  readonly text: string
}

export interface Token {
  readonly kind: 'text' | 'number' | 'name' | 'mark'
  readonly value: string
}

const closing = {'{{': '}}', '{%': '%}', '{#': '#}'} as const
const endraw = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/

/**
 * Takes a template apart. Comments vanish, what stands between raw and endraw is text, and a `-` within a delimiter
 * takes the white space beside it away. As in Jinja2 every line ends with `\n`, and the last one with nothing.
 */
export function splitTemplate(template: string): Piece[] {
  const source = template.replace(/\r\n?/g, '\n').replace(/\n$/, '')
  const pieces: Piece[] = []
  let at = 0
  let isStripped = false

  const addText = (until: number, isStrippedAfter: boolean): void => {
    const start = source.slice(at, until)
    const text = isStripped ? withoutLeadingSpace(start) : start
    pieces.push({kind: 'text', text: isStrippedAfter ? withoutTrailingSpace(text) : text})
  }

  for (;;) {
    const open = source.slice(at).search(/\{[{%#]/)
    if (open === -1) break
    const start = at + open
    const delimiter = source.slice(start, start + 2) as keyof typeof closing
    const end = endOf(source, start + 2, closing[delimiter])
    const inside = source.slice(start + 2, end)
    addText(start, inside.startsWith('-'))
    at = end + 2
    isStripped = inside.endsWith('-')
    if (delimiter === '{#') continue
    // Of the two ends only that of a block may have a `+`.
    const text = inside
      .replace(/^[-+]/, '')
      .replace(delimiter === '{{' ? /-$/ : /[-+]$/, '')
      .trim()
    if (delimiter === '{{' || text !== 'raw') {
      pieces.push({kind: delimiter === '{{' ? 'output' : 'tag', text})
      continue
    }
    const rest = endraw.exec(source.slice(at))
    if (rest === null) throw new TemplateFault('raw is not ended with endraw')
    addText(at + rest.index, rest[1] === '-')
    at += rest.index + rest[0].length
    isStripped = rest[2] === '-'
  }
  addText(source.length, false)
  return pieces
}

/** Where a tag ends; a delimiter within quotes does not end it. */
function endOf(template: string, from: number, delimiter: string): number {
  let quote = ''
  for (let at = from; at < template.length; at++) {
    const char = template[at] as string
    if (quote !== '') {
      if (char === '\\') at += 1
      else if (char === quote) quote = ''
    } else if (template.startsWith(delimiter, at)) return at
    else if (delimiter !== '#}' && (char === '"' || char === "'")) quote = char
  }
  throw new TemplateFault('a template tag is not closed')
}

const token =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|((?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)(?!\w)|([A-Za-z_]\w*)|(==|!=|<=|>=|[<>=|.,:()[\]~-]))/sy

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.trimEnd().length) {
    token.lastIndex = at
    const match = token.exec(text)
    if (match === null)
      throw new TemplateFault(`"${text.slice(at).trim()[0]}" is not understood in "${text.slice(0, 60)}"`)
    at = token.lastIndex
    const [, quoted, number, name, mark] = match
    if (quoted !== undefined) tokens.push({kind: 'text', value: textLiteral(quoted.slice(1, -1))})
    else if (number !== undefined) tokens.push({kind: 'number', value: number})
    else if (name !== undefined) tokens.push({kind: 'name', value: name})
    else tokens.push({kind: 'mark', value: mark as string})
  }
  return tokens
}
