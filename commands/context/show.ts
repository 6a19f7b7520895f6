import {HookctlCommand} from '../../src/cli/base-command.ts'
import {contextColumns} from '../../src/cli/columns/organization.ts'
import {argument} from '../../src/cli/flags.ts'

export default class ContextShow extends HookctlCommand<typeof ContextShow> {
  static override summary = 'show one context'
  static override examples = [
    '<%= config.bin %> context show campus-sued',
    '<%= config.bin %> context show campus-sued --json',
  ]
  static override args = {context: argument({description: 'id of the context'})}
  protected override columns = contextColumns

  async run() {
    const client = await this.client()
    return this.one(await client.call('context.show', {organization: this.organization, context: this.args.context}))
  }
}
