import type {z} from 'zod'
import {suggest} from '../domain/suggest.ts'
import {type HookctlError, usageError} from '../errors.ts'
import {membersAt} from './members.ts'

type Issue = z.core.$ZodIssue
type IssuePath = readonly PropertyKey[]

interface Finding {
  readonly path: IssuePath
  readonly sentence: string
  readonly hint?: string
}

/** So many problems are told at once; a body of garbage is not answered with a book. */
const MOST = 8

/**
 * The input as its schema reads it.
 *
 * @throws usage `invalid_input` with every problem in one error: where, the value (never a secret), what is allowed
 */
export function parseInput<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> {
  const result = schema.safeParse(raw)
  if (result.success) return result.data
  throw toUsageError(result.error.issues.flatMap(issue => findings(issue, schema, raw)))
}

function toUsageError(found: readonly Finding[]): HookctlError {
  const told = found.slice(0, MOST).map(({sentence}) => sentence)
  if (found.length > MOST) told.push(`and ${found.length - MOST} more`)
  const first = found[0]
  const hint = found.find(finding => finding.hint !== undefined)?.hint
  return usageError('invalid_input', told.join('; '), {
    ...(first === undefined || first.path.length === 0 ? {} : {path: spell(first.path)}),
    ...(hint === undefined ? {} : {hint}),
  })
}

function findings(issue: Issue, schema: z.ZodType, raw: unknown, base: IssuePath = []): Finding[] {
  const path = [...base, ...issue.path]
  const value = valueAt(raw, path)
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownMember(key, path, schema))
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branch = nearestBranch(issue.errors)
    if (branch !== undefined) return branch.flatMap(inner => findings(inner, schema, raw, path))
    if (value !== undefined) return [{path, sentence: `${spell(path)} is ${show(value, path)}: ${kinds(issue.errors)}`}]
  }
  if (value === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_union')) {
    return [{path, sentence: path.length === 0 ? 'there is no input' : `${spell(path)} is required`}]
  }
  return [
    {path, sentence: `${spell(path) || 'the input'} is ${show(value, path)}: ${allowed(issue)}`, ...near(issue, value)},
  ]
}

/** The branch of a union that was meant: it fails inside itself, not at its door, and with the fewest problems. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const inside = branches.filter(issues =>
    issues.some(({path, code}) => path.length > 0 || code === 'unrecognized_keys'),
  )
  return inside.toSorted((a, b) => a.length - b.length)[0]
}

const kinds = (branches: readonly (readonly Issue[])[]): string =>
  `expected ${[...new Set(branches.flat().map(issue => ('expected' in issue ? String(issue.expected) : issue.message)))].join(' or ')}`

function unknownMember(key: string, path: IssuePath, schema: z.ZodType): Finding {
  const members = membersAt(schema, path)
  const meant = suggest(key, members)
  const sentence = `there is no member ${show(key, [])}${path.length === 0 ? '' : ` in ${spell(path)}`}`
  if (meant !== undefined) return {path: [...path, key], sentence, hint: `did you mean "${meant}"?`}
  return {path: [...path, key], sentence, ...(members.length === 0 ? {} : {hint: `members are ${members.join(', ')}`})}
}

function allowed(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_value':
    case 'invalid_union':
      return `expected ${choices(issue).length === 1 ? '' : 'one of '}${choices(issue).join(', ')}`
    case 'invalid_type':
      return `expected ${KINDS[issue.expected] ?? issue.expected}`
    case 'too_small':
      return `at least ${issue.minimum}${unit(issue.origin, issue.minimum)}`
    case 'too_big':
      return `at most ${issue.maximum}${unit(issue.origin, issue.maximum)}`
    case 'invalid_format':
      return formats[issue.format] ?? issue.message
    default:
      return issue.message
  }
}

/** What a member may be where it is one of some texts; a union tells its kinds where it is told apart by one. */
function choices(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String)
  if (issue.code === 'custom') return (issue.params?.near as string[] | undefined) ?? []
  const options = issue.code === 'invalid_union' && 'options' in issue ? issue.options : []
  return Array.isArray(options) ? options.map(String) : []
}

const formats: Readonly<Record<string, string>> = {
  datetime: 'expected an instant such as 2026-07-03T12:00:00Z',
  base64: 'expected base64',
}

/** What zod calls otherwise than people do. */
const KINDS: Readonly<Record<string, string>> = {int: 'a whole number', record: 'object'}

const UNITS: Readonly<Record<string, string>> = {string: 'character', array: 'item'}

function unit(origin: string, count: number | bigint): string {
  const one = UNITS[origin]
  if (one === undefined) return ''
  return count === 1 ? ` ${one}` : ` ${one}s`
}

function near(issue: Issue, value: unknown): {hint?: string} {
  if (typeof value !== 'string') return {}
  const meant = suggest(value, choices(issue))
  return meant === undefined ? {} : {hint: `did you mean "${meant}"?`}
}

const spell = (path: IssuePath): string => path.map(String).join('/')

function valueAt(raw: unknown, path: IssuePath): unknown {
  let value = raw
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}

/** Secrets, values of headers, bodies and URLs with their credentials are never repeated in an error. */
const SILENT = /^(?:secret|body|toUrl|url|data|before|after|extra|settings)$|^headers\/\d+\/value$/

function show(value: unknown, path: IssuePath): string {
  if (path.some((_, index) => SILENT.test(spell(path.slice(0, index + 1))) || SILENT.test(String(path[index])))) {
    return 'not as expected'
  }
  if (Array.isArray(value)) return value.length === 0 ? 'empty' : 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
