import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument, yesFlag} from '../../src/cli/flags.ts'

export default class EventTypeDelete extends HookctlCommand<typeof EventTypeDelete> {
  static override summary = 'delete an event type of your own; its events stay'
  static override examples = [
    '<%= config.bin %> event-type delete order.created',
    '<%= config.bin %> event-type delete order.created --yes',
  ]
  static override args = {type: argument({description: 'name of an event type of your own'})}
  static override flags = {...yesFlag}

  async run() {
    const client = await this.client()
    const question = {organization: this.organization, eventType: this.args.type}
    const {name} = await client.call('eventType.show', question)
    await this.confirm(`delete event type ${name}?`, this.flags.yes)
    return this.done(await client.call('eventType.delete', question), `deleted ${name}`)
  }
}
