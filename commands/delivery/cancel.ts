import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument, yesFlag} from '../../src/cli/flags.ts'

export default class DeliveryCancel extends HookctlCommand<typeof DeliveryCancel> {
  static override summary = 'stop a delivery that is not over'
  static override examples = [
    '<%= config.bin %> delivery cancel dlv_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f --yes',
    '<%= config.bin %> delivery cancel dlv_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f --yes --json',
  ]
  static override args = {delivery: argument({description: 'id of the delivery'})}
  static override flags = {...yesFlag}

  async run() {
    await this.confirm(`cancel delivery ${this.args.delivery}?`, this.flags.yes)
    const client = await this.client()
    const delivery = await client.call('delivery.cancel', {
      organization: this.organization,
      delivery: this.args.delivery,
    })
    return this.done(delivery, `cancelled ${delivery.id}; hookctl delivery replay ${delivery.id} sends it after all`)
  }
}
