import {HookctlCommand} from '../../src/cli/base-command.ts'
import {deliveryColumns} from '../../src/cli/columns/delivery.ts'
import {durationFlag, restArguments, switchFlag, textFlag} from '../../src/cli/flags.ts'
import {sayReplayed, settleReplays} from '../../src/cli/replaying.ts'

export default class DeliveryReplay extends HookctlCommand<typeof DeliveryReplay> {
  static override summary = 'send deliveries again'
  static override description =
    'The same bytes with a fresh signature, to where the webhook points now, as a new delivery linked to the old one, which stays as it is. Refused while an automatic retry is still to come, unless --now. With --wait: exit 0 when all were delivered, 7 when one was not, 8 when the time was up.'
  static override examples = [
    '<%= config.bin %> delivery replay dlv_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f --wait',
    'To a receiver on this machine:\n<%= config.bin %> delivery replay dlv_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f --to http://127.0.0.1:9000/',
  ]
  static override args = {deliveries: restArguments({description: 'ids of the deliveries', required: true})}
  static override flags = {
    to: textFlag({description: "send to this URL in place of the webhook's", helpValue: 'URL'}),
    now: switchFlag({description: 'also while an automatic retry is still to come'}),
    wait: switchFlag({description: 'wait until nothing more will happen'}),
    timeout: durationFlag({description: 'how long to wait at most', default: 30_000}),
  }
  protected override columns = deliveryColumns

  async run() {
    const {organization, flags} = this
    const client = await this.client()
    const {deliveries} = await client.call('delivery.replay', {
      organization,
      deliveries: this.args.deliveries ?? [],
      now: flags.now,
      ...(flags.to === undefined ? {} : {toUrl: flags.to}),
    })
    const settled = await settleReplays(client, organization, deliveries, flags)
    const said = sayReplayed(settled)
    if (said.exitCode !== undefined) this.exitWith(said.exitCode)
    for (const line of said.notices) this.notice(line)
    return this.list(settled.deliveries)
  }
}
