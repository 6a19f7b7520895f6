import {formatDuration} from '../domain/duration.ts'
import {HookctlError} from '../errors.ts'

/** A word of the command line and what it was for. */
export interface TypedWord {
  readonly kind: 'flag' | 'argument'
  /** Without dashes. */
  readonly name: string
  readonly input: string
}

/** Members whose flags are not called like them. Any other is: `expiresInMs` is `--expires-in`. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  timeoutMs: ['request-timeout'],
  batch: ['batch-every', 'batch-max'],
  everyMs: ['batch-every'],
  maxEvents: ['batch-max'],
  secret: ['secret-file', 'secret-env'],
  eventTypes: ['event'],
  type: ['event', 'type'],
  headers: ['header'],
  contextId: ['context'],
  toUrl: ['to'],
  errorClass: ['class'],
  occurredAt: ['at'],
  scopes: ['scope'],
}

/** Codes whose sentence is about a member of the input as a whole. */
const OF_MEMBERS: ReadonlySet<string> = new Set(['policy_locked'])

/** As src/api/parse.ts says it: where, the value as JSON or in a word, what is allowed. */
const SENTENCE =
  /^([\w/-]+) is ("(?:[^"\\]|\\.)*"?…?|-?[\d.e+]+|true|false|null|a list|an object|empty|not as expected): (.+)$/
const KEPT_BACK = 'not as expected'

/**
 * The same failure told as what was typed: the flag or the argument, its text and what it may be, in its own unit. What
 * no word of the command line is to blame for stays as it is.
 */
export function asTyped(error: HookctlError, typed: readonly TypedWord[]): HookctlError {
  const message = error.code === 'invalid_input' ? retold(error.message, typed) : aboutMember(error, typed)
  if (message === undefined) return error
  const {kind, code, hint, path, cause} = error
  return new HookctlError(kind, code, message, {
    cause,
    ...(hint === undefined ? {} : {hint}),
    ...(path === undefined ? {} : {path}),
  })
}

function retold(message: string, typed: readonly TypedWord[]): string | undefined {
  const rules = new Map<string, string[]>()
  for (const sentence of message.split('; ')) {
    const [, path = '', value, rule = ''] = SENTENCE.exec(sentence) ?? []
    const words = wordsFor(path, typed)
    if (words.length === 0) return undefined
    const label = `${labelOf(words)}${value === KEPT_BACK ? keptBack(words) : inputOf(words)}`
    rules.set(label, [...(rules.get(label) ?? []), inUnitOf(path, rule)])
  }
  return [...rules].map(([label, all]) => `${label} is not taken: ${all.join(', ')}`).join('; ')
}

function aboutMember({code, path, message}: HookctlError, typed: readonly TypedWord[]): string | undefined {
  const words = path !== undefined && OF_MEMBERS.has(code) ? wordsFor(path, typed) : []
  return words.length === 0 ? undefined : `${labelOf(words)}: ${message}`
}

/** What was typed for the nearest member on the way to where the trouble is: the same flag again and again, or one. */
function wordsFor(path: string, typed: readonly TypedWord[]): readonly TypedWord[] {
  const members = path.split('/').filter(member => !/^\d+$/.test(member))
  for (const [at, member] of [...members.entries()].toReversed()) {
    const own = [...(FLAGS[member] ?? []), kebab(member)]
    const names = /^objects?$/.test(members[at - 1] ?? '') ? [`object-${kebab(member)}`, ...own] : own
    for (const name of names) {
      const words = typed.filter(word => word.name === name)
      if (words.length > 0) return words
    }
  }
  return []
}

const kebab = (member: string): string =>
  member.replace(/Ms$/, '').replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)

const labelOf = ([word]: readonly TypedWord[]): string =>
  word?.kind === 'argument' ? word.name.toUpperCase() : `--${word?.name}`

/** Which of several it was nobody can tell. */
const inputOf = (words: readonly TypedWord[]): string => {
  const [{input} = {input: ''}, ...others] = words
  if (others.length > 0) return ''
  return `: ${JSON.stringify(input.length > 80 ? `${input.slice(0, 80)}…` : input)}`
}

/** What is not repeated may still be named by where it came from. */
const keptBack = (words: readonly TypedWord[]): string => {
  const [word] = words
  const isName = word !== undefined && (/-(?:file|env)$/.test(word.name) || word.input.startsWith('@'))
  return isName ? `: what ${word.input.replace(/^@/, '')} holds` : ': the value'
}

const inUnitOf = (path: string, rule: string): string =>
  /Ms(?:\/\d+)?$/.test(path)
    ? rule.replace(/^(at (?:least|most)) (\d+)$/, (_, bound, ms) => `${bound} ${formatDuration(Number(ms))}`)
    : rule
