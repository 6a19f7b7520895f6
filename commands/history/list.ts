import {HookctlCommand} from '../../src/cli/base-command.ts'
import {historyColumns} from '../../src/cli/columns/event.ts'
import {objectFlags} from '../../src/cli/event-flags.ts'
import {choicesFlag, pageFlags, rangeFlags, textFlag} from '../../src/cli/flags.ts'

export default class HistoryList extends HookctlCommand<typeof HistoryList> {
  static override summary = 'list every change of every tracked object'
  static override description =
    'With before and after in history show. Of deliveries it has what people did; asked for with --object-type WebhookDelivery, or by the id of one, also every attempt.'
  static override examples = [
    '<%= config.bin %> history list --object-type Webhook --since 7d',
    '<%= config.bin %> history list --actor ada --change deleted --json',
    'Who did what, as an audit log:\n<%= config.bin %> history list --since 2026-07-01 --fields at,actor,organization,contextId,change,message,changes',
  ]
  static override flags = {
    ...objectFlags,
    change: choicesFlag({description: 'kinds of change, with commas', choices: ['created', 'changed', 'deleted']}),
    actor: textFlag({description: 'who did it', helpValue: 'NAME'}),
    ...rangeFlags,
    ...pageFlags,
  }
  protected override columns = historyColumns

  async run() {
    const {'object-type': objectType, 'object-id': objectId, change, actor, since, until} = this.flags
    const client = await this.client()
    const filter = {
      organization: this.organization,
      objectType: objectType === undefined ? undefined : [objectType],
      objectId,
      change,
      actor,
      since,
      until,
    }
    return this.list(paging => client.call('history.list', {...filter, ...paging}))
  }
}
