import {HookctlCommand} from '../../src/cli/base-command.ts'
import {memberColumns} from '../../src/cli/columns/organization.ts'
import {pageFlags} from '../../src/cli/flags.ts'

export default class MemberList extends HookctlCommand<typeof MemberList> {
  static override summary = 'list members and their roles, by user'
  static override examples = ['<%= config.bin %> member list', '<%= config.bin %> member list --organization acme']
  static override flags = pageFlags
  protected override columns = memberColumns
  protected override whenEmpty = 'hookctl member create USER'

  async run() {
    const client = await this.client()
    return this.list(paging => client.call('member.list', {organization: this.organization, ...paging}))
  }
}
