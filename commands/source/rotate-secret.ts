import {HookctlCommand} from '../../src/cli/base-command.ts'
import {createdSourceColumns} from '../../src/cli/columns/source.ts'
import {argument} from '../../src/cli/flags.ts'
import {withNewSecret} from '../../src/cli/source-address.ts'
import {graceFlag, secretFrom, webhookSecretFlags} from '../../src/cli/webhook-flags.ts'

export default class SourceRotateSecret extends HookctlCommand<typeof SourceRotateSecret> {
  static override summary = 'give a source a new secret'
  static override description = 'What is signed with the secrets of before is still taken for --grace.'
  static override examples = [
    '<%= config.bin %> source rotate-secret netbox',
    'The secret that the sender has already:\n<%= config.bin %> source rotate-secret netbox --secret-file new-secret --grace 0s',
  ]
  static override args = {source: argument({description: 'id or name of the source'})}
  static override flags = {...webhookSecretFlags, grace: graceFlag}
  protected override columns = createdSourceColumns

  async run() {
    const secret = (await secretFrom(this.flags, this)) ?? {generate: true as const}
    const client = await this.client()
    const rotated = await client.call('source.rotateSecret', {
      organization: this.organization,
      source: this.args.source,
      secret,
      graceMs: this.flags.grace,
    })
    if (rotated.secret !== null) this.tellSecret(rotated.secret)
    const shown = rotated.secret === null ? [] : [`secret, shown this once: ${rotated.secret}`]
    return this.done(withNewSecret(client, rotated), [`${rotated.source.name} has a new secret`, ...shown])
  }
}
