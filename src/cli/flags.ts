import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import type {AlphabetLowercase, Arg, BooleanFlag, OptionFlag} from '@oclif/core/interfaces'
import {parseDurationMs} from '../domain/duration.ts'
import {readRate} from '../domain/replay.ts'
import {usageError} from '../errors.ts'
import {FORMATS} from './output/formats.ts'
import {suggest} from './suggest.ts'
import type {Surroundings} from './surroundings.ts'
import {instantText, parseInstant} from './time.ts'
import type {Zone} from './zone.ts'

/**
 * Flags and arguments with oclif's traps closed: no argument reads stdin, no repeated flag swallows what follows it, a
 * value of the wrong kind is a usage error that says what would be right. Commands build all theirs from these.
 */

export interface FlagText {
  /** A fragment, lower case, no full stop; a name has the same one in every command, so share the flag. */
  readonly description: string
  readonly char?: AlphabetLowercase
  /** What help shows for the value: `URL`, `FILE`, `NAME`. */
  readonly helpValue?: string
  readonly helpGroup?: string
  readonly hidden?: boolean
  readonly aliases?: string[]
  readonly exclusive?: string[]
  readonly dependsOn?: string[]
}

/** The command hands itself to the parser as its context; flags that take a time need these of it. */
interface Parsing {
  readonly surroundings: Pick<Surroundings, 'now'>
  /** In which days begin that are named without a zone. */
  readonly zoneOfDays: () => Zone
}

type Parse<T> = (text: string, parsing: Parsing) => T | Promise<T>

function option<T>(text: object, parse: Parse<T>): OptionFlag<T> {
  const parseWith = async (input: string, context: unknown) => parse(input, context as Parsing)
  return Flags.custom<T>({parse: parseWith} as never)(text as never) as unknown as OptionFlag<T>
}

type Maybe<T> = OptionFlag<T | undefined>

function nonEmpty(text: string): string {
  if (text === '') throw usageError('empty_value', 'needs a value that is not empty')
  return text
}

/** oclif names the flag that failed, and not the argument. */
async function nonEmptyArgument(text: string, {token}: {readonly token?: {readonly arg?: string}}): Promise<string> {
  if (text === '') throw usageError('empty_value', `${token?.arg?.toUpperCase()} needs a value that is not empty`)
  return text
}

function oneOf<const T extends string>(choices: readonly T[]): Parse<T> {
  return text => {
    if ((choices as readonly string[]).includes(text)) return text as T
    const near = suggest(text, choices)
    throw usageError(
      'invalid_value',
      `"${text}" is not one of ${choices.join(', ')}`,
      near ? {hint: `did you mean: ${near}`} : {},
    )
  }
}

/** A text, as typed; an empty one is refused unless `empty` is set. */
export function textFlag(text: FlagText & {readonly default: string}): OptionFlag<string>
export function textFlag(text: FlagText & {readonly empty?: boolean}): Maybe<string>
export function textFlag({empty, ...text}: FlagText & {readonly empty?: boolean; default?: string}): never {
  return option<string>(text, empty ? input => input : nonEmpty) as never
}

/** A file or folder to write. `-` is none: what is told on stdout is chosen by --json, and a file is not called so by intent. */
export const writtenFlag = (text: FlagText): Maybe<string> =>
  option<string>(text, input => {
    if (input !== '-') return nonEmpty(input)
    throw usageError('invalid_value', '"-" is not a file to write', {
      hint: 'name one; for the answer on stdout: --json. A file of that name is ./-',
    })
  }) as never

const repeated = {multiple: true, multipleNonGreedy: true} as const

interface Checked {
  /** What is wrong with a value, or null: it is refused where it is typed. */
  readonly check: (text: string) => {readonly code: string; readonly message: string; readonly hint?: string} | null
}

const checked =
  ({check}: Checked): Parse<string> =>
  text => {
    const problem = check(nonEmpty(text))
    if (problem === null) return text
    throw usageError(problem.code, problem.message, problem.hint === undefined ? {} : {hint: problem.hint})
  }

/** A text with a grammar of its own; `many: 'any'` is a list with commas, `many: 'all'` may be repeated. */
export function checkedFlag(text: FlagText & Checked & {readonly many: 'any' | 'all'}): OptionFlag<string[] | undefined>
export function checkedFlag(text: FlagText & Checked): Maybe<string>
export function checkedFlag({check, many, ...text}: FlagText & Checked & {many?: 'any' | 'all'}): never {
  const list = many === undefined ? {} : {...repeated, ...(many === 'any' && {delimiter: ','})}
  return option<string>({...text, ...list}, checked({check})) as never
}

export const switchFlag = (text: FlagText): BooleanFlag<boolean> => Flags.boolean(text as never)

export interface Bounds {
  readonly min?: number
  readonly max?: number
}

/** A whole number within bounds, both inclusive. */
export function numberFlag(text: FlagText & Bounds & {readonly default: number}): OptionFlag<number>
export function numberFlag(text: FlagText & Bounds): Maybe<number>
export function numberFlag({
  min = 0,
  max = Number.MAX_SAFE_INTEGER,
  ...text
}: FlagText & Bounds & {default?: number}): never {
  return option<number>(text, input => {
    const number = Number(input)
    if (/^-?\d{1,16}$/.test(input) && number >= min && number <= max) return number
    const bounds = max === Number.MAX_SAFE_INTEGER ? `from ${min} on` : `from ${min} to ${max}`
    throw usageError('invalid_number', `"${input}" is not a whole number ${bounds}`)
  }) as never
}

/** One of these words; anything else is refused with the nearest. */
export function choiceFlag<const T extends string>(
  text: FlagText & {readonly choices: readonly T[]; readonly default: T},
): OptionFlag<T>
export function choiceFlag<const T extends string>(text: FlagText & {readonly choices: readonly T[]}): Maybe<T>
export function choiceFlag<const T extends string>({
  choices,
  ...text
}: FlagText & {readonly choices: readonly T[]; default?: T}): never {
  return option<T>({...text, options: choices}, oneOf(choices)) as never
}

/** A flag that may be given many times, its value taken as it is: `--header 'A: 1' --header 'B: 2'`. */
export const repeatFlag = (text: FlagText): OptionFlag<string[] | undefined> =>
  option<string>({...text, ...repeated}, nonEmpty) as unknown as OptionFlag<string[] | undefined>

/** A list with commas, which may be given many times too: `--type node.added,node.removed`. */
export const listFlag = (text: FlagText): OptionFlag<string[] | undefined> =>
  option<string>({...text, ...repeated, delimiter: ','}, nonEmpty) as unknown as OptionFlag<string[] | undefined>

/** The same with a closed set of words. */
export const choicesFlag = <const T extends string>({
  choices,
  ...text
}: FlagText & {readonly choices: readonly T[]}): OptionFlag<T[] | undefined> =>
  option<T>({...text, ...repeated, delimiter: ',', options: choices}, oneOf(choices)) as unknown as OptionFlag<
    T[] | undefined
  >

/** Milliseconds of `250ms`, `90s`, `15m`, `1h30m`, `7d`. `default` is ms too. */
export function durationFlag(text: FlagText & {readonly default: number}): OptionFlag<number>
export function durationFlag(text: FlagText): Maybe<number>
export function durationFlag(text: FlagText & {default?: number}): never {
  return option<number>({helpValue: 'DURATION', ...text}, parseDurationMs) as never
}

/** So many a second of `10`, `10/s`, `30/m`; null is unlimited. */
export const rateFlag = (text: FlagText): OptionFlag<number | null | undefined> =>
  option<number | null>({helpValue: 'RATE', ...text}, input => {
    const rate = readRate(input)
    if (rate === null || typeof rate === 'number') return rate
    throw usageError(rate.code, rate.message, {hint: rate.hint})
  }) as unknown as OptionFlag<number | null | undefined>

/** Ms since the epoch of `2h` (ago), a date, RFC 3339 and, with `unix`, of unix seconds. */
export const instantFlag = ({unix, ...text}: FlagText & {readonly unix?: boolean}): Maybe<number> =>
  option<number>({helpValue: 'TIME', ...text}, (input, {surroundings, zoneOfDays: zone}) =>
    parseInstant(input, {now: surroundings.now(), zone, ...(unix ? {unix} : {})}),
  ) as Maybe<number>

/** The same as RFC 3339 in UTC: what the operations take. */
export const timeFlag = (text: FlagText): Maybe<string> =>
  option<string>({helpValue: 'TIME', ...text}, (input, {surroundings, zoneOfDays: zone}) =>
    instantText(input, {now: surroundings.now(), zone}),
  ) as Maybe<string>

export interface ArgumentText {
  readonly description: string
}

const argumentBase = {ignoreStdin: true, parse: nonEmptyArgument as (text: string, context: object) => Promise<string>}

/** A positional argument that must be there. Never read from stdin: oclif would take a piped body for an id. */
export const argument = (text: ArgumentText): Arg<string> => Args.string({...text, ...argumentBase, required: true})

export const optionalArgument = (text: ArgumentText): Arg<string | undefined> => Args.string({...text, ...argumentBase})

/** One of these words, or nothing. */
export const choiceArgument = <const T extends string>({
  choices,
  ...text
}: ArgumentText & {readonly choices: readonly T[]}): Arg<T | undefined> =>
  Args.string({
    ...text,
    ...argumentBase,
    options: choices,
    parse: async (input: string) => oneOf(choices)(input, undefined as never),
  } as never) as unknown as Arg<T | undefined>

/** The rest of the words, as `this.args.NAME`: string[]. */
export const restArguments = (text: ArgumentText & {readonly required?: boolean}): Arg<string[] | undefined> =>
  Args.string({...text, ...argumentBase, multiple: true} as never) as unknown as Arg<string[] | undefined>

const GLOBAL = {helpGroup: 'GLOBAL'} as const

/** Every command has these. */
export const globalFlags = {
  output: choiceFlag({description: 'how the answer is printed', char: 'o', choices: FORMATS, ...GLOBAL}),
  json: switchFlag({description: 'print JSON, the same as -o json', ...GLOBAL}),
  quiet: switchFlag({description: 'print ids only and no notices', char: 'q', ...GLOBAL}),
  fields: listFlag({description: 'which fields to print, in this order', helpValue: 'NAMES', ...GLOBAL}),
  'no-headers': switchFlag({description: 'print tables without titles', ...GLOBAL}),
  color: choiceFlag({description: 'when to use colour', choices: ['auto', 'always', 'never'], ...GLOBAL}),
  'no-color': switchFlag({description: 'never use colour', ...GLOBAL}),
  'no-input': switchFlag({description: 'never ask, not even on a terminal', ...GLOBAL}),
  profile: textFlag({description: 'profile to use', helpValue: 'NAME', ...GLOBAL}),
  store: textFlag({
    description: 'where state is kept, like sqlite:FILE or json:FILE',
    helpValue: 'STORE',
    exclusive: ['server'],
    ...GLOBAL,
  }),
  server: textFlag({description: 'URL of a hookctl server to talk to', helpValue: 'URL', ...GLOBAL}),
  organization: textFlag({description: 'slug of the organization to work in', helpValue: 'SLUG', ...GLOBAL}),
  debug: switchFlag({description: 'show the stack of unexpected failures', ...GLOBAL}),
}

/** What `--zone` says wherever it stands: of a webhook, of an organization. */
export const zoneText = {description: 'zone of local times, like +02:00 or Europe/Berlin', helpValue: 'ZONE'}

const limit = {description: 'how many to print at most', min: 1, max: 1000, helpValue: 'N'}

export const limitFlag = numberFlag({...limit, default: 50})

/** Of a list that is all at hand: nothing is left out unless somebody asks for it. */
export const wholeLimitFlag = numberFlag(limit)

/** Every list has these. */
export const pageFlags = {
  limit: limitFlag,
  cursor: textFlag({description: 'where to go on, from the page before', helpValue: 'CURSOR'}),
  all: switchFlag({description: 'print every page', exclusive: ['cursor']}),
}

export const rangeFlags = {
  since: timeFlag({description: 'from this time on, like 2h, 2026-03-01 or RFC 3339'}),
  until: timeFlag({description: 'before this time, like 2h, 2026-03-01 or RFC 3339'}),
}

/** A range that nothing can be in is a mistake: `--since 1h --until 2h` ends before it begins. @throws usage `empty_range` */
export function checkRange({since, until}: Readonly<Record<string, unknown>>): void {
  if (typeof since !== 'string' || typeof until !== 'string' || Date.parse(since) < Date.parse(until)) return
  throw usageError('empty_range', `--since ${since} is not before --until ${until}: nothing is between them`, {
    hint: 'both count back from now: --since 2h --until 1h is the hour before the last',
  })
}

/** Of what goes on by itself. */
export const countFlag = numberFlag({description: 'end after this many', min: 1, helpValue: 'N'})

export const yesFlag = {yes: switchFlag({description: 'do it without asking', char: 'y'})}
