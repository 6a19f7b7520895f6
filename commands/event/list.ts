import {HookctlCommand} from '../../src/cli/base-command.ts'
import {eventColumns} from '../../src/cli/columns/event.ts'
import {objectFlags, sourceFlag} from '../../src/cli/event-flags.ts'
import {pageFlags, rangeFlags, textFlag} from '../../src/cli/flags.ts'
import {eventFlag} from '../../src/cli/webhook-flags.ts'

export default class EventList extends HookctlCommand<typeof EventList> {
  static override summary = 'list events, newest first'
  static override examples = [
    '<%= config.bin %> event list --event "node.*" --since 1h',
    'What a source brought in:\n<%= config.bin %> event list --source inbound:netbox',
    'Everything one request changed:\n<%= config.bin %> event list --request-id 17af32f0-852a-46ca-a7d4-33ecd0c13de6',
  ]
  static override flags = {
    event: eventFlag,
    ...objectFlags,
    'request-id': textFlag({description: 'id shared by the changes of one request', helpValue: 'ID'}),
    source: sourceFlag,
    ...rangeFlags,
    ...pageFlags,
  }
  protected override columns = eventColumns
  protected override whenEmpty = 'hookctl event send TYPE --example'

  async run() {
    const {
      event: type,
      since,
      until,
      'object-type': objectType,
      'object-id': objectId,
      'request-id': requestId,
      source,
    } = this.flags
    const client = await this.client()
    const filter = {organization: this.organization, type, objectType, objectId, requestId, source, since, until}
    return this.list(paging => client.call('event.list', {...filter, ...paging}))
  }
}
