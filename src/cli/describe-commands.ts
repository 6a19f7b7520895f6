import type {Config} from '@oclif/core/interfaces'
import type {Column} from './output/column.ts'

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
  {key: 'description', wide: true},
  {key: 'examples', value: ({examples}) => examples.join('; '), wide: true},
]

/** What the manifest knows of every command that is not hidden, in hookctl's words, by name. */
export const describeCommands = (config: Config): readonly DescribedCommand[] =>
  config.commands
    .filter(command => !command.hidden)
    .map(command => describe(command, config.bin))
    .sort((a, b) => (a.id < b.id ? -1 : 1))

function describe(command: Config['commands'][number], bin: string): DescribedCommand {
  const example = (each: unknown) => String(typeof each === 'object' ? (each as {command: string}).command : each)
  return {
    id: command.id.replaceAll(':', ' '),
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
  }
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
