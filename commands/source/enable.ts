import {HookctlCommand} from '../../src/cli/base-command.ts'
import {sourceColumns} from '../../src/cli/columns/source.ts'
import {argument} from '../../src/cli/flags.ts'
import {addressed} from '../../src/cli/source-address.ts'

export default class SourceEnable extends HookctlCommand<typeof SourceEnable> {
  static override summary = 'switch a source on'
  static override examples = ['<%= config.bin %> source enable netbox', '<%= config.bin %> source enable netbox --json']
  static override args = {source: argument({description: 'id or name of the source'})}
  protected override columns = sourceColumns

  async run() {
    const client = await this.client()
    const {organization} = this
    const {source} = await client.call('source.edit', {organization, source: this.args.source, active: true})
    return this.done(addressed(client, source), `${source.name} is on`)
  }
}
