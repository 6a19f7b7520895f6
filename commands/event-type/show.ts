import {HookctlCommand} from '../../src/cli/base-command.ts'
import {eventTypeColumns, eventTypeSections} from '../../src/cli/columns/event-type.ts'
import {argument} from '../../src/cli/flags.ts'

export default class EventTypeShow extends HookctlCommand<typeof EventTypeShow> {
  static override summary = 'show one event type of your own, with schema and example'
  static override examples = [
    '<%= config.bin %> event-type show order.created',
    '<%= config.bin %> event-type show order.created --json',
  ]
  static override args = {type: argument({description: 'name of an event type of your own'})}
  protected override columns = eventTypeColumns

  async run() {
    const client = await this.client()
    const question = {organization: this.organization, eventType: this.args.type}
    const type = await client.call('eventType.show', question)
    return this.one(type, this.columns, eventTypeSections(type))
  }
}
