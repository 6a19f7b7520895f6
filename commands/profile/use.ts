import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument} from '../../src/cli/flags.ts'
import {requireProfile, storeSetting} from '../../src/cli/stored-settings.ts'

export default class ProfileUse extends HookctlCommand<typeof ProfileUse> {
  static override summary = 'use a profile from now on'
  static override examples = [
    '<%= config.bin %> profile use production',
    'For one command only:\n<%= config.bin %> config list --profile production',
  ]
  static override args = {name: argument({description: 'name of the profile'})}

  async run() {
    const {name} = this.args
    requireProfile(this.surroundings, name)
    await storeSetting(this.surroundings, 'profile', name)
    return this.done({id: name}, `using profile ${name}`)
  }
}
