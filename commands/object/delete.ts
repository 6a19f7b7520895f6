import {HookctlCommand} from '../../src/cli/base-command.ts'
import {eventFlags} from '../../src/cli/event-flags.ts'
import {argument, durationFlag, yesFlag} from '../../src/cli/flags.ts'
import {sayApplied} from '../../src/cli/object-flags.ts'
import {drainHere} from '../../src/cli/sending.ts'

export default class ObjectDelete extends HookctlCommand<typeof ObjectDelete> {
  static override summary = 'report that an object is gone; raises its event'
  static override description =
    'Its last state becomes a history row, and the event its platform has for it is raised: node.removed, dcim.site.deleted.'
  static override examples = [
    '<%= config.bin %> object delete netbox dcim.site 54',
    '<%= config.bin %> object delete catalyst Node 7 --yes --json',
  ]
  static override args = {
    platform: argument({description: 'name of the platform'}),
    type: argument({description: 'type of the object'}),
    id: argument({description: 'id of the object'}),
  }
  static override flags = {
    'request-id': eventFlags['request-id'],
    timeout: durationFlag({description: 'how long to wait at most', default: 30_000}),
    ...yesFlag,
  }

  async run() {
    const {args, flags, organization} = this
    const client = await this.client()
    const {type, name, id} = await client.call('object.show', {organization, ...args})
    await this.confirm(`forget ${type} ${name || id} and say that it is gone?`, flags.yes)
    const applied = await client.call('object.delete', {organization, ...args, requestId: flags['request-id']})
    if (applied.deliveries > 0) {
      for (const line of await drainHere(client, organization, flags.timeout)) this.notice(line)
    }
    return this.done(applied, sayApplied(applied))
  }
}
