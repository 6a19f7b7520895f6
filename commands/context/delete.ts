import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument, yesFlag} from '../../src/cli/flags.ts'

export default class ContextDelete extends HookctlCommand<typeof ContextDelete> {
  static override summary = 'delete a context that no webhook is scoped to'
  static override examples = [
    '<%= config.bin %> context delete campus-sued',
    '<%= config.bin %> context delete campus-sued --yes',
  ]
  static override args = {context: argument({description: 'id of the context'})}
  static override flags = {...yesFlag}

  async run() {
    const client = await this.client()
    const question = {organization: this.organization, context: this.args.context}
    const {id} = await client.call('context.show', question)
    await this.confirm(`delete context ${id}?`, this.flags.yes)
    return this.done(await client.call('context.delete', question), `deleted ${id}`)
  }
}
