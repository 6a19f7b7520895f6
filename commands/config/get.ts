import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument} from '../../src/cli/flags.ts'
import {settingKey} from '../../src/cli/setting-keys.ts'
import {settingColumns, shownSetting} from '../../src/cli/shown-setting.ts'

export default class ConfigGet extends HookctlCommand<typeof ConfigGet> {
  static override summary = 'show one setting and where it came from'
  static override examples = [
    'Which organization commands work in:\n<%= config.bin %> config get organization',
    'Only the value, for a script:\n<%= config.bin %> config get store --fields value --output tsv',
  ]
  static override args = {key: argument({description: 'name of the setting'})}
  protected override columns = settingColumns

  async run() {
    return this.one(shownSetting(this.settings, settingKey(this.args.key)))
  }
}
