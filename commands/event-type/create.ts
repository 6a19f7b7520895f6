import {HookctlCommand} from '../../src/cli/base-command.ts'
import {eventTypeColumns} from '../../src/cli/columns/event-type.ts'
import {eventTypeFlags, eventTypeFrom} from '../../src/cli/event-type-flags.ts'
import {argument} from '../../src/cli/flags.ts'

export default class EventTypeCreate extends HookctlCommand<typeof EventTypeCreate> {
  static override summary = 'describe an event type of your own'
  static override description =
    'Events of any type are taken without this. What is described here is offered on TAB, has an example to send, and the data of its events has to fit its schema: JSON Schema, draft 2020-12 or draft-07, in one document. One that does not fit is refused, or with --on-mismatch warn accepted and told to who sent it. The name may also be one that a platform knows.'
  static override examples = [
    `<%= config.bin %> event-type create order.created --summary "An order was placed" --schema '{"type":"object","required":["total"],"properties":{"total":{"type":"number"}}}'`,
    'From files, and only warn at first:\n<%= config.bin %> event-type create order.paid --schema @order.schema.json --example-data @order.json --on-mismatch warn',
  ]
  static override args = {name: argument({description: 'name of the event type, like order.created'})}
  static override flags = eventTypeFlags
  protected override columns = eventTypeColumns
  protected override whenAbsent = 'make' as const

  async run() {
    const {organization, args, flags} = this
    const {summary, onMismatch, schema, example} = await eventTypeFrom(flags, this.surroundings)
    const client = await this.client()
    const type = await client.call('eventType.create', {
      organization,
      name: args.name,
      schema,
      example,
      ...(summary !== undefined && {summary}),
      ...(onMismatch !== undefined && {onMismatch}),
    })
    const send = type.example === null ? '' : ' --example'
    return this.done(type, `described ${type.name}`, [`hookctl event send ${type.name}${send}`])
  }
}
