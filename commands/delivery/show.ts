import {HookctlCommand} from '../../src/cli/base-command.ts'
import {batchedColumns, deliveryColumns} from '../../src/cli/columns/delivery.ts'
import {attemptSections, bodySection, exchangeSections, goneSection} from '../../src/cli/exchange.ts'
import {argument} from '../../src/cli/flags.ts'
import {section} from '../../src/cli/output/print.ts'

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
    const {delivery, events, body, attempts} = await client.call('delivery.show', {
      organization: this.organization,
      delivery: this.args.delivery,
    })
    // Said below, with the error of the last attempt, where there is one.
    const shown = attempts.length === 0 ? this.columns : this.columns.filter(({key}) => key !== 'hint')
    const columns = shown.map(column => ({...column, wide: false}))
    const shownDelivery = await this.one({...delivery, events, body, attempts}, columns, [
      section('Events', delivery.eventCount > 1 || delivery.state === 'collecting' ? events : [], batchedColumns),
      ...goneSection('Body', delivery.contentGone),
      ...(body === null ? [] : [bodySection('Body', body)]),
      ...attemptSections(attempts),
      ...exchangeSections(attempts.at(-1)),
    ])
    if (delivery.state === 'failed') this.hint(`next: hookctl delivery replay ${delivery.id}`)
    return shownDelivery
  }
}
