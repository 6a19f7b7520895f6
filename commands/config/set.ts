import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument} from '../../src/cli/flags.ts'
import {settingKey} from '../../src/cli/setting-keys.ts'
import {inProfileFlag, readSetting, storeSetting} from '../../src/cli/stored-settings.ts'

export default class ConfigSet extends HookctlCommand<typeof ConfigSet> {
  static override summary = 'store a setting in your configuration'
  static override description =
    'Writes to your own configuration file, or with --in-profile to a profile in it. A token is never taken from the command line: pipe it in and write - for the value, or name its file as @FILE.'
  static override examples = [
    '<%= config.bin %> config set organization acme',
    '<%= config.bin %> config set output json',
  ]
  static override args = {
    key: argument({description: 'name of the setting'}),
    value: argument({description: 'value to store; @FILE or - (stdin) to read it'}),
  }
  static override flags = inProfileFlag

  async run() {
    const key = settingKey(this.args.key)
    const value = await readSetting(key, this.args.value, this.surroundings)
    await storeSetting(this.surroundings, key, value, this.flags['in-profile'])
    return this.done({key, path: this.settings.userPath}, `${key} is stored in ${this.settings.userPath}`)
  }
}
