import {HookctlCommand} from '../../src/cli/base-command.ts'
import {tokenColumns} from '../../src/cli/columns/organization.ts'
import {pageFlags} from '../../src/cli/flags.ts'

export default class TokenList extends HookctlCommand<typeof TokenList> {
  static override summary = 'list tokens, newest first'
  static override examples = [
    '<%= config.bin %> token list',
    'Those never used:\n<%= config.bin %> token list --all --fields name,lastUsedAt',
  ]
  static override flags = pageFlags
  protected override columns = tokenColumns
  protected override whenEmpty = 'hookctl token create NAME'

  async run() {
    const client = await this.client()
    return this.list(paging => client.call('token.list', {organization: this.organization, ...paging}))
  }
}
