/**
 * JSON as it was written: numbers keep their digits, keys their order and their repetitions, so that writing it in
 * another style changes nothing but the style. JSON.parse would turn 12345678901234567890 into another number.
 */
export type JsonText =
  | {readonly kind: 'object'; readonly entries: readonly (readonly [key: string, value: JsonText])[]}
  | {readonly kind: 'array'; readonly items: readonly JsonText[]; readonly firstItem: string}
  | {readonly kind: 'string'; readonly value: string}
  | {readonly kind: 'number'; readonly text: string}
  | {readonly kind: 'word'; readonly text: string}

/** How a serialiser writes. */
export interface JsonStyle {
  readonly item: string
  readonly colon: string
  /** Spaces a level; 0 for one line. */
  readonly indent: number
  readonly sorted: boolean
  readonly quote: (value: string) => string
  readonly number: (text: string) => string
}

const TOKEN = /[\s]*("(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+)/gy

/** Undefined when the text is not JSON. */
export function parseJsonText(text: string): JsonText | undefined {
  try {
    JSON.parse(text)
    TOKEN.lastIndex = 0
    return readValue(text, nextToken(text))
  } catch {
    // Not JSON, or nested deeper than the stack: either way nothing that can be re-written.
    return undefined
  }
}

/** JSON.parse has judged the text before, so that tokens can be trusted to come in a right order. */
const nextToken = (text: string): string => TOKEN.exec(text)?.[1] ?? ''

function readValue(text: string, token: string): JsonText {
  if (token === '{') return readObject(text)
  if (token === '[') return readArray(text)
  if (token.startsWith('"')) return {kind: 'string', value: JSON.parse(token)}
  return /^[-0-9]/.test(token) ? {kind: 'number', text: token} : {kind: 'word', text: token}
}

function readObject(text: string): JsonText {
  const entries: [string, JsonText][] = []
  for (let token = nextToken(text); token !== '}'; token = nextToken(text)) {
    if (token === ',') continue
    nextToken(text)
    entries.push([JSON.parse(token), readValue(text, nextToken(text))])
  }
  return {kind: 'object', entries}
}

function readArray(text: string): JsonText {
  const items: JsonText[] = []
  const start = TOKEN.lastIndex
  let end = start
  for (let token = nextToken(text); token !== ']'; token = nextToken(text)) {
    if (token === ',') continue
    items.push(readValue(text, token))
    if (items.length === 1) end = TOKEN.lastIndex
  }
  return {kind: 'array', items, firstItem: text.slice(start, end).trim()}
}

export function writeJsonText(node: JsonText, style: JsonStyle, depth = 1): string {
  if (node.kind === 'string') return style.quote(node.value)
  if (node.kind === 'number') return style.number(node.text)
  if (node.kind === 'word') return node.text
  if (node.kind === 'array') {
    return between(
      '[',
      node.items.map(item => writeJsonText(item, style, depth + 1)),
      ']',
      style,
      depth,
    )
  }
  const entries = style.sorted ? node.entries.toSorted(([a], [b]) => byCodePoint(a, b)) : node.entries
  const lines = entries.map(
    ([key, value]) => `${style.quote(key)}${style.colon}${writeJsonText(value, style, depth + 1)}`,
  )
  return between('{', lines, '}', style, depth)
}

function between(open: string, lines: readonly string[], close: string, {item, indent}: JsonStyle, depth: number) {
  if (lines.length === 0 || indent === 0) return `${open}${lines.join(item)}${close}`
  const inner = `\n${' '.repeat(indent * depth)}`
  return `${open}${inner}${lines.join(`,${inner}`)}\n${' '.repeat(indent * (depth - 1))}${close}`
}

/** As Python sorts; JavaScript's own order differs beyond the basic plane. */
const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
