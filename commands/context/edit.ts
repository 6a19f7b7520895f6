import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument} from '../../src/cli/flags.ts'
import {contextFlags, givenChanges} from '../../src/cli/organization-flags.ts'

export default class ContextEdit extends HookctlCommand<typeof ContextEdit> {
  static override summary = 'change name or kind of a context'
  static override description = 'Its id stays. Events that were accepted before keep the name it had then.'
  static override examples = [
    '<%= config.bin %> context edit campus-sued --name "Campus South"',
    '<%= config.bin %> context edit campus-sued --kind site-group',
  ]
  static override args = {context: argument({description: 'id of the context'})}
  static override flags = contextFlags

  async run() {
    const {organization, args, flags} = this
    const changes = givenChanges({name: flags.name, kind: flags.kind}, 'context edit')
    const client = await this.client()
    const context = await client.call('context.edit', {organization, context: args.context, ...changes})
    return this.done(context, `changed ${context.id}: ${Object.keys(changes).join(', ')}`)
  }
}
