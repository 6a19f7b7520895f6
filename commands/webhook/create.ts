import {HookctlCommand} from '../../src/cli/base-command.ts'
import {createdWebhookColumns} from '../../src/cli/columns/webhook.ts'
import {switchFlag, textFlag} from '../../src/cli/flags.ts'
import {createWebhook, draftFrom, sayCreated} from '../../src/cli/webhook-create.ts'
import {platformFlag, webhookFlags, webhookSecretFlags} from '../../src/cli/webhook-flags.ts'
import {argumentWord} from '../../src/domain/shell-word.ts'

export default class WebhookCreate extends HookctlCommand<typeof WebhookCreate> {
  static override summary = 'register a webhook'
  static override description =
    'What a platform decides (success rule, retries, off-switch, signature) is taken from its preset and stored with the webhook; every flag of the POLICY group overrides one of them. On a terminal, what is missing is asked for.'
  static override examples = [
    'NetBox sites, signed with a secret from the environment:\n<%= config.bin %> webhook create --name cmdb --platform netbox --url https://cmdb.example.com/hooks --event "dcim.site.*" --secret-env CMDB_SECRET',
    'Catalyst nodes to a receiver on this machine, with a new secret:\n<%= config.bin %> webhook create --name local --platform catalyst --url http://127.0.0.1:9000/ --allow-http --event node.added,node.removed --generate-secret',
  ]
  static override flags = {
    name: textFlag({description: 'name it is shown by; that of a webhook is unique', char: 'n'}),
    platform: platformFlag,
    ...webhookFlags,
    ...webhookSecretFlags,
    'from-ready': textFlag({
      description: 'take URL and secret from the --ready-file of expect, and wait for it',
      helpValue: 'FILE',
      exclusive: ['url'],
    }),
    inactive: switchFlag({description: 'register it switched off'}),
  }
  protected override whenAbsent = 'make' as const

  protected override columns = createdWebhookColumns

  async run() {
    const {flags, organization} = this
    const draft = await draftFrom(flags, this)
    const client = await this.client()
    const rest = {organization, active: !flags.inactive}
    const {webhook, secret: made} = await createWebhook(client, this, draft, rest)
    const {sayNearPatterns} = await import('../../src/cli/near-types.ts')
    for (const line of [...(await sayNearPatterns(client, webhook)), ...sayCreated(webhook)]) this.notice(line)
    if (made !== null) this.tellSecret(made)
    const shown = made === null ? '' : `; its secret, shown this once: ${made}`
    return this.done(
      {...webhook, ...(made === null ? {} : {secret: made})},
      `created ${webhook.name} (${webhook.id})${shown}`,
      webhook.url === null ? [] : [`hookctl webhook test ${argumentWord(webhook.name)}`, 'hookctl delivery tail'],
    )
  }
}
