import type {Output} from '../../api/operations.ts'
import {unreachableError} from '../../errors.ts'
import {SECTIONS, type Section} from './file.ts'

type Exported = Output<'declaration.export'>

export interface ExportedFile {
  readonly file: Readonly<Record<string, unknown>>
  /** The variables that its references name. */
  readonly variables: readonly string[]
}

/** A file that `plan` and `apply` read, with a reference to a variable of its own in place of each secret. */
export function exportedFile({organization, declaration, masked}: Exported, only?: readonly Section[]): ExportedFile {
  const variables: string[] = []
  const content = structuredClone(declaration) as Record<Section, Record<string, unknown>[]>
  const wanted = SECTIONS.filter(section => only === undefined || only.includes(section))
  for (const path of masked) {
    const [section = '', at = '', ...rest] = path.split('/')
    if (!wanted.includes(section as Section)) continue
    const object = content[section as Section][Number(at)]
    const holder = object === undefined ? undefined : holderOf(object, rest)
    if (object === undefined || holder === undefined) throw nowhere(path)
    const variable = freeName(variableName(String(object.name), rest, object), variables)
    variables.push(variable)
    holder[rest.at(-1)!] = {env: variable}
  }
  const sections = wanted.map(section => [section, content[section].map(inOrder)])
  return {file: {kind: 'hookctl', version: 1, organization, ...Object.fromEntries(sections)}, variables}
}

/** `HOOKCTL_CMDB_SECRET`, `HOOKCTL_CMDB_AUTHORIZATION`. */
function variableName(name: string, path: readonly string[], object: Readonly<Record<string, unknown>>): string {
  const [member, at] = path
  const headers = object.headers as readonly {readonly name: string}[]
  const header = member === 'headers' ? headers[Number(at)]?.name : undefined
  const what = header ?? path.at(-1)!.replace(/([A-Z])/g, '_$1')
  const words = `${name}_${what}`.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase()
  return `HOOKCTL_${words.replace(/[^A-Z0-9]+/g, '_').replace(/^_+|_+$/g, '')}`
}

function freeName(name: string, taken: readonly string[]): string {
  for (let count = 2, free = name; ; count += 1) {
    if (!taken.includes(free)) return free
    free = `${name}_${count}`
  }
}

/** What has the last member of a path, if it leads anywhere. */
function holderOf(object: Record<string, unknown>, path: readonly string[]): Record<string, unknown> | undefined {
  let holder: unknown = object
  for (const member of path.slice(0, -1)) {
    if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, member)) return
    holder = (holder as Record<string, unknown>)[member]
  }
  return path.length > 0 && typeof holder === 'object' && holder !== null
    ? (holder as Record<string, unknown>)
    : undefined
}

/** A mask that stayed in the file would become the value at the next apply. */
const nowhere = (path: string) =>
  unreachableError('bad_answer', `the server masked "${path}", and what it sent has no such place`, {
    hint: 'is server and command the same version? "hookctl status" shows that of the server',
  })

/** The secret beside the URL or the platform, what is long at the end. */
function inOrder(object: Record<string, unknown>): Record<string, unknown> {
  const {secret, ...others} = object
  if (secret === undefined) return object
  const beside = 'url' in object ? 'url' : 'platform'
  const entries = Object.entries(others).flatMap(entry => (entry[0] === beside ? [entry, ['secret', secret]] : [entry]))
  return Object.fromEntries(entries)
}
