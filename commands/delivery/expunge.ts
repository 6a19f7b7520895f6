import {HookctlCommand} from '../../src/cli/base-command.ts'
import {restArguments, yesFlag} from '../../src/cli/flags.ts'

export default class DeliveryExpunge extends HookctlCommand<typeof DeliveryExpunge> {
  static override summary = 'take the content of deliveries away, keep their records'
  static override description =
    'The body, headers and answers of every attempt, and the data of the event where no other delivery has it, are overwritten in the store. That the delivery was, when, to whom and how it ended stays, with who did this. There is no way back, and no replay. Backups made before still have the content.'
  static override examples = [
    '<%= config.bin %> delivery expunge dlv_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f --yes',
    'All that one webhook got:\n<%= config.bin %> delivery list --webhook cmdb --all -q | xargs hookctl delivery expunge --yes',
  ]
  static override args = {deliveries: restArguments({description: 'ids of the deliveries', required: true})}
  static override flags = {...yesFlag}

  async run() {
    const deliveries = this.args.deliveries!
    const what = deliveries.length === 1 ? `delivery ${deliveries[0]}` : `${deliveries.length} deliveries`
    await this.confirm(`take the content of ${what} away for good?`, this.flags.yes)
    const client = await this.client()
    const answer = await client.call('delivery.expunge', {organization: this.organization, deliveries})
    const lines = answer.deliveries.map(({id}) => `expunged ${id}`)
    const kept = answer.eventsKept.map(id => `the data of event ${id} stays: other deliveries have it`)
    return this.done({...answer, id: answer.deliveries[0]?.id}, [...lines, ...kept])
  }
}
