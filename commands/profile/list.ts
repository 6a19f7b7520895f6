import {HookctlCommand} from '../../src/cli/base-command.ts'
import {wholeLimitFlag} from '../../src/cli/flags.ts'
import {profileColumns, shownProfiles} from '../../src/cli/shown-profile.ts'

export default class ProfileList extends HookctlCommand<typeof ProfileList> {
  static override summary = 'list profiles'
  static override examples = ['<%= config.bin %> profile list', '<%= config.bin %> profile list --json']
  static override flags = {limit: wholeLimitFlag}
  protected override columns = profileColumns
  protected override whenEmpty = 'hookctl profile create NAME'

  async run() {
    return this.listWhole(shownProfiles(this.settings, this.surroundings))
  }
}
