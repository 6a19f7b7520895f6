import {HookctlCommand} from '../../src/cli/base-command.ts'
import {sourceColumns} from '../../src/cli/columns/source.ts'
import {argument} from '../../src/cli/flags.ts'
import {addressed} from '../../src/cli/source-address.ts'

export default class SourceShow extends HookctlCommand<typeof SourceShow> {
  static override summary = 'show one source, never its secrets'
  static override examples = ['<%= config.bin %> source show netbox', '<%= config.bin %> source show netbox --json']
  static override args = {source: argument({description: 'id or name of the source'})}
  protected override columns = sourceColumns

  async run() {
    const client = await this.client()
    const question = {organization: this.organization, source: this.args.source}
    const columns = this.flags.fields ? this.columns : this.columns.map(column => ({...column, wide: false}))
    return this.one(addressed(client, await client.call('source.show', question)), columns)
  }
}
