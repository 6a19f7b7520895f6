import type {Input} from '../../api/operations.ts'
import {HookctlError, usageError} from '../../errors.ts'
import type {Surroundings} from '../surroundings.ts'
import {type DeclarationFile, type Path, readDeclarationFile, SECTIONS, type Section} from './file.ts'
import {hasReferences, resolveReferences} from './references.ts'

type Declaration = Input<'declaration.plan'>['declaration']

/** What several files declare together. */
export interface ReadDeclaration {
  /** Named in the files; undefined where none does. */
  readonly organization: string | undefined
  readonly declaration: Declaration
  /** The same failure, with the place in the file where its path has one. */
  placed(error: unknown): unknown
}

/** One object as it stands in a file. */
interface Declared {
  readonly file: DeclarationFile
  readonly path: Path
  readonly value: unknown
}

const declaredIn = (file: DeclarationFile, section: Section): Declared[] =>
  ((file.content[section] ?? []) as readonly unknown[]).map((value, at) => ({file, path: [section, at], value}))

const resolvedValue = (
  {file, path, value}: Declared,
  asker: {readonly surroundings: Surroundings; readonly notice: (text: string) => void},
): unknown => (hasReferences(path) ? resolveReferences(value, path, {file, ...asker}) : value)

/**
 * The files as one declaration, their references resolved.
 *
 * @throws usage `bad_declaration`, `several_organizations`, and what references throw
 */
export async function readDeclaration(
  files: readonly string[],
  surroundings: Surroundings,
  notice: (text: string) => void,
): Promise<ReadDeclaration> {
  const documents: DeclarationFile[] = []
  for (const file of files) documents.push(...(await readDeclarationFile(file, surroundings)))
  const found = documents.flatMap(file => SECTIONS.flatMap(section => declaredIn(file, section)))
  const sections = SECTIONS.filter(section => documents.some(({content}) => content[section] !== undefined))
  const declaration: Record<string, unknown[]> = Object.fromEntries(sections.map(section => [section, []]))
  // One after the other, so that what is said of them comes in their order.
  for (const each of found) declaration[each.path[0]!]!.push(await resolvedValue(each, {surroundings, notice}))
  const origins = Object.groupBy(found, ({path}) => String(path[0]))
  return {
    organization: oneOrganization(documents),
    declaration: declaration as Declaration,
    placed: error => placedError(error, origins),
  }
}

function oneOrganization(documents: readonly DeclarationFile[]): string | undefined {
  const naming = documents.filter(({content}) => content.organization !== undefined)
  const [first, ...others] = naming
  const name = (file: DeclarationFile) => String(file.content.organization)
  const other = others.find(file => name(file) !== name(first!))
  if (other === undefined) return first && name(first)
  throw usageError(
    'several_organizations',
    `${other.placeOf(['organization'])}: ${name(other)}, and ${first!.placeOf(['organization'])}: ${name(first!)}`,
    {hint: 'one organization at a time'},
  )
}

function placedError(error: unknown, origins: Partial<Record<string, readonly Declared[]>>): unknown {
  if (!(error instanceof HookctlError) || error.path === undefined) return error
  const [word, section, at, ...rest] = error.path.split('/')
  const origin = word === 'declaration' ? origins[section ?? '']?.[Number(at)] : undefined
  if (origin === undefined) return error
  const path = [...origin.path, ...rest.map(member => (/^\d+$/.test(member) ? Number(member) : member))]
  const {kind, code, message, hint, cause} = error
  return new HookctlError(kind, code, `${origin.file.placeOf(path)}: ${message}`, {
    path: error.path,
    cause,
    ...(hint === undefined ? {} : {hint}),
  })
}
