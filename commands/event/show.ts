import {HookctlCommand} from '../../src/cli/base-command.ts'
import {sentColumns} from '../../src/cli/columns/delivery.ts'
import {eventColumns} from '../../src/cli/columns/event.ts'
import {goneSection} from '../../src/cli/exchange.ts'
import {argument} from '../../src/cli/flags.ts'
import {section} from '../../src/cli/output/print.ts'
import {prettyJson} from '../../src/cli/pretty.ts'

export default class EventShow extends HookctlCommand<typeof EventShow> {
  static override summary = 'show one event and who was told'
  static override examples = [
    '<%= config.bin %> event show evt_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f',
    '<%= config.bin %> event show evt_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f --json',
  ]
  static override args = {event: argument({description: 'id of the event'})}
  protected override columns = eventColumns

  async run() {
    const client = await this.client()
    const {event, deliveries} = await client.call('event.show', {
      organization: this.organization,
      event: this.args.event,
    })
    await this.one({...event, deliveries}, this.columns, [
      ...(event.contentGone === null
        ? [{title: 'Data', text: prettyJson(event.data)}]
        : goneSection('Data', event.contentGone)),
      section('Deliveries', deliveries, sentColumns),
    ])
    return {...event, deliveries}
  }
}
