import {HookctlCommand} from '../src/cli/base-command.ts'
import {restArguments} from '../src/cli/flags.ts'
import {helpOn} from '../src/cli/help-topics.ts'

export default class HelpCommand extends HookctlCommand<typeof HelpCommand> {
  static override summary = 'show help on a command or a subject'
  static override description =
    'Subjects: environment, exit-codes, formatting, filters, declarations, signatures, scripting, time. Anything else is a command or a topic.'
  static override examples = [
    '<%= config.bin %> help exit-codes',
    'The page of one command:\n<%= config.bin %> help config set',
  ]
  static override args = {subject: restArguments({description: 'command, topic or subject'})}
  protected override needsConfig = false

  async run() {
    const text = await helpOn(this.args.subject ?? [], await this.everyCommand(), this.surroundings.stdout.columns)
    await this.answer({subject: (this.args.subject ?? []).join(' '), text}, text)
  }
}
