import {HookctlCommand} from '../../src/cli/base-command.ts'
import {switchFlag, textFlag} from '../../src/cli/flags.ts'
import {
  askEvents,
  askForSecret,
  askPlatform,
  secretFrom,
  webhookFlags,
  webhookFrom,
  webhookSecretFlags,
} from '../../src/cli/webhook-flags.ts'

export default class WebhookCreate extends HookctlCommand<typeof WebhookCreate> {
  static override summary = 'register a webhook'
  static override description =
    'What a platform decides (success rule, retries, off-switch, signature) is taken from its preset and stored with the webhook; every flag of the POLICY group overrides one of them. On a terminal, what is missing is asked for.'
  static override examples = [
    'NetBox sites, signed with a secret from the environment:\n<%= config.bin %> webhook create --name cmdb --platform netbox --url https://cmdb.example.com/hooks --event "dcim.site.*" --secret-env CMDB_SECRET',
    'Catalyst nodes to a receiver on this machine, with a new secret:\n<%= config.bin %> webhook create --name local --platform catalyst --url http://127.0.0.1:9000/ --allow-http --event node.added,node.removed --generate-secret',
  ]
  static override flags = {
    name: textFlag({description: 'name, unique in the organization', char: 'n'}),
    platform: textFlag({
      description: 'platform it speaks like, with a version or without: netbox, netbox@2.6',
      helpValue: 'PLATFORM',
    }),
    ...webhookFlags,
    ...webhookSecretFlags,
    inactive: switchFlag({description: 'register it switched off'}),
  }

  async run() {
    const {flags, organization} = this
    const given = webhookFrom(flags)
    const secretGiven = await secretFrom(flags, this)
    const client = await this.client()
    const name = await this.required('name', flags.name, 'Name')
    const platform = flags.platform ?? (await askPlatform(client, this))
    const url = given.url ?? (await this.required('url', undefined, 'URL'))
    const eventTypes = given.eventTypes ?? (await askEvents(client, this, platform))
    const asked = flags.name !== undefined && flags.platform !== undefined ? undefined : await askForSecret(this)
    const secret = secretGiven ?? asked
    const input = {
      ...given,
      organization,
      name,
      platform,
      url,
      eventTypes,
      active: !flags.inactive,
      ...(secret ? {secret} : {}),
    }
    const {webhook, secret: made} = await client.call('webhook.create', input)
    if (webhook.secrets.length === 0) this.notice('deliveries are not signed: the webhook has no secret')
    const shown = made === null ? [] : [`secret, shown this once: ${made}`]
    return this.done(
      {...webhook, ...(made === null ? {} : {secret: made})},
      [`created ${webhook.name} (${webhook.id})`, ...shown],
      [`hookctl webhook test ${webhook.name}`, 'hookctl delivery tail'],
    )
  }
}
