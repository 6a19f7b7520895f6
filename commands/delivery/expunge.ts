import {HookctlCommand} from '../../src/cli/base-command.ts'
import {counted} from '../../src/cli/counted.ts'
import {deliveryFilterFlags} from '../../src/cli/delivery-flags.ts'
import {numberFlag, restArguments, switchFlag, yesFlag} from '../../src/cli/flags.ts'

export default class DeliveryExpunge extends HookctlCommand<typeof DeliveryExpunge> {
  static override summary = 'take the content of deliveries away, keep their records'
  static override description =
    'The body, headers and answers of every attempt, and the data of the event where no other delivery has it, are overwritten in the store. That the delivery was, when, to whom and how it ended stays, with who did this. There is no way back, and no replay. Backups made before still have the content. By id, or what the filters of delivery list find and is over; then the number is confirmed.'
  static override examples = [
    '<%= config.bin %> delivery expunge dlv_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f --yes',
    'All that one webhook got, first how many:\n<%= config.bin %> delivery expunge --webhook cmdb --dry-run',
    'In a script the number is confirmed:\n<%= config.bin %> delivery expunge --webhook ops --confirm 0',
  ]
  static override args = {deliveries: restArguments({description: 'ids of the deliveries'})}
  static override flags = {
    ...deliveryFilterFlags,
    'dry-run': switchFlag({description: 'say what would be done and do nothing'}),
    confirm: numberFlag({description: 'how many you expect; must be the number there is', helpValue: 'N'}),
    ...yesFlag,
  }

  async run() {
    const {chosenDeliveries, expungeAll, sayExpunged} = await import('../../src/cli/expunging.ts')
    const {flags, organization} = this
    const client = await this.client()
    const ids = await chosenDeliveries(client, organization, this.args.deliveries ?? [], flags)
    const what = counted(ids.length, 'delivery', 'deliveries')
    if (flags['dry-run']) return this.done({dryRun: true, deliveries: ids}, `would take the content of ${what} away`)
    if (flags.confirm === undefined && ids.length > 0) {
      const isNamed = this.args.deliveries !== undefined
      const confirmed = isNamed ? flags.yes : false
      await this.confirm(
        `take the content of ${what} away for good?`,
        confirmed,
        isNamed ? '--yes' : `--confirm ${ids.length}`,
      )
    }
    const answer = await expungeAll(client, organization, ids, flags.confirm)
    return this.done(answer, sayExpunged(answer))
  }
}
