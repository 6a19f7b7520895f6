import {HookctlCommand} from '../src/cli/base-command.ts'
import {commandColumns, describeCommands} from '../src/cli/describe-commands.ts'

export default class Commands extends HookctlCommand<typeof Commands> {
  static override summary = 'list every command with its flags, for tools'
  static override examples = [
    '<%= config.bin %> commands',
    'Everything about every command, as JSON:\n<%= config.bin %> commands --json',
  ]
  protected override columns = commandColumns
  protected override needsConfig = false

  async run() {
    return this.list(describeCommands(await this.everyCommand()))
  }
}
