import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument, yesFlag} from '../../src/cli/flags.ts'

export default class SourceDelete extends HookctlCommand<typeof SourceDelete> {
  static override summary = 'delete a source; its events stay'
  static override description = 'What is sent to its address from then on is answered with 404.'
  static override examples = [
    '<%= config.bin %> source delete netbox',
    '<%= config.bin %> source delete netbox --yes --json',
  ]
  static override args = {source: argument({description: 'id or name of the source'})}
  static override flags = {...yesFlag}

  async run() {
    const client = await this.client()
    const question = {organization: this.organization, source: this.args.source}
    const {id, name} = await client.call('source.show', question)
    await this.confirm(`delete source ${name}?`, this.flags.yes)
    return this.done(await client.call('source.delete', {...question, source: id}), `deleted ${name}`)
  }
}
