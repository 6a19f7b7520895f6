import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument} from '../../src/cli/flags.ts'
import {settingKey} from '../../src/cli/setting-keys.ts'
import {inProfileFlag, storeSetting} from '../../src/cli/stored-settings.ts'

export default class ConfigUnset extends HookctlCommand<typeof ConfigUnset> {
  static override summary = 'take a setting out of your configuration'
  static override examples = [
    '<%= config.bin %> config unset output',
    '<%= config.bin %> config unset organization --json',
  ]
  static override args = {key: argument({description: 'name of the setting'})}
  static override flags = inProfileFlag

  async run() {
    const key = settingKey(this.args.key)
    await storeSetting(this.surroundings, key, undefined, this.flags['in-profile'])
    return this.done({key, path: this.settings.userPath}, `${key} is no longer in ${this.settings.userPath}`)
  }
}
