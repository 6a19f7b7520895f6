import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument} from '../../src/cli/flags.ts'
import {profileColumns, shownProfile} from '../../src/cli/shown-profile.ts'

export default class ProfileShow extends HookctlCommand<typeof ProfileShow> {
  static override summary = 'show a profile'
  static override examples = [
    '<%= config.bin %> profile show production',
    '<%= config.bin %> profile show production --fields server',
  ]
  static override args = {name: argument({description: 'name of the profile'})}
  protected override columns = profileColumns

  async run() {
    return this.one(shownProfile(this.settings, this.surroundings, this.args.name))
  }
}
