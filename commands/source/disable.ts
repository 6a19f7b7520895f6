import {HookctlCommand} from '../../src/cli/base-command.ts'
import {sourceColumns} from '../../src/cli/columns/source.ts'
import {argument} from '../../src/cli/flags.ts'
import {addressed} from '../../src/cli/source-address.ts'

export default class SourceDisable extends HookctlCommand<typeof SourceDisable> {
  static override summary = 'switch a source off'
  static override description =
    'What is sent to its address is refused with 409, so that a sender that tries again can deliver it later.'
  static override examples = [
    '<%= config.bin %> source disable netbox',
    '<%= config.bin %> source disable netbox --json',
  ]
  static override args = {source: argument({description: 'id or name of the source'})}
  protected override columns = sourceColumns

  async run() {
    const client = await this.client()
    const {organization} = this
    const {source} = await client.call('source.edit', {organization, source: this.args.source, active: false})
    return this.done(addressed(client, source), `${source.name} is off`)
  }
}
