import {HookctlCommand} from '../../src/cli/base-command.ts'
import {deliveryColumns} from '../../src/cli/columns/delivery.ts'
import {attemptSections} from '../../src/cli/exchange.ts'
import {EXIT} from '../../src/cli/exit-codes.ts'
import {argument, durationFlag, textFlag} from '../../src/cli/flags.ts'

export default class WebhookTest extends HookctlCommand<typeof WebhookTest> {
  static override summary = 'send an example event to one webhook only'
  static override description =
    'Waits for the answer: exit 0 when the receiver took it, 7 when not, 8 when there was no answer in time.'
  static override examples = [
    '<%= config.bin %> webhook test cmdb',
    '<%= config.bin %> webhook test cmdb --type dcim.site.deleted --timeout 10s',
  ]
  static override args = {webhook: argument({description: 'id or name of the webhook'})}
  static override flags = {
    type: textFlag({description: 'event type', helpValue: 'TYPE'}),
    timeout: durationFlag({description: 'how long to wait at most', default: 30_000}),
  }
  protected override columns = deliveryColumns

  async run() {
    const {organization, args, flags} = this
    const client = await this.client()
    const {deliveryId, eventId} = await client.call('webhook.test', {
      organization,
      webhook: args.webhook,
      eventType: flags.type,
    })
    const {settle} = await import('../../src/cli/settle.ts')
    const {timedOut} = await settle(client, {
      organization,
      eventId,
      deliveryIds: [deliveryId],
      until: 'tried',
      timeoutMs: flags.timeout,
    })
    const {delivery, attempts} = await client.call('delivery.show', {organization, delivery: deliveryId})
    // By what is shown: the answer may be there by now.
    const isAnswered = attempts.some(({status}) => status !== null)
    if (timedOut && !isAnswered) this.exitWith(EXIT.timeout)
    else if (delivery.state !== 'delivered') this.answerNo()
    return this.one(delivery, this.columns, attemptSections(attempts))
  }
}
