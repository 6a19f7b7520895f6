import {HookctlCommand} from '../../src/cli/base-command.ts'
import {limitFlag} from '../../src/cli/flags.ts'
import {profileColumns, shownProfiles} from '../../src/cli/shown-profile.ts'

export default class ProfileList extends HookctlCommand<typeof ProfileList> {
  static override summary = 'list profiles'
  static override examples = ['<%= config.bin %> profile list', '<%= config.bin %> profile list --json']
  static override flags = {limit: limitFlag}
  protected override columns = profileColumns
  protected override whenEmpty = 'hookctl profile create NAME'

  async run() {
    return this.list(shownProfiles(this.settings, this.surroundings).slice(0, this.flags.limit))
  }
}
