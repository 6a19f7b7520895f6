import {HookctlCommand} from '../../src/cli/base-command.ts'
import {durationFlag} from '../../src/cli/flags.ts'
import {applyFlags, objectsFrom, sayApplied} from '../../src/cli/object-flags.ts'
import {drainHere} from '../../src/cli/sending.ts'

export default class ObjectApply extends HookctlCommand<typeof ObjectApply> {
  static override summary = 'report how an object is now; a change raises its event'
  static override description =
    'The state is compared with the last one reported. What is as it was leaves no trace; a change becomes a history row and the event its platform has for it: node.added, dcim.site.updated, a changed NAS. Values of members called like secrets, or named with --secret, are masked before anything is stored. Lines of --ndjson may say {"deleted":true}; reports of one object with the same request id are one change.'
  static override examples = [
    '<%= config.bin %> object apply --platform netbox --object-type dcim.site --object-id 54 --data @site.json',
    '<%= config.bin %> object apply --platform catalyst --object-type Node --object-id 7 --data \'{"name":"db-1","nebula_ip":"10.42.0.7"}\' --actor ada',
    'Everything an inventory knows, one object a line:\n<%= config.bin %> object apply --platform nebularstack --object-type subscriber --ndjson subscribers.ndjson',
  ]
  static override flags = {
    ...applyFlags,
    timeout: durationFlag({description: 'how long to wait at most', default: 30_000}),
  }
  protected override whenAbsent = 'make' as const

  async run() {
    const {objects, placed} = await objectsFrom(this.flags, this.surroundings)
    const client = await this.client()
    const applied = await client.call('object.apply', {organization: this.organization, objects}).catch(error => {
      throw placed(error)
    })
    if (applied.deliveries > 0) {
      for (const line of await drainHere(client, this.organization, this.flags.timeout)) this.notice(line)
    }
    const events = applied.items.flatMap(item => item.events)
    if (this.layout.format === 'id') return this.list(events)
    return this.done(applied, sayApplied(applied), events.length === 1 ? [`hookctl event show ${events[0]?.id}`] : [])
  }
}
