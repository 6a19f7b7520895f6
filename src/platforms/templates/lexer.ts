/** A piece of a template: text as it stands, or the inside of a tag. */
export type Piece =
  | {readonly kind: 'text'; readonly text: string}
  | {
      readonly kind: 'output' | 'tag'
      readonly text: string
      /** `-` where white space before or after the tag goes. */
      readonly before: '' | '-'
      readonly after: '' | '-'
    }

export interface Token {
  readonly kind: 'text' | 'number' | 'name' | 'mark'
  readonly value: string
}

/** What is wrong with a template, as a sentence without a beginning: "a tag is not closed". */
export class TemplateFault extends Error {}

const closing = {'{{': '}}', '{%': '%}', '{#': '#}'} as const

/** Takes a template apart. Comments vanish; what stands between raw and endraw is text. */
export function splitTemplate(template: string): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  while (at < template.length) {
    const open = template.slice(at).search(/\{[{%#]/)
    if (open === -1) break
    if (open > 0) pieces.push({kind: 'text', text: template.slice(at, at + open)})
    const start = at + open
    const delimiter = template.slice(start, start + 2) as keyof typeof closing
    const end = endOf(template, start + 2, closing[delimiter])
    const inside = template.slice(start + 2, end)
    at = end + 2
    if (delimiter === '{#') continue
    if (delimiter === '{%' && /^[-+]?\s*raw\s*-?$/.test(inside)) {
      const rest = /\{%[-+]?\s*endraw\s*[-+]?%\}/.exec(template.slice(at))
      if (rest === null) throw new TemplateFault('raw is not ended with endraw')
      pieces.push({kind: 'text', text: template.slice(at, at + rest.index)})
      at += rest.index + rest[0].length
      continue
    }
    pieces.push({
      kind: delimiter === '{{' ? 'output' : 'tag',
      text: inside.replace(/^[-+]/, '').replace(/[-+]$/, '').trim(),
      before: inside.startsWith('-') ? '-' : '',
      after: inside.endsWith('-') ? '-' : '',
    })
  }
  if (at < template.length) pieces.push({kind: 'text', text: template.slice(at)})
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
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(==|!=|<=|>=|[<>=|.,:()[\]~-]))/sy

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
    if (quoted !== undefined) tokens.push({kind: 'text', value: unquoted(quoted)})
    else if (number !== undefined) tokens.push({kind: 'number', value: number})
    else if (name !== undefined) tokens.push({kind: 'name', value: name})
    else tokens.push({kind: 'mark', value: mark as string})
  }
  return tokens
}

const escapes: Readonly<Record<string, string>> = {n: '\n', r: '\r', t: '\t', '0': '\0'}

const unquoted = (quoted: string): string =>
  quoted.slice(1, -1).replace(/\\(.)/gs, (whole, char: string) => escapes[char] ?? (/\w/.test(char) ? whole : char))
