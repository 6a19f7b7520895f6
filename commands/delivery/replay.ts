import {deliveryColumns} from '../../src/cli/columns/delivery.ts'
import {previewColumns, previewWebhookColumns} from '../../src/cli/columns/replay.ts'
import {deliveryFilterFlags, deliveryFilterFrom} from '../../src/cli/delivery-flags.ts'
import {durationFlag, numberFlag, rateFlag, restArguments, switchFlag, textFlag} from '../../src/cli/flags.ts'
import {section} from '../../src/cli/output/print.ts'
import {ReplayCommand} from '../../src/cli/replay-command.ts'
import {sayReplayed, settleReplays} from '../../src/cli/replaying.ts'
import type {ReplaySelection} from '../../src/domain/replay.ts'

// Replays are not replayed: what they repeat is.
const {replay: _, ...filterFlags} = deliveryFilterFlags

/** So many at once are sent at once. */
const FEW = 100

export default class DeliveryReplay extends ReplayCommand<typeof DeliveryReplay> {
  static override summary = 'send deliveries again: by id, or many by a filter'
  static override description =
    'The same bytes with a fresh signature and the same event id, to where the webhook points now, as a new delivery linked to the old one, which stays as it is. Refused while an automatic retry is still to come, unless --now. --failed, --missing and --all take the filters of delivery list ("hookctl help filters"); --dry-run counts what they find. Many are kept as a replay with an id and sent at a pace (--rate), by the server or by this command: Ctrl-C and --timeout pause what this command sends, and "hookctl replay resume" goes on, also after a crash. With --wait: exit 0 when all were delivered, 7 when one was not, 8 when the time was up.'
  static override examples = [
    '<%= config.bin %> delivery replay dlv_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f --wait',
    'To a receiver on this machine:\n<%= config.bin %> delivery replay dlv_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f --to http://127.0.0.1:9000/',
    'After an outage, first how many:\n<%= config.bin %> delivery replay --failed --since 6h --host 127.0.0.1 --dry-run',
    'What a webhook never got, because it was off or is newer than the events:\n<%= config.bin %> delivery replay --missing --webhook cmdb --since 1d --dry-run',
    'In a script the number is confirmed:\n<%= config.bin %> delivery replay --failed --webhook ops --confirm 0 --wait --rate 50/s',
  ]
  static override args = {deliveries: restArguments({description: 'ids of the deliveries'})}
  static override flags = {
    failed: switchFlag({description: 'what failed for good and no replay has mended'}),
    missing: switchFlag({description: 'what a webhook would get today and was never sent'}),
    all: switchFlag({description: 'everything the filters find that was sent'}),
    ...filterFlags,
    to: textFlag({description: "send to this URL in place of the webhook's", helpValue: 'URL'}),
    now: switchFlag({description: 'also while an automatic retry is still to come'}),
    'dry-run': switchFlag({description: 'say what would be done and do nothing'}),
    confirm: numberFlag({description: 'how many you expect; must be the number there is', helpValue: 'N'}),
    rate: rateFlag({description: 'how many to one webhook: 10/s, 30/m, or unlimited; 10/s unless given'}),
    wait: switchFlag({description: 'wait until nothing more will happen'}),
    timeout: durationFlag({description: 'how long to wait at most'}),
  }
  protected override columns = deliveryColumns

  async run() {
    const {selectionFrom} = await import('../../src/cli/bulk-replay.ts')
    const ids = [...new Set(this.args.deliveries ?? [])]
    const selection = selectionFrom(ids, this.flags)
    if (selection === 'named') {
      return ids.length <= FEW && this.flags.rate === undefined && this.flags.confirm === undefined
        ? this.few(ids)
        : this.many(selection, ids)
    }
    const {flags, organization} = this
    const client = await this.client()
    if (!flags['dry-run'] && flags.confirm !== undefined) return this.many(selection)
    const preview = await client.call('replay.preview', {organization, selection, ...this.how()})
    if (flags['dry-run'])
      return this.one(preview, previewColumns, [section('Webhooks', preview.webhooks, previewWebhookColumns)])
    if (preview.count === 0) return this.done(preview, 'nothing to send again')
    const {sayWhatWould} = await import('../../src/cli/bulk-replay.ts')
    await this.confirm(sayWhatWould(preview), false, `--confirm ${preview.count}`)
    return this.many(selection, undefined, preview.count)
  }

  private how() {
    const {to, now} = this.flags
    return {...deliveryFilterFrom(this.flags), now, ...(to === undefined ? {} : {toUrl: to})}
  }

  private async few(deliveries: string[]) {
    const {organization, flags} = this
    const client = await this.client()
    const {now, toUrl} = this.how()
    const answer = await client.call('delivery.replay', {organization, deliveries, now, toUrl})
    const timeout = flags.timeout ?? 30_000
    const settled = await settleReplays(client, organization, answer.deliveries, {wait: flags.wait, timeout})
    const said = sayReplayed(settled)
    if (said.exitCode !== undefined) this.exitWith(said.exitCode)
    for (const line of said.notices) this.notice(line)
    return this.list(settled.deliveries)
  }

  private async many(selection: ReplaySelection, deliveries?: string[], expected?: number) {
    const {organization, flags} = this
    const client = await this.client()
    const replay = await client.call('replay.create', {
      organization,
      selection,
      deliveries,
      ...this.how(),
      confirm: flags.confirm ?? expected ?? deliveries?.length ?? 0,
      ...(flags.rate === undefined ? {} : {ratePerSecond: flags.rate}),
    })
    return this.answerReplay(replay, {wait: flags.wait, timeout: flags.timeout})
  }
}
