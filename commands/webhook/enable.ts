import {HookctlCommand} from '../../src/cli/base-command.ts'
import {counted} from '../../src/cli/counted.ts'
import {argument} from '../../src/cli/flags.ts'

export default class WebhookEnable extends HookctlCommand<typeof WebhookEnable> {
  static override summary = 'switch a webhook on; what it held is sent'
  static override description = 'Also lifts a pause, as a receiver sets one that answers 410 Gone.'
  static override examples = ['<%= config.bin %> webhook enable cmdb', '<%= config.bin %> webhook enable cmdb --json']
  static override args = {webhook: argument({description: 'id or name of the webhook'})}

  async run() {
    const client = await this.client()
    const {webhook, resumed} = await client.call('webhook.enable', {
      organization: this.organization,
      webhook: this.args.webhook,
    })
    const held = resumed > 0 ? `; ${counted(resumed, 'held delivery is', 'held deliveries are')} due now` : ''
    return this.done({...webhook, resumed}, `${webhook.name} is on${held}`)
  }
}
