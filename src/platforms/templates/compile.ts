import {type NewName, ownName, readerOf} from './expression.ts'
import {type Piece, splitTemplate, TemplateFault} from './lexer.ts'

const LONGEST = 64 * 1024
const DEEPEST = 32

interface Block {
  readonly tag: 'if' | 'for' | 'set'
  /** How often it is to be ended: an `elif` is an `if` of its own within `else`. */
  ends: number
  /** After `else` only the end may come. */
  last: boolean
}

/**
 * A Jinja template, as far as its language is offered (docs/netbox.md), in the words of Liquid.
 *
 * @throws TemplateFault saying what is not understood: nothing is dropped in silence
 */
export function compile(template: string): string {
  if (template.length > LONGEST) throw new TemplateFault(`a template has at most ${LONGEST} characters`)
  let names = 0
  const newName = () => `__${++names}`
  const blocks: Block[] = []
  const compiled = splitTemplate(template).map(piece => compilePiece(piece, blocks, newName))
  const open = blocks.at(-1)
  if (open !== undefined) throw new TemplateFault(`${open.tag} is not ended with end${open.tag}`)
  return compiled.join('')
}

function compilePiece(piece: Piece, blocks: Block[], newName: NewName): string {
  if (piece.kind === 'text') return piece.text.includes('{') ? `{% raw %}${piece.text}{% endraw %}` : piece.text
  if (piece.kind === 'tag') return trimmed(compileTag(piece.text, blocks, newName), piece)
  const reader = readerOf(piece.text, newName)
  const value = reader.expression()
  reader.end()
  return trimmed(`${reader.before}{{ ${value} }}`, piece)
}

/** White space control belongs to the first and the last of what a tag became. */
const trimmed = (text: string, {before, after}: {readonly before: string; readonly after: string}): string => {
  const start = before === '' ? text : text.replace(/^\{([{%])/, '{$1-')
  return after === '' ? start : start.replace(/([}%])\}$/, '-$1}')
}

function compileTag(text: string, blocks: Block[], newName: NewName): string {
  const [, word = '', rest = ''] = /^(\w*)\s*(.*)$/s.exec(text) ?? []
  const tag = Object.hasOwn(tags, word) ? tags[word] : undefined
  if (tag === undefined)
    throw new TemplateFault(word === '' ? 'a template tag is empty' : `there is no template tag "${word}"`)
  return tag(rest, blocks, newName)
}

type Tag = (rest: string, blocks: Block[], newName: NewName) => string

const tags: Readonly<Record<string, Tag>> = {
  if(rest, blocks, newName) {
    begin(blocks, 'if')
    return condition(rest, newName)
  },
  elif(rest, blocks, newName) {
    const block = current(blocks, 'elif', ['if'])
    block.ends += 1
    return `{% else %}${condition(rest, newName)}`
  },
  elsif: (rest, blocks, newName) => tags.elif?.(rest, blocks, newName) as string,
  else(rest, blocks) {
    nothing(rest, 'else')
    current(blocks, 'else', ['if', 'for']).last = true
    return '{% else %}'
  },
  endif: (rest, blocks) => '{% endif %}'.repeat(end(rest, blocks, 'if')),
  for(rest, blocks, newName) {
    begin(blocks, 'for')
    return loop(rest, newName)
  },
  endfor: (rest, blocks) => '{% endfor %}'.repeat(end(rest, blocks, 'for')),
  set(rest, blocks, newName) {
    const reader = readerOf(rest, newName)
    const name = ownName(reader.name())
    if (!reader.take('=')) {
      reader.end()
      begin(blocks, 'set')
      return `{% capture ${name} %}`
    }
    const value = reader.expression()
    reader.end()
    return `${reader.before}{% assign ${name} = ${value} %}`
  },
  assign: (rest, blocks, newName) => tags.set?.(rest, blocks, newName) as string,
  endset: (rest, blocks) => '{% endcapture %}'.repeat(end(rest, blocks, 'set')),
}

function condition(rest: string, newName: NewName): string {
  const reader = readerOf(rest, newName)
  const value = reader.expression()
  reader.end()
  const name = newName()
  return `${reader.before}{% assign ${name} = ${value} | __truth %}{% if ${name} %}`
}

function loop(rest: string, newName: NewName): string {
  const reader = readerOf(rest, newName)
  const names = [ownName(reader.name())]
  if (reader.take(',')) names.push(ownName(reader.name()))
  if (!reader.take('in')) throw new TemplateFault(`"in" is missing in "for ${rest.slice(0, 60)}"`)
  const list = reader.expression()
  reader.end()
  const [items, pair] = [newName(), newName()]
  const start = `${reader.before}{% assign ${items} = ${list} | __list %}`
  const [first, second] = names
  if (second === undefined) return `${start}{% for ${first} in ${items} %}`
  return `${start}{% for ${pair} in ${items} %}{% assign ${first} = ${pair}[0] %}{% assign ${second} = ${pair}[1] %}`
}

function begin(blocks: Block[], tag: Block['tag']): void {
  if (blocks.length >= DEEPEST) throw new TemplateFault(`blocks nest deeper than ${DEEPEST} levels`)
  blocks.push({tag, ends: 1, last: false})
}

function current(blocks: readonly Block[], word: string, allowed: readonly Block['tag'][]): Block {
  const block = blocks.at(-1)
  if (block === undefined || block.last || !allowed.includes(block.tag)) {
    throw new TemplateFault(`${word} stands where no ${allowed.join(' or ')} waits for it`)
  }
  return block
}

function end(rest: string, blocks: Block[], tag: Block['tag']): number {
  nothing(rest, `end${tag}`)
  const block = blocks.pop()
  if (block?.tag !== tag) throw new TemplateFault(`end${tag} stands where no ${tag} waits for it`)
  return block.ends
}

function nothing(rest: string, word: string): void {
  if (rest !== '') throw new TemplateFault(`"${rest.slice(0, 60)}" is not understood after ${word}`)
}
