import path from 'node:path'
import type {Document, LineCounter, Node, Pair, YAMLMap} from 'yaml'
import {type HookctlError, usageError} from '../../errors.ts'
import {readBytes} from '../bytes.ts'
import {suggest} from '../suggest.ts'
import type {Surroundings} from '../surroundings.ts'

/** A path in a document: `['webhooks', 0, 'url']`. */
export type Path = readonly (string | number)[]

/** One document of a file of declarations. */
export interface DeclarationFile {
  /** As it was given; `stdin` for -. */
  readonly name: string
  /** What files named in it are relative to. */
  readonly folder: string
  readonly content: Readonly<Record<string, unknown>>
  /** `hooks.yaml:12:5`: where that stands, or the nearest around it. */
  placeOf(path: Path): string
}

export const SECTIONS = ['contexts', 'members', 'webhooks', 'sources', 'eventTypes'] as const
export type Section = (typeof SECTIONS)[number]

/** Twice what a server takes. */
const MOST_DECLARED_BYTES = 32_000_000

const HEADER = {kind: 'hookctl', version: 1} as const
const MEMBERS = [...Object.keys(HEADER), 'organization', ...SECTIONS]

/**
 * The documents of a file, YAML or JSON, each with its header checked.
 *
 * @throws usage `bad_declaration` with the place; never with the text around it
 */
export async function readDeclarationFile(given: string, surroundings: Surroundings): Promise<DeclarationFile[]> {
  const text = textOf(await readBytes(given, surroundings, MOST_DECLARED_BYTES), given)
  const {LineCounter, parseAllDocuments} = await import('yaml')
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, {lineCounter: lines, prettyErrors: false}) as Document.Parsed[]
  const name = given === '-' ? 'stdin' : given
  const folder = given === '-' ? surroundings.cwd : path.dirname(path.resolve(surroundings.cwd, given))
  const filled = documents.filter(({contents, errors}) => contents !== null || errors.length > 0)
  if (filled.length === 0) throw bad(name, 'it is empty', 'hookctl export shows what one looks like')
  return filled.map(document => readDocument(document, {name, folder, lines}))
}

function textOf(bytes: Buffer, given: string): string {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch {
    throw bad(given, 'it is not text in UTF-8')
  }
}

interface Source {
  readonly name: string
  readonly folder: string
  readonly lines: LineCounter
}

function readDocument(document: Document.Parsed, {name, folder, lines}: Source): DeclarationFile {
  const at = (offset: number) => {
    const {line, col} = lines.linePos(offset)
    return `${name}:${line}:${col}`
  }
  const [broken] = document.errors
  if (broken !== undefined) throw bad(at(broken.pos[0]), `not YAML: ${firstSentence(broken.message)}`)
  const file = {name, folder, content: contentOf(document, name), placeOf: (path: Path) => at(offsetOf(document, path))}
  checkHeader(file)
  return file
}

const firstSentence = (text: string): string => text.split('\n')[0] ?? ''

function contentOf(document: Document.Parsed, name: string): Record<string, unknown> {
  const content: unknown = document.toJS({maxAliasCount: 100})
  if (content !== null && typeof content === 'object' && !Array.isArray(content)) return content as never
  throw bad(name, 'a declaration is a mapping', 'hookctl export shows what one looks like')
}

/** Where the key stands, or the item; the nearest that is there. */
function offsetOf(document: Document.Parsed, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent =
      length === 1 ? document.contents : (document.getIn(path.slice(0, length - 1), true) as Node | undefined)
    const key = path[length - 1]
    const pairs = ((parent as YAMLMap | null)?.items ?? []) as readonly (Pair<Node> | Node)[]
    const found =
      typeof key === 'number' ? pairs[key] : pairs.find(pair => String((pair as Pair<Node>).key) === String(key))
    const node = (found as Pair<Node> | undefined)?.key ?? (found as Node | undefined)
    if (node?.range) return node.range[0]
  }
  return 0
}

function checkHeader({content, name, placeOf}: DeclarationFile): void {
  for (const [member, wanted] of Object.entries(HEADER)) {
    const is = content[member]
    if (is === wanted) continue
    const what = is === undefined ? `"${member}: ${wanted}" is missing` : `${member} is ${shown(is)}, not ${wanted}`
    throw bad(
      is === undefined ? name : placeOf([member]),
      what,
      'a declaration begins with "kind: hookctl" and "version: 1"',
    )
  }
  const unknown = Object.keys(content).find(member => !MEMBERS.includes(member))
  if (unknown !== undefined) {
    const near = suggest(unknown, MEMBERS)
    const hint = near === undefined ? `members are ${MEMBERS.join(', ')}` : `did you mean "${near}"?`
    throw bad(placeOf([unknown]), `there is no member "${unknown}"`, hint)
  }
  for (const section of SECTIONS) {
    const list = content[section]
    if (list !== undefined && !Array.isArray(list)) throw bad(placeOf([section]), `${section} must be a list`)
  }
}

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? 'nothing'

export const bad = (place: string, what: string, hint?: string): HookctlError =>
  usageError('bad_declaration', `${place}: ${what}`, hint === undefined ? {} : {hint})
