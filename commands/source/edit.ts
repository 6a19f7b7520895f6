import {HookctlCommand} from '../../src/cli/base-command.ts'
import {createdSourceColumns} from '../../src/cli/columns/source.ts'
import {argument} from '../../src/cli/flags.ts'
import {givenChanges, organizationFlags} from '../../src/cli/organization-flags.ts'
import {withNewSecret} from '../../src/cli/source-address.ts'
import {sourceFlags, sourceFrom} from '../../src/cli/source-flags.ts'
import {webhookFlags} from '../../src/cli/webhook-flags.ts'
import {argumentWord} from '../../src/domain/shell-word.ts'

export default class SourceEdit extends HookctlCommand<typeof SourceEdit> {
  static override summary = 'change a source; what is not given stays'
  static override description =
    'Its address stays. Where another signature cannot use its secret, a new one is made and shown this once.'
  static override examples = [
    '<%= config.bin %> source edit netbox --platform netbox@2.6',
    'A sender that signs with another hash:\n<%= config.bin %> source edit netbox --algorithm sha256 --prefix sha256=',
  ]
  static override args = {source: argument({description: 'id or name of the source'})}
  static override flags = {
    name: organizationFlags.name,
    ...sourceFlags,
    'every-context': webhookFlags['every-context'],
  }

  protected override columns = createdSourceColumns

  async run() {
    const {organization, args, flags} = this
    const changes = givenChanges({name: flags.name, ...sourceFrom(flags)}, 'source edit')
    const client = await this.client()
    const edited = await client.call('source.edit', {organization, source: args.source, ...changes})
    const source = withNewSecret(client, edited)
    if (edited.secret !== null) this.tellSecret(edited.secret)
    const shown = edited.secret === null ? [] : [`secret, shown this once: ${edited.secret}`]
    return this.done(
      source,
      [`changed ${source.name}: ${Object.keys(changes).join(', ')}`, ...shown],
      [`hookctl source show ${argumentWord(source.name)}`],
    )
  }
}
