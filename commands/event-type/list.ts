import {HookctlCommand} from '../../src/cli/base-command.ts'
import {eventTypeColumns} from '../../src/cli/columns/event-type.ts'
import {pageFlags} from '../../src/cli/flags.ts'

export default class EventTypeList extends HookctlCommand<typeof EventTypeList> {
  static override summary = 'list the event types of your own, by name'
  static override description = 'Those of the platforms: hookctl event types.'
  static override examples = [
    '<%= config.bin %> event-type list',
    'Only their names:\n<%= config.bin %> event-type list --all --fields name',
  ]
  static override flags = pageFlags
  protected override columns = eventTypeColumns
  protected override whenEmpty = 'hookctl event-type create NAME'

  async run() {
    const client = await this.client()
    return this.list(paging => client.call('eventType.list', {organization: this.organization, ...paging}))
  }
}
