import {HookctlCommand} from '../../src/cli/base-command.ts'
import {wholeLimitFlag} from '../../src/cli/flags.ts'
import {SETTING_KEYS} from '../../src/cli/setting-keys.ts'
import {settingColumns, shownSetting} from '../../src/cli/shown-setting.ts'

export default class ConfigList extends HookctlCommand<typeof ConfigList> {
  static override summary = 'list all settings and where they came from'
  static override examples = ['<%= config.bin %> config list', '<%= config.bin %> config list --json']
  static override flags = {limit: wholeLimitFlag}
  protected override columns = settingColumns

  async run() {
    return this.listWhole(SETTING_KEYS.map(key => shownSetting(this.settings, key)))
  }
}
