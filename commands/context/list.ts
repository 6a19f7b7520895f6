import {HookctlCommand} from '../../src/cli/base-command.ts'
import {contextColumns} from '../../src/cli/columns/organization.ts'
import {pageFlags} from '../../src/cli/flags.ts'

export default class ContextList extends HookctlCommand<typeof ContextList> {
  static override summary = 'list contexts, by id'
  static override examples = ['<%= config.bin %> context list', '<%= config.bin %> context list --fields id,name']
  static override flags = pageFlags
  protected override columns = contextColumns
  protected override whenEmpty = 'hookctl context create ID'

  async run() {
    const client = await this.client()
    return this.list(paging => client.call('context.list', {organization: this.organization, ...paging}))
  }
}
