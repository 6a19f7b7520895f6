import type {Command} from '@oclif/core/command'
import type {Config} from '@oclif/core/config'
import {CommandHelp, Help} from '@oclif/core/help'
import type {HelpOptions} from '@oclif/core/interfaces'
import {formatDuration} from '../domain/duration.ts'
import {HELP_SUBJECTS} from './help-subjects.ts'

/** What oclif writes behind a flag that takes one of some words. */
const OPTIONS = /(?<=\n<options: )\S+(?=>)/

const spread = (options: string): string => options.replaceAll('|', ', ')

/** oclif's page of one command, with examples that can be pasted as they are and descriptions of more than one line. */
class PlainCommandHelp extends CommandHelp {
  /** oclif would list every flag here, the global ones too. */
  protected override defaultUsage(): string {
    const args = Object.values(this.command.args).map(arg => `${this.arg(arg)}${arg.multiple ? '...' : ''}`)
    return [this.command.id, ...args, '[FLAGS]'].join(' ')
  }

  protected override examples(examples: Parameters<CommandHelp['examples']>[0]): string | undefined {
    return super.examples(examples)?.replace(/^(\s*)\$ /gm, '$1')
  }

  /** What every command has comes last: what it alone has is looked for first. */
  protected override groupFlags(
    flags: Parameters<CommandHelp['groupFlags']>[0],
  ): ReturnType<CommandHelp['groupFlags']> {
    const {mainFlags, flagGroups} = super.groupFlags(flags)
    const {GLOBAL, ...own} = flagGroups
    return {mainFlags, flagGroups: GLOBAL === undefined ? own : {...own, GLOBAL}}
  }

  /** The default of a duration is ms: shown as one types it. Lines break at spaces only, so there is one in a list. */
  protected override flags(flags: Parameters<CommandHelp['flags']>[0]): ReturnType<CommandHelp['flags']> {
    const shown = flags.map(flag =>
      flag.type === 'option' && flag.helpValue === 'DURATION' && typeof flag.default === 'number'
        ? {...flag, default: formatDuration(flag.default)}
        : flag,
    )
    return super.flags(shown)?.map(([left, right]) => [left, right?.replace(OPTIONS, spread)])
  }

  protected override description(): string | undefined {
    const {description, summary} = this.command
    return description === undefined || description === summary ? undefined : this.wrap(this.render(description))
  }
}

/** oclif's help as text instead of on the console. */
class HelpText extends Help {
  text = ''
  protected override CommandHelpClass = PlainCommandHelp

  protected override log(...lines: string[]): void {
    this.text += `${lines.join(' ')}\n`
  }

  /** oclif counts on being asked once a process and renames what it shows; it gets a copy. */
  override async showCommandHelp(command: Command.Loadable): Promise<void> {
    await super.showCommandHelp({...command})
  }
}

const ROOT_BLOCKS = `
SHORTCUTS
  sign    signature sign
  verify  signature verify

SUBJECTS
${HELP_SUBJECTS.map(subject => `  hookctl help ${subject}\n`).join('')}`

/** Help on a command or topic, or on everything where `name` is empty. Plain text, wrapped to `width`. */
export async function helpText(config: Config, name: string, width: number | undefined): Promise<string> {
  const options = {
    ...(config.pjson.oclif.helpOptions as HelpOptions),
    stripAnsi: true,
    maxWidth: Math.min(width || 80, 100),
  }
  const help = new HelpText(config, options as never)
  await help.showHelp(name === '' ? [] : name.split(' '))
  const text = `${help.text.replace(/\n{3,}/g, '\n\n').trimEnd()}\n`
  return name === '' ? `${text}${ROOT_BLOCKS}` : text
}
