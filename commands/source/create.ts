import {HookctlCommand} from '../../src/cli/base-command.ts'
import {createdSourceColumns} from '../../src/cli/columns/source.ts'
import {argument, switchFlag} from '../../src/cli/flags.ts'
import {sourceLines, withNewSecret} from '../../src/cli/source-address.ts'
import {sourceFlags, sourceFrom} from '../../src/cli/source-flags.ts'
import {withSender} from '../../src/cli/source-sender.ts'
import {secretFrom, webhookSecretFlags} from '../../src/cli/webhook-flags.ts'

export default class SourceCreate extends HookctlCommand<typeof SourceCreate> {
  static override summary = 'make an address where webhooks come in as events'
  static override description =
    'The server takes what is sent there, checks its signature, and accepts the events in it with the source "inbound:NAME": they are listed, kept and delivered like all others. Signed as the platform signs unless the POLICY flags say otherwise; without a secret flag a secret is made and shown this once, for the sender. With --scheme none the sender comes with a token of scope ingest. What is sent again with the same id (X-Hook-Delivery, webhook-id, X-GitHub-Delivery, Idempotency-Key, or as --dedupe-by makes it) counts once.\n\nWith --event-type each request of a sender that is no platform is one event of that type, with its JSON (or form) as data. What stands in braces is taken from the request: {header.X-GitHub-Event}, {body.data.kind}; a part that it does not have is left out. Senders that are known by their --scheme need none.'
  static override examples = [
    'What a NetBox sends:\n<%= config.bin %> source create netbox --platform netbox',
    'With the secret it signs with already:\n<%= config.bin %> source create mesh --platform procustodibus --secret-env HOOK_SECRET',
    'What GitHub sends, as github.push or github.issues.opened:\n<%= config.bin %> source create github --scheme github',
    "What your own system sends, by a header:\n<%= config.bin %> source create shop --scheme hmac --event-type 'shop.{header.X-Event}'",
    'A sender that signs nothing, with a token instead:\n<%= config.bin %> source create lab --platform nebularstack --scheme none\n<%= config.bin %> token create lab --scope ingest',
  ]
  static override args = {name: argument({description: 'name, unique in the organization'})}
  static override flags = {
    ...sourceFlags,
    ...webhookSecretFlags,
    inactive: switchFlag({description: 'register it switched off'}),
  }
  protected override whenAbsent = 'make' as const

  protected override columns = createdSourceColumns

  async run() {
    const {flags, args, organization} = this
    const secret = await secretFrom(flags, this)
    const client = await this.client()
    const made = await client.call('source.create', {
      organization,
      ...(await withSender(sourceFrom(flags), client, this)),
      name: args.name,
      active: !flags.inactive,
      ...(secret && {secret}),
    })
    const source = withNewSecret(client, made)
    for (const line of sourceLines(source)) this.notice(line)
    if (made.secret !== null) this.tellSecret(made.secret)
    const shown = made.secret === null ? '' : `; its secret, shown this once: ${made.secret}`
    return this.done(source, `created ${source.name} (${source.id})${shown}`, [
      source.url === null ? 'hookctl serve' : `hookctl event list --source inbound:${source.name}`,
    ])
  }
}
