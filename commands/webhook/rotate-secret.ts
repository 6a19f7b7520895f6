import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument} from '../../src/cli/flags.ts'
import {graceFlag, secretFrom, webhookSecretFlags} from '../../src/cli/webhook-flags.ts'

export default class WebhookRotateSecret extends HookctlCommand<typeof WebhookRotateSecret> {
  static override summary = 'give a webhook a new secret'
  static override description =
    'The secrets of before stay live for --grace: schemes that carry several signatures sign with all of them, schemes with one switch to the new secret at once.'
  static override examples = [
    '<%= config.bin %> webhook rotate-secret cmdb',
    'A secret of your own, the old one dead at once:\n<%= config.bin %> webhook rotate-secret cmdb --secret-file new-secret --grace 0s',
  ]
  static override args = {webhook: argument({description: 'id or name of the webhook'})}
  static override flags = {
    ...webhookSecretFlags,
    grace: graceFlag,
  }

  async run() {
    const secret = (await secretFrom(this.flags, this)) ?? {generate: true as const}
    const client = await this.client()
    const {webhook, secret: made} = await client.call('webhook.rotateSecret', {
      organization: this.organization,
      webhook: this.args.webhook,
      secret,
      graceMs: this.flags.grace,
    })
    if (made !== null) this.tellSecret(made)
    const shown = made === null ? [] : [`secret, shown this once: ${made}`]
    return this.done({...webhook, ...(made === null ? {} : {secret: made})}, [
      `${webhook.name} has a new secret`,
      ...shown,
    ])
  }
}
