import {HookctlCommand} from '../../src/cli/base-command.ts'
import {organizationColumns} from '../../src/cli/columns/organization.ts'
import {pageFlags} from '../../src/cli/flags.ts'

export default class OrgList extends HookctlCommand<typeof OrgList> {
  static override summary = 'list organizations, by slug'
  static override examples = ['<%= config.bin %> org list', '<%= config.bin %> org list --fields slug,id']
  static override flags = pageFlags
  protected override columns = organizationColumns

  async run() {
    const client = await this.client()
    return this.list(paging => client.call('org.list', paging))
  }
}
