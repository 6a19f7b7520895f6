import {HookctlCommand} from '../../src/cli/base-command.ts'
import {eventFlags, eventFrom, exampleFlag, manyFrom} from '../../src/cli/event-flags.ts'
import {durationFlag, optionalArgument, switchFlag, textFlag} from '../../src/cli/flags.ts'
import {drainHere, sayMany, saySent, sendMany, settleSent} from '../../src/cli/sending.ts'
import {usageError} from '../../src/errors.ts'

export default class EventSend extends HookctlCommand<typeof EventSend> {
  static override summary = 'send an event to every webhook that wants it'
  static override description =
    'Answers once the event is safely on disk. With a server running it delivers; without one this process makes the first attempt of each delivery and says when a retry is due. --wait goes on until nothing more will happen: exit 0 when all were delivered, 7 when one was not, 8 when the time was up.'
  static override examples = [
    '<%= config.bin %> event send node.added --object "Node/7/db-1" --data \'{"name":"db-1","nebula_ip":"10.42.0.7"}\'',
    'From a file, and wait for the outcome:\n<%= config.bin %> event send dcim.site.created --data @site.json --wait --timeout 30s',
    'Many at once, one JSON object a line:\n<%= config.bin %> event send --ndjson events.ndjson',
  ]
  static override args = {type: optionalArgument({description: 'event type, like node.added'})}
  static override flags = {
    ...eventFlags,
    example: exampleFlag,
    ndjson: textFlag({
      description: 'file with one event a line, - for stdin',
      helpValue: 'FILE',
      exclusive: ['data', 'example', 'wait'],
    }),
    wait: switchFlag({description: 'wait until nothing more will happen'}),
    timeout: durationFlag({description: 'how long to wait at most', default: 30_000}),
  }

  async run() {
    const {organization, args, flags} = this
    if (flags.ndjson !== undefined) return this.sendLines(flags.ndjson)
    if (args.type === undefined)
      throw usageError('missing_value', 'missing TYPE: which event?', {hint: 'hookctl event types lists them'})
    const client = await this.client()
    const input = await eventFrom(args.type, flags, client, this.surroundings)
    const sent = await client.call('event.send', {organization, ...input})
    const settled = await settleSent(client, organization, sent, flags)
    const outcome = saySent(sent, settled, this.now())
    if (outcome.exitCode !== undefined) this.exitWith(outcome.exitCode)
    for (const line of outcome.notices) this.notice(line)
    return this.done(
      {...sent.event, duplicate: sent.duplicate, deliveries: settled.deliveries},
      outcome.sentence,
      outcome.next,
    )
  }

  private async sendLines(file: string) {
    const events = await manyFrom(file, this.surroundings)
    const client = await this.client()
    const result = await sendMany(client, this.organization, events)
    for (const line of await drainHere(client, this.organization, this.flags.timeout)) this.notice(line)
    if (this.layout.format === 'id') return this.list(result.eventIds.map(id => ({id})))
    return this.done(result, sayMany(result))
  }
}
