import {HookctlCommand} from '../../src/cli/base-command.ts'
import {counted} from '../../src/cli/counted.ts'
import {argument} from '../../src/cli/flags.ts'
import {argumentWord} from '../../src/domain/shell-word.ts'

export default class WebhookDisable extends HookctlCommand<typeof WebhookDisable> {
  static override summary = 'switch a webhook off'
  static override description =
    "What that means is the webhook's off-switch rule (webhook show --resolved): events are skipped when accepted, skipped when about to be sent, or their deliveries are held. Nothing is lost silently: a skipped delivery says why."
  static override examples = ['<%= config.bin %> webhook disable cmdb', '<%= config.bin %> webhook disable cmdb --json']
  static override args = {webhook: argument({description: 'id or name of the webhook'})}

  async run() {
    const client = await this.client()
    const {webhook, held} = await client.call('webhook.disable', {
      organization: this.organization,
      webhook: this.args.webhook,
    })
    return this.done(
      {...webhook, held},
      `${webhook.name} is off${held > 0 ? `; ${counted(held, 'delivery is', 'deliveries are')} held` : ''}`,
      [`hookctl webhook enable ${argumentWord(webhook.name)}`],
    )
  }
}
