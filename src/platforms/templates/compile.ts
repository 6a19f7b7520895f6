import {type Evaluate, type Reader, readerOf} from './expression.ts'
import {TemplateFault} from './fault.ts'
import {ownName} from './language.ts'
import {type Piece, splitTemplate} from './lexer.ts'
import type {Scope} from './scope.ts'
import {listOf, sizeOf, truthOf} from './values.ts'

const LONGEST = 64 * 1024
const DEEPEST = 32
/** What a turn of a loop costs in steps: its names are made anew. */
const TURN = 20
const NONE: ReadonlyMap<string, unknown> = new Map()

/** Prints what a piece of a template says. */
export type Run = (scope: Scope) => void

/** The words that end a block or a part of it, and the tags that wait for them. */
const endings: Readonly<Record<string, string>> = {
  elif: 'if',
  else: 'if or for',
  endif: 'if',
  endfor: 'for',
  endset: 'set',
}

/**
 * A Jinja template, as far as its language is offered (docs/netbox.md), as what is to be done.
 *
 * @throws TemplateFault saying what is not understood: nothing is dropped in silence
 */
export function compile(template: string): Run {
  if (template.length > LONGEST) throw new TemplateFault(`a template has at most ${LONGEST} characters`)
  const pieces = splitTemplate(template).values()
  return bodyOf({pieces, depth: 0}, null, []).run
}

interface Place {
  /** What is still to be read. */
  readonly pieces: Iterator<Piece>
  /** How many blocks are open. */
  readonly depth: number
}

interface Body {
  readonly run: Run
  /** The tag it ended at. */
  readonly end: string
  readonly rest: string
}

/** Reads until one of the tags that may end this body; to the end of the template where none may. */
function bodyOf(place: Place, tag: string | null, ends: readonly string[]): Body {
  const runs: Run[] = []
  const run: Run = scope => {
    for (const each of runs) each(scope)
  }
  for (let next = place.pieces.next(); !next.done; next = place.pieces.next()) {
    const {kind, text} = next.value
    if (kind === 'text') runs.push(scope => scope.rendering.write(text))
    else if (kind === 'output') runs.push(output(text))
    else {
      const [, word = '', rest = ''] = /^(\w*)\s*(.*)$/s.exec(text) ?? []
      if (ends.includes(word)) return {run, end: word, rest}
      runs.push(tagOf(word, rest, place))
    }
  }
  if (tag !== null) throw new TemplateFault(`${tag} is not ended with end${tag}`)
  return {run, end: '', rest: ''}
}

function output(text: string): Run {
  const value = whole(text, reader => reader.expression())
  return scope => scope.rendering.print(value(scope))
}

/** What is read of a tag, which must be all of it. */
function whole<T>(text: string, read: (reader: Reader) => T): T {
  const reader = readerOf(text)
  const value = read(reader)
  reader.end()
  return value
}

function tagOf(word: string, rest: string, place: Place): Run {
  const waiting = Object.hasOwn(endings, word) ? endings[word] : undefined
  if (waiting !== undefined) throw new TemplateFault(`${word} stands where no ${waiting} waits for it`)
  const tag = Object.hasOwn(tags, word) ? tags[word] : undefined
  if (tag === undefined)
    throw new TemplateFault(word === '' ? 'a template tag is empty' : `there is no template tag "${word}"`)
  if (place.depth >= DEEPEST) throw new TemplateFault(`blocks nest deeper than ${DEEPEST} levels`)
  return tag(rest, {...place, depth: place.depth + 1})
}

const tags: Readonly<Record<string, (rest: string, place: Place) => Run>> = {
  if: branches,
  for: loop,
  set: assignment,
}

/** The first part whose condition holds, or what stands after `else`. */
function branches(rest: string, place: Place): Run {
  const parts: {readonly condition: Evaluate; readonly run: Run}[] = []
  const branch = (text: string): Body => {
    const condition = whole(text, reader => reader.operand())
    const body = bodyOf(place, 'if', ['elif', 'else', 'endif'])
    parts.push({condition, run: body.run})
    return body
  }
  let body = branch(rest)
  while (body.end === 'elif') body = branch(body.rest)
  const otherwise = elseOf(body, 'if', place)
  return scope => {
    const part = parts.find(({condition}) => truthOf(condition(scope)))
    if (part === undefined) otherwise(scope)
    else part.run(scope)
  }
}

/** What stands between `else` and the end of the block, nothing where there is no `else`. */
function elseOf({end, rest}: Body, tag: string, place: Place): Run {
  nothing(rest, end)
  if (end !== 'else') return () => {}
  const body = bodyOf(place, tag, [`end${tag}`])
  nothing(body.rest, body.end)
  return body.run
}

function loop(rest: string, place: Place): Run {
  const {names, list, test} = whole(rest, loopHead)
  const body = bodyOf(place, 'for', ['else', 'endfor'])
  const otherwise = elseOf(body, 'for', place)
  return scope => {
    const items = listOf(list(scope))
    scope.rendering.spend(TURN * items.length)
    const turns = items.map(item => scope.within(unpacked(names, item))).filter(turn => truthOf(test(turn)))
    for (const [index, turn] of turns.entries()) {
      turn.set('loop', loopValues(index, turns.length))
      body.run(turn)
    }
    if (turns.length === 0) otherwise(scope.within(NONE))
  }
}

function loopHead(reader: Reader): {names: readonly string[]; list: Evaluate; test: Evaluate} {
  const names = [ownName(reader.name())]
  while (reader.take(',')) names.push(ownName(reader.name()))
  if (!reader.take('in')) throw new TemplateFault('"in" is missing after the names of a for')
  const list = reader.operand()
  return {names, list, test: reader.take('if') ? reader.expression() : () => true}
}

/** An item under its name; under several, its parts, of which there must be as many. */
function unpacked(names: readonly string[], item: unknown): ReadonlyMap<string, unknown> {
  if (names.length === 1) return new Map([[names[0] as string, item]])
  const parts = listOf(item)
  if (parts.length === names.length) return new Map(names.map((name, index) => [name, parts[index]]))
  throw new TemplateFault(`an item of ${parts.length} parts does not go into ${names.join(', ')}`)
}

const loopValues = (index: number, length: number): ReadonlyMap<string, unknown> =>
  new Map<string, unknown>([
    ['index', index + 1],
    ['index0', index],
    ['revindex', length - index],
    ['revindex0', length - index - 1],
    ['first', index === 0],
    ['last', index === length - 1],
    ['length', length],
  ])

function assignment(rest: string, place: Place): Run {
  const {name, value} = whole(rest, reader => ({
    name: ownName(reader.name()),
    value: reader.take('=') ? reader.expression() : null,
  }))
  if (value !== null) return scope => scope.set(name, value(scope))
  const body = bodyOf(place, 'set', ['endset'])
  nothing(body.rest, body.end)
  return scope => {
    const text = scope.rendering.capture(() => body.run(scope.within(NONE)))
    scope.rendering.spend(sizeOf(text))
    scope.set(name, text)
  }
}

function nothing(rest: string, word: string): void {
  if (rest !== '') throw new TemplateFault(`"${rest.slice(0, 60)}" is not understood after ${word}`)
}
