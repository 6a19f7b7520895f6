import {HookctlCommand} from '../../src/cli/base-command.ts'
import {deliveryColumns} from '../../src/cli/columns/delivery.ts'
import {deliveryFilterFlags, deliveryFilterFrom} from '../../src/cli/delivery-flags.ts'
import {pageFlags} from '../../src/cli/flags.ts'

export default class DeliveryList extends HookctlCommand<typeof DeliveryList> {
  static override summary = 'list deliveries, newest first'
  static override examples = [
    '<%= config.bin %> delivery list --state failed --since 1d',
    'What no receiver ever got, also not by a replay:\n<%= config.bin %> delivery list --undelivered --where data.name~db-*',
    'Ids of what one receiver refused, for another command:\n<%= config.bin %> delivery list --webhook cmdb --status 4xx --quiet',
  ]
  static override flags = {...deliveryFilterFlags, ...pageFlags}
  protected override columns = deliveryColumns
  protected override whenEmpty = 'hookctl event send TYPE --example'

  async run() {
    const client = await this.client()
    const filter = {organization: this.organization, ...deliveryFilterFrom(this.flags)}
    let failed: string | undefined
    const list = await this.list(async paging => {
      const page = await client.call('delivery.list', {...filter, ...paging})
      failed ??= page.items.find(({state}) => state === 'failed')?.id
      return page
    })
    if (failed !== undefined) this.hint(`next: hookctl delivery show ${failed}`)
    return list
  }
}
