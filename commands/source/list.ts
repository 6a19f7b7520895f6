import {HookctlCommand} from '../../src/cli/base-command.ts'
import {sourceColumns} from '../../src/cli/columns/source.ts'
import {pageFlags} from '../../src/cli/flags.ts'
import {addressed} from '../../src/cli/source-address.ts'

export default class SourceList extends HookctlCommand<typeof SourceList> {
  static override summary = 'list sources, by name'
  static override examples = [
    '<%= config.bin %> source list',
    'Where each is sent to:\n<%= config.bin %> source list --fields name,url',
  ]
  static override flags = pageFlags
  protected override columns = sourceColumns
  protected override whenEmpty = 'hookctl source create NAME'

  async run() {
    const client = await this.client()
    return this.list(async paging => {
      const {items, next} = await client.call('source.list', {organization: this.organization, ...paging})
      return {items: items.map(source => addressed(client, source)), next}
    })
  }
}
