import {HookctlCommand} from '../../src/cli/base-command.ts'
import {deliveryColumns} from '../../src/cli/columns/delivery.ts'
import {deliveryParts} from '../../src/cli/delivery-text.ts'
import {argument} from '../../src/cli/flags.ts'

export default class DeliveryShow extends HookctlCommand<typeof DeliveryShow> {
  static override summary = 'show one delivery: body, attempts, answers'
  static override description =
    'The body is shown byte for byte as it was signed and sent; under --json as text where it is UTF-8, else as base64.'
  static override examples = [
    '<%= config.bin %> delivery show dlv_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f',
    'Only the body, to check it by hand:\n<%= config.bin %> delivery show dlv_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f --json | jq -j .body.content',
  ]
  static override args = {delivery: argument({description: 'id of the delivery'})}
  protected override columns = deliveryColumns

  async run() {
    const client = await this.client()
    const {organization, args} = this
    const answer = await client.call('delivery.show', {organization, delivery: args.delivery})
    const {delivery, ...rest} = answer
    const shown = await this.one({...delivery, ...rest}, ...deliveryParts(answer))
    if (delivery.state === 'failed') this.hint(`next: hookctl delivery replay ${delivery.id}`)
    return shown
  }
}
