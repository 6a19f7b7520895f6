import {HookctlCommand} from '../../src/cli/base-command.ts'
import {counted} from '../../src/cli/counted.ts'
import {argument, durationFlag} from '../../src/cli/flags.ts'
import {drainHere} from '../../src/cli/sending.ts'

export default class WebhookFlush extends HookctlCommand<typeof WebhookFlush> {
  static override summary = 'send what a webhook has collected now'
  static override description =
    'For webhooks in batch mode: the open batch is closed and sent without waiting for its time. Batches keep their order and wait for an earlier one that is still being retried. Without a server this process sends.'
  static override examples = ['<%= config.bin %> webhook flush siem', '<%= config.bin %> webhook flush siem --json']
  static override args = {webhook: argument({description: 'id or name of the webhook'})}
  static override flags = {
    timeout: durationFlag({description: 'how long to wait at most', default: 30_000}),
  }

  async run() {
    const {organization, args, flags} = this
    const client = await this.client()
    const flushed = await client.call('webhook.flush', {organization, webhook: args.webhook})
    const {deliveries, events, held, webhook} = flushed
    if (held) this.notice(`${webhook} is off or paused: nothing is sent before hookctl webhook enable ${webhook}`)
    const left = deliveries.length === 0 || held ? [] : await drainHere(client, organization, flags.timeout)
    for (const line of left) this.notice(line)
    const next = deliveries.slice(0, 1).map(id => `hookctl delivery show ${id}`)
    const what =
      deliveries.length === 0
        ? 'had collected nothing'
        : `${counted(events, 'event', 'events')} in ${counted(deliveries.length, 'batch', 'batches')}`
    return this.done(flushed, `${webhook}: ${what}`, next)
  }
}
