import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument, yesFlag} from '../../src/cli/flags.ts'
import {deleteProfile, requireProfile} from '../../src/cli/stored-settings.ts'

export default class ProfileDelete extends HookctlCommand<typeof ProfileDelete> {
  static override summary = 'delete a profile'
  static override examples = [
    '<%= config.bin %> profile delete staging',
    '<%= config.bin %> profile delete staging --yes',
  ]
  static override args = {name: argument({description: 'name of the profile'})}
  static override flags = yesFlag

  async run() {
    const {name} = this.args
    requireProfile(this.surroundings, name)
    await this.confirm(`delete profile ${name}?`, this.flags.yes)
    await deleteProfile(this.surroundings, name)
    return this.done({id: name, deleted: true}, `deleted profile ${name}`)
  }
}
