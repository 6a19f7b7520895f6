import type {EventInput} from '../../src/api/events.ts'
import {HookctlCommand} from '../../src/cli/base-command.ts'
import {readBytes} from '../../src/cli/bytes.ts'
import {directSections, exchangeColumns} from '../../src/cli/columns/exchange.ts'
import {eventFlags, eventFrom, exampleFlag, manyFrom} from '../../src/cli/event-flags.ts'
import {durationFlag, optionalArgument, repeatFlag, switchFlag, textFlag} from '../../src/cli/flags.ts'
import {secretFlags} from '../../src/cli/secrets.ts'
import {drainHere, sayMany, saySent, sendMany, settleSent, warningsIn} from '../../src/cli/sending.ts'
import {sayConnection} from '../../src/cli/tailing.ts'
import {usageError} from '../../src/errors.ts'

export default class EventSend extends HookctlCommand<typeof EventSend> {
  static override summary = 'send an event to every webhook that wants it'
  static override description =
    'Answers once the event is safely on disk. With a server running it delivers; without one this process makes the first attempt of each delivery and says when a retry is due. --wait goes on until nothing more will happen: exit 0 when all were delivered (or nobody wants it: `event why` asks that), 7 when one was not, 8 when the time was up.'
  static override examples = [
    '<%= config.bin %> event send node.added --data \'{"name":"db-1","nebula_ip":"10.42.0.7"}\'',
    'From a file, and wait for the outcome:\n<%= config.bin %> event send dcim.site.created --data @site.json --wait --timeout 30s',
    'The events of a body that was captured, from whichever platform:\n<%= config.bin %> event send --from body.json',
    'Try a receiver with what NetBox 2.6 would send it:\n<%= config.bin %> event send dcim.site.created --example --as netbox@2.6 --to http://127.0.0.1:9000/ --secret-env HOOK_SECRET',
    'Many at once, one JSON object a line:\n<%= config.bin %> event send --ndjson events.ndjson',
  ]
  static override args = {type: optionalArgument({description: 'event type, like node.added'})}
  static override flags = {
    ...eventFlags,
    example: exampleFlag,
    ndjson: textFlag({
      description: 'file with one JSON object a line, - for stdin',
      helpValue: 'FILE',
      exclusive: ['data', 'example', 'wait'],
    }),
    coalesce: switchFlag({
      description: 'one event for all changes of one object within one request',
      dependsOn: ['ndjson'],
    }),
    from: textFlag({
      description: 'file with a captured body, - for stdin',
      helpValue: 'FILE',
      exclusive: ['data', 'example', 'ndjson', 'wait', 'to'],
    }),
    as: textFlag({description: 'platform whose envelope it is: netbox, netbox@2.6', helpValue: 'PLATFORM'}),
    to: textFlag({
      description: "send to this URL in place of the webhook's",
      helpValue: 'URL',
      dependsOn: ['as'],
      exclusive: ['ndjson', 'wait', 'idempotency-key'],
    }),
    header: repeatFlag({
      description: 'a header, like "Name: value"; may be repeated',
      helpValue: 'HEADER',
      dependsOn: ['to'],
    }),
    ...secretFlags,
    wait: switchFlag({description: 'wait until nothing more will happen'}),
    timeout: durationFlag({description: 'how long to wait at most', default: 30_000}),
  }
  protected override whenAbsent = 'make' as const

  async run() {
    const {organization, args, flags} = this
    if (flags.ndjson !== undefined) return this.sendLines(flags.ndjson)
    if (flags.from !== undefined) return this.importFrom(flags.from)
    if (args.type === undefined)
      throw usageError('missing_value', 'missing TYPE: which event?', {hint: 'hookctl event types lists them'})
    const client = await this.client()
    const input = await eventFrom(args.type, flags, client, {organization, surroundings: this.surroundings})
    if (flags.to !== undefined) return this.sendTo(flags.to, input)
    if (flags.as !== undefined)
      throw usageError('missing_value', '--as needs --to or --from', {hint: 'webhooks have platforms of their own'})
    const sent = await client.call('event.send', {organization, ...input})
    for (const line of warningsIn(sent)) this.notice(line)
    // Said before the wait: whoever ends it with Ctrl-C knows what was accepted.
    if (flags.wait && sent.deliveries.length > 0) this.notice(`accepted ${sent.event.id}; waiting for its deliveries`)
    const settled = await settleSent(
      client,
      organization,
      sent,
      flags,
      sayConnection(client, text => this.notice(text)),
    )
    const outcome = saySent(sent, settled, this.now())
    if (outcome.exitCode !== undefined) this.exitWith(outcome.exitCode)
    for (const line of outcome.notices) this.notice(line)
    if (sent.deliveries.length === 0) {
      const {sayNearType} = await import('../../src/cli/near-types.ts')
      for (const line of await sayNearType(client, organization, sent.event.type)) this.notice(line)
    }
    return this.done(
      {...sent.event, duplicate: sent.duplicate, deliveries: settled.deliveries, warnings: warningsIn(sent)},
      outcome.sentence,
      outcome.next,
    )
  }

  private async importFrom(file: string) {
    const {as: platform, context} = this.flags
    if (this.args.type !== undefined)
      throw usageError('unexpected_value', `--from ${file} holds the events: leave out ${this.args.type}`)
    const body = (await readBytes(file, this.surroundings)).toString('base64')
    const client = await this.client()
    const result = await client.call('event.import', {
      organization: this.organization,
      body,
      ...(platform === undefined ? {} : {platform}),
      ...(context === undefined ? {} : {contextId: context}),
    })
    for (const line of warningsIn(result)) this.notice(line)
    for (const line of await drainHere(client, this.organization, this.flags.timeout)) this.notice(line)
    if (this.layout.format === 'id')
      return this.list(
        result.eventIds.map(id => ({id})),
        [{key: 'id'}],
      )
    return this.done(result, `from a body of ${result.platform}: ${sayMany({...result, duplicates: 0})}`)
  }

  private async sendTo(to: string, {source: _, ...input}: EventInput) {
    const {as: platform = '', ...flags} = this.flags
    const {sendDirectly} = await import('../../src/cli/direct.ts')
    const request = {...input, organization: this.organization, platform}
    const context = {
      surroundings: this.surroundings,
      settings: this.settings,
      notice: (text: string) => this.notice(text),
      version: this.config.version,
    }
    const exchange = await sendDirectly(await this.client(), request, {...flags, to}, context)
    if (!exchange.success) this.answerNo()
    return this.one(exchange, exchangeColumns, directSections(exchange))
  }

  private async sendLines(file: string) {
    const many = await manyFrom(file, this.surroundings)
    const client = await this.client()
    const result = await sendMany(client, this.organization, many, this.flags.coalesce)
    for (const line of warningsIn(result)) this.notice(line)
    for (const line of await drainHere(client, this.organization, this.flags.timeout)) this.notice(line)
    if (this.layout.format === 'id')
      return this.list(
        result.eventIds.map(id => ({id})),
        [{key: 'id'}],
      )
    return this.done(result, sayMany(result))
  }
}
