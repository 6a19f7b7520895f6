import type {Config} from '@oclif/core/interfaces'
import {EXIT, EXIT_MEANINGS, type ExitCode} from './exit-codes.ts'
import type {Column} from './output/column.ts'
import {aliasesOf} from './spellings.ts'

interface DescribedFlag {
  readonly name: string
  readonly char: string | null
  readonly kind: 'switch' | 'value'
  readonly description: string
  readonly repeatable: boolean
  readonly choices: readonly string[] | null
  readonly default: unknown
  readonly global: boolean
}

export interface DescribedCommand {
  readonly id: string
  readonly summary: string
  readonly description: string | null
  readonly arguments: readonly {readonly name: string; readonly description: string; readonly required: boolean}[]
  readonly flags: readonly DescribedFlag[]
  readonly examples: readonly string[]
  /** Other spellings, not in help. */
  readonly aliases: readonly string[]
  /** 7 and 8 only where its help says when. */
  readonly exitCodes: readonly ExitCode[]
}

export const commandColumns: readonly Column<DescribedCommand>[] = [
  {key: 'id', title: 'command', whole: true},
  {key: 'summary'},
  {key: 'arguments', value: command => command.arguments.map(({name}) => name.toUpperCase()).join(' '), wide: true},
  {
    key: 'flags',
    value: ({flags}) => flags.flatMap(({name, global}) => (global ? [] : `--${name}`)).join(' '),
    wide: true,
  },
  {key: 'aliases', value: ({aliases}) => aliases.join('; '), wide: true},
  {key: 'exitCodes', value: ({exitCodes}) => exitCodes.join(' '), wide: true},
  {key: 'description', wide: true},
  {key: 'examples', value: ({examples}) => examples.join('; '), wide: true},
]

/** What the manifest knows of every command that is not hidden, in hookctl's words, by name. */
export const describeCommands = (config: Config): readonly DescribedCommand[] =>
  config.commands
    .filter(command => !command.hidden)
    .map(command => describe(command, config))
    .sort((a, b) => (a.id < b.id ? -1 : 1))

function describe(command: Config['commands'][number], {bin, commandIDs}: Config): DescribedCommand {
  const example = (each: unknown) => String(typeof each === 'object' ? (each as {command: string}).command : each)
  const id = command.id.replaceAll(':', ' ')
  return {
    id,
    summary: command.summary ?? '',
    description: command.description ?? null,
    arguments: Object.values(command.args).map(({name, description = '', required = false}) => ({
      name,
      description,
      required,
    })),
    flags: Object.values(command.flags)
      .filter(flag => !flag.hidden)
      .map(describeFlag),
    examples: (command.examples ?? []).map(each =>
      example(each).split('\n').at(-1)!.replaceAll('<%= config.bin %>', bin),
    ),
    aliases: aliasesOf(id, new Set(commandIDs.map(each => each.replaceAll(':', ' ')))),
    exitCodes: exitCodesOf(command),
  }
}

/** Codes that are an answer, beside those with which any command may end. */
const ANSWERS: readonly ExitCode[] = [EXIT.answerNo, EXIT.timeout]

/** Help says in prose when a command ends with 7 or 8: the number stands behind the word "exit", in the same paragraph. */
export function exitCodesOf({description = '', flags}: Pick<Config['commands'][number], 'description' | 'flags'>) {
  const told = [description, ...Object.values(flags).map(flag => flag.description ?? '')]
  const numbers = told
    .flatMap(text => text.split('\n'))
    .flatMap(paragraph => /\bexits?\b.*$/i.exec(paragraph)?.[0].match(/\b\d+\b/g) ?? [])
  return EXIT_MEANINGS.map(([code]) => code).filter(
    code => code !== EXIT.nodeTooOld && (!ANSWERS.includes(code) || numbers.includes(String(code))),
  )
}

function describeFlag(flag: Config['commands'][number]['flags'][string]): DescribedFlag {
  const option = flag.type === 'option' ? flag : undefined
  return {
    name: flag.name,
    char: flag.char ?? null,
    kind: option === undefined ? 'switch' : 'value',
    description: flag.description ?? '',
    repeatable: option?.multiple ?? false,
    choices: option?.options ?? null,
    default: option?.default ?? null,
    global: flag.helpGroup === 'GLOBAL',
  }
}
