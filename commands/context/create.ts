import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument} from '../../src/cli/flags.ts'
import {contextFlags} from '../../src/cli/organization-flags.ts'

export default class ContextCreate extends HookctlCommand<typeof ContextCreate> {
  static override summary = 'create a context, a part of an organization'
  static override description =
    'A context of EntryPoint, a domain of NebularStack, a site group of NetBox. Events name the one they happened in; a webhook scoped to it gets those and no others.'
  static override examples = [
    '<%= config.bin %> context create campus-sued --name "Campus Süd"',
    '<%= config.bin %> context create isp.example --kind domain',
  ]
  static override args = {id: argument({description: 'id that events and webhooks name it by; stays for good'})}
  static override flags = contextFlags
  protected override whenAbsent = 'make' as const

  async run() {
    const {organization, args, flags} = this
    const client = await this.client()
    const {name, kind} = flags
    const context = await client.call('context.create', {organization, id: args.id, name, ...(kind && {kind})})
    return this.done(context, `created ${context.kind} ${context.id}`, [
      `hookctl webhook create --context ${context.id}`,
    ])
  }
}
