import {HookctlCommand} from '../../src/cli/base-command.ts'
import {configFileColumns, configFiles} from '../../src/cli/config-files.ts'

export default class ConfigPath extends HookctlCommand<typeof ConfigPath> {
  static override summary = 'show which configuration files count'
  static override description =
    'The first one that holds a setting wins; flags, environment and the profile in use come before them all.'
  static override examples = ['<%= config.bin %> config path', '<%= config.bin %> config path --output id']
  protected override columns = configFileColumns
  protected override needsConfig = false

  async run() {
    return this.list(configFiles(this.surroundings))
  }
}
