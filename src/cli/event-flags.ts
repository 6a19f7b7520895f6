import type {EventInput} from '../api/events.ts'
import type {Client} from '../client/client.ts'
import {usageError} from '../errors.ts'
import {readJson} from './bytes.ts'
import {switchFlag, textFlag, timeFlag} from './flags.ts'
import {readJsonLines} from './json-lines.ts'
import {ownType} from './own-types.ts'
import type {Surroundings} from './surroundings.ts'

/** `example` too: `event types` shows what `event send` sends. */
export const exampleFlag = switchFlag({description: "use the catalog's example where nothing is given"})

export const objectFlags = {
  'object-type': textFlag({description: 'type of the object, like Node or dcim.site', helpValue: 'TYPE'}),
  'object-id': textFlag({description: 'id of the object', helpValue: 'ID'}),
}

export const sourceFlag = textFlag({
  description: 'part of your system that saw it happen; in lists also api, cli, hookctl and inbound:NAME',
  helpValue: 'NAME',
})

/** What can be said about an event. */
export const eventFlags = {
  data: textFlag({
    description: "the event's own part, or the whole object: JSON, @FILE or - for stdin",
    char: 'd',
    helpValue: 'JSON',
  }),
  ...objectFlags,
  'object-name': textFlag({description: 'name of the object', helpValue: 'NAME'}),
  before: textFlag({description: 'the object before: JSON or @FILE', helpValue: 'JSON'}),
  after: textFlag({description: 'the object after: JSON or @FILE', helpValue: 'JSON'}),
  extra: textFlag({description: 'what one platform needs besides: JSON or @FILE', helpValue: 'JSON'}),
  actor: textFlag({description: 'who did it', helpValue: 'NAME'}),
  at: timeFlag({description: 'the time to take instead of now'}),
  context: textFlag({description: 'context it belongs to; for a webhook, the only one it hears of', helpValue: 'ID'}),
  source: sourceFlag,
  'request-id': textFlag({description: 'id shared by the changes of one request', helpValue: 'ID'}),
  'idempotency-key': textFlag({description: 'a second event with this key is the first one again', helpValue: 'KEY'}),
}

interface Flags {
  readonly data?: string | undefined
  readonly 'object-type'?: string | undefined
  readonly 'object-id'?: string | undefined
  readonly 'object-name'?: string | undefined
  readonly before?: string | undefined
  readonly after?: string | undefined
  readonly extra?: string | undefined
  readonly actor?: string | undefined
  readonly at?: string | undefined
  readonly context?: string | undefined
  readonly source?: string | undefined
  readonly 'request-id'?: string | undefined
  readonly 'idempotency-key'?: string | undefined
  readonly example?: boolean | undefined
  /** The platform whose example it is; absent: the first one that knows the type. */
  readonly as?: string | undefined
}

/** The event the flags describe; with `--example` on top of the catalog's own. */
export async function eventFrom(
  type: string,
  flags: Flags,
  client: Client,
  {organization, surroundings}: {readonly organization: string; readonly surroundings: Surroundings},
): Promise<EventInput> {
  const json = async (flag: 'data' | 'before' | 'after' | 'extra') => {
    const value = flags[flag]
    return value === undefined ? undefined : readJson(flag, value, surroundings)
  }
  const [data, before, after, extra] = [
    await json('data'),
    await json('before'),
    await json('after'),
    await json('extra'),
  ]
  const object = objectFrom(flags)
  const base = flags.example ? await exampleOf({organization, type, platform: flags.as}, client) : {}
  return {
    ...base,
    type,
    source: flags.source ?? 'cli',
    ...(data === undefined ? {} : {data}),
    ...(before === undefined ? {} : {before}),
    ...(after === undefined ? {} : {after}),
    ...(extra === undefined ? {} : {extra: extra as Record<string, unknown>}),
    ...(object === undefined ? {} : {object}),
    ...(flags.actor === undefined ? {} : {actor: {kind: 'user' as const, name: flags.actor}}),
    ...(flags.at === undefined ? {} : {occurredAt: flags.at}),
    ...(flags.context === undefined ? {} : {contextId: flags.context}),
    ...(flags['request-id'] === undefined ? {} : {requestId: flags['request-id']}),
    ...(flags['idempotency-key'] === undefined ? {} : {idempotencyKey: flags['idempotency-key']}),
  }
}

function objectFrom(flags: Flags): EventInput['object'] {
  const {'object-type': type, 'object-id': id, 'object-name': name} = flags
  if (type === undefined && id === undefined && name === undefined) return undefined
  if (type === undefined || id === undefined) {
    throw usageError('incomplete_object', 'an object needs a type and an id', {
      hint: 'give --object-type and --object-id',
    })
  }
  return {type, id, ...(name === undefined ? {} : {name})}
}

interface ExampleQuestion {
  readonly organization: string
  readonly type: string
  /** Absent: one of the organization's own, or of the first platform that knows the type. */
  readonly platform: string | undefined
}

async function exampleOf(
  {organization, type, platform}: ExampleQuestion,
  client: Client,
): Promise<Partial<EventInput>> {
  const own = platform === undefined ? await ownType(client, organization, type) : null
  if (own !== null && own.example !== null) return {data: own.example}
  // The one asked for, under its full name: NetBox's site.created is dcim.site.created.
  const {items} = await client.call('event.types', {example: type, platform})
  return items[0]?.example as Partial<EventInput>
}

/** The events of a file, and failures of them by its lines. */
export interface ManyEvents {
  readonly events: readonly EventInput[]
  placed(error: unknown, from: number): unknown
}

/** The events of a file with one JSON object a line. @throws usage `invalid_json` naming the line, `no_events` */
export async function manyFrom(file: string, surroundings: Surroundings): Promise<ManyEvents> {
  const lines = await readJsonLines(file, surroundings, 'one event a line: {"type":"node.added","data":{…}}')
  if (lines.objects.length === 0)
    throw usageError('no_events', `${file === '-' ? 'stdin' : file} holds no events`, {hint: 'one JSON object a line'})
  return {
    events: lines.objects.map(event => ({source: 'cli', ...event}) as EventInput),
    placed: (error, from) => lines.placed(error, 'events', from),
  }
}
