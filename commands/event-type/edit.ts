import {HookctlCommand} from '../../src/cli/base-command.ts'
import {eventTypeColumns} from '../../src/cli/columns/event-type.ts'
import {eventTypeFlags, eventTypeFrom} from '../../src/cli/event-type-flags.ts'
import {argument} from '../../src/cli/flags.ts'
import {givenChanges} from '../../src/cli/organization-flags.ts'

export default class EventTypeEdit extends HookctlCommand<typeof EventTypeEdit> {
  static override summary = 'change an event type of your own'
  static override description =
    'Its name stays, and so do the events that were accepted. Whether those would fit another schema, `event-type check` says before.'
  static override examples = [
    '<%= config.bin %> event-type edit order.created --schema @order.schema.json',
    '<%= config.bin %> event-type edit order.created --on-mismatch warn',
  ]
  static override args = {type: argument({description: 'name of an event type of your own'})}
  static override flags = eventTypeFlags
  protected override columns = eventTypeColumns

  async run() {
    const {organization, args, flags} = this
    const changes = givenChanges(await eventTypeFrom(flags, this.surroundings), 'event-type edit')
    const client = await this.client()
    const type = await client.call('eventType.edit', {organization, eventType: args.type, ...changes})
    return this.done(type, `changed ${type.name}: ${Object.keys(changes).join(', ')}`, [
      `hookctl event-type check ${type.name}`,
    ])
  }
}
