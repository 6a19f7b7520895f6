import {flagWord} from '../domain/shell-word.ts'
import {HookctlError, usageError} from '../errors.ts'
import {suggest} from './suggest.ts'

interface ParseFailure extends Error {
  readonly flags?: readonly string[]
  readonly args?: readonly unknown[]
  readonly parse?: {
    readonly input?: {
      readonly flags?: Readonly<Record<string, unknown>>
      readonly args?: Readonly<Record<string, unknown>>
    }
  }
  readonly oclif?: unknown
}

/** oclif puts what failed around the message of the flag that failed. */
const FLAG_FAILED = /^Parsing --([\w-]+) \n\t([\s\S]*)\nSee more help with --help$/

function aboutFlag(error: ParseFailure): HookctlError | undefined {
  const match = FLAG_FAILED.exec(error.message)
  if (match === null) return undefined
  const message = `--${match[1]}: ${match[2]}`
  if (!(error instanceof HookctlError)) return undefined
  return new HookctlError(error.kind, error.code, message, {
    ...(error.hint === undefined ? {} : {hint: error.hint}),
    cause: error,
  })
}

const suggestion = (near: string | undefined) => (near === undefined ? {} : {hint: `did you mean: ${near}`})

/** `--secret=value` is not repeated: what was typed after an unknown flag may be the secret. */
const nameOf = (typed: string): string => typed.replace(/=.*$/s, '')

function unknownFlag(error: ParseFailure): HookctlError {
  const typed = (error.flags ?? []).map(nameOf)
  const {flags = {}, args = {}} = error.parse?.input ?? {}
  const known = Object.keys(flags).map(name => `--${name}`)
  const near = typed.map(flag => valueAsFlag(flag, flags) ?? suggest(flag, known)).find(found => found !== undefined)
  const bare = typed.map(flag => argumentOf(flag, args)).find(found => found !== undefined)
  const hint = bare === undefined ? suggestion(near) : {hint: `${bare.toUpperCase()} stands without a flag`}
  return usageError('unknown_flag', `unknown flag${typed.length > 1 ? 's' : ''} ${typed.join(', ')}`, hint)
}

/** What other tools take by a flag: `--name NAME`, and as kubectl and docker have it `-f FILE`. */
function argumentOf(typed: string, args: Readonly<Record<string, unknown>>): string | undefined {
  const word = typed === '-f' ? 'file' : typed.replace(/^--/, '')
  return Object.keys(args).find(name => name === word || name === `${word}s`)
}

/** `--failed` where that is a value: `--state failed`. */
function valueAsFlag(typed: string, flags: Readonly<Record<string, unknown>>): string | undefined {
  const word = typed.replace(/^--/, '')
  const name = Object.keys(flags).find(each => (flags[each] as {options?: readonly string[]}).options?.includes(word))
  return name === undefined ? undefined : `--${name} ${word}`
}

/** The flag that takes what was typed without one: a URL, a type of events, else a name or a file. Only of one word. */
function asFlag({args = [], parse}: ParseFailure): string | undefined {
  const [typed, ...others] = args
  if (typeof typed !== 'string' || others.length > 0) return undefined
  const flags = Object.keys(parse?.input?.flags ?? {})
  const isUrl = /^https?:\/\//i.test(typed)
  const isType = /^[\w*-]+(?:\.[\w*-]+)+$/.test(typed)
  const candidates = isUrl ? ['url', 'server'] : [...(isType ? ['event', 'type'] : []), 'name', 'body', 'webhook']
  const name = candidates.find(each => flags.includes(each))
  return name === undefined ? undefined : flagWord(name, typed)
}

interface Rule {
  readonly pattern: RegExp
  readonly say: (match: RegExpExecArray) => HookctlError
}

const missingArguments = (error: ParseFailure): HookctlError => {
  const names = (error.args ?? []).map(each => (each as {readonly name: string}).name.toUpperCase())
  return usageError('missing_argument', `missing ${names.join(' and ')}`)
}

function notOneOf(what: string, typed: string, choices: string): HookctlError {
  const near = suggest(typed, choices.split(', '))
  return usageError(
    'invalid_value',
    `${what}"${typed}" is not one of ${choices}`,
    near === undefined ? {} : {hint: `did you mean: ${near}`},
  )
}

const RULES: readonly Rule[] = [
  {
    pattern: /^Expected --([\w-]+)=([\s\S]*) to be one of: (.*)$/,
    say: match => notOneOf(`--${match[1]}: `, match[2]!, match[3]!),
  },
  {pattern: /^Expected ([\s\S]*) to be one of: (.*)$/, say: match => notOneOf('', match[1]!, match[2]!)},
  {
    pattern: /^Flag (--[\w-]+) expects (?:a value|one of these values: (.*))$/,
    say: match => usageError('missing_value', `${match[1]} needs a value${match[2] ? `: ${match[2]}` : ''}`),
  },
  {
    pattern: /^Flag (--[\w-]+) can only be specified once$/,
    say: match => usageError('repeated_flag', `${match[1]} is given twice`),
  },
  {
    pattern: /(--[\w-]+)=[\s\S]* cannot also be provided when using (--[\w-]+)/,
    say: match => usageError('conflicting_flags', `${match[1]} and ${match[2]} cannot be used together`),
  },
  {
    pattern: /All of the following must be provided when using (--[\w-]+): (.*)/,
    say: match => usageError('missing_flag', `${match[1]} also needs ${match[2]}`),
  },
  {pattern: /Missing required flag ([\w-]+)/, say: match => usageError('missing_flag', `missing --${match[1]}`)},
]

/** oclif's failures in hookctl's words: one line, no help page, no wrapping; undefined for anything that is none. */
export function fromOclif(failure: unknown): HookctlError | undefined {
  if (!(failure instanceof Error)) return undefined
  const error = failure as ParseFailure
  const flag = aboutFlag(error)
  if (flag !== undefined) return flag
  if (error instanceof HookctlError) return error
  // A command file that does not load is a bug, although oclif dresses it up as one of its own failures.
  if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined
  if (!('parse' in error) && !('oclif' in error)) return undefined
  const message = error.message.replace(/\nSee more help with --help$/, '')
  if (message.startsWith('Nonexistent flag')) return unknownFlag(error)
  if (/^Missing \d+ required arg/.test(message)) return missingArguments(error)
  if (message.startsWith('Unexpected argument')) {
    return usageError('unexpected_argument', message.replace(/^Unexpected/, 'unexpected'), suggestion(asFlag(error)))
  }
  for (const {pattern, say} of RULES) {
    const match = pattern.exec(message)
    if (match !== null) return say(match)
  }
  return usageError('usage', message.replace(/\s*\n\s*/g, ' '))
}
