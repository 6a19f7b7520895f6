import type {ObjectInput} from '../api/objects.ts'
import type {Output} from '../api/operations.ts'
import {usageError} from '../errors.ts'
import {readJson} from './bytes.ts'
import {counted} from './counted.ts'
import {eventFlags} from './event-flags.ts'
import {listFlag, textFlag} from './flags.ts'
import {readJsonLines} from './json-lines.ts'
import type {Surroundings} from './surroundings.ts'
import {platformFlag} from './webhook-flags.ts'

const {data, actor, at, context, extra, source} = eventFlags

/** What can be said about an object's state. */
export const applyFlags = {
  platform: platformFlag,
  'object-type': eventFlags['object-type'],
  'object-id': eventFlags['object-id'],
  'object-name': eventFlags['object-name'],
  data,
  secret: listFlag({description: 'members of the data to mask, besides those called like secrets', helpValue: 'NAMES'}),
  actor,
  at,
  context,
  source,
  'request-id': eventFlags['request-id'],
  extra,
  ndjson: textFlag({
    description: 'file with one JSON object a line, - for stdin',
    helpValue: 'FILE',
    exclusive: ['data', 'object-id', 'object-name'],
  }),
}

interface Flags {
  readonly platform?: string | undefined
  readonly 'object-type'?: string | undefined
  readonly 'object-id'?: string | undefined
  readonly 'object-name'?: string | undefined
  readonly data?: string | undefined
  readonly secret?: readonly string[] | undefined
  readonly actor?: string | undefined
  readonly at?: string | undefined
  readonly context?: string | undefined
  readonly source?: string | undefined
  readonly 'request-id'?: string | undefined
  readonly extra?: string | undefined
  readonly ndjson?: string | undefined
}

export interface GivenObjects {
  readonly objects: ObjectInput[]
  /** A failure of them, by the lines of the file where there is one. */
  placed(error: unknown): unknown
}

/** The objects that flags and file describe: what a line says itself comes before what the flags say of all. */
export async function objectsFrom(flags: Flags, surroundings: Surroundings): Promise<GivenObjects> {
  const all = await sharedBy(flags, surroundings)
  if (flags.ndjson !== undefined) {
    const {objects, placed} = await readJsonLines(flags.ndjson, surroundings, LINE)
    if (objects.length > 0) {
      return {
        objects: objects.map(line => ({...all, ...line}) as ObjectInput),
        placed: error => placed(error, 'objects'),
      }
    }
    throw usageError('no_objects', `${flags.ndjson === '-' ? 'stdin' : flags.ndjson} holds no objects`, {hint: LINE})
  }
  const id = given(flags, 'object-id')
  const data = await readJson('data', given(flags, 'data'), surroundings)
  const name = flags['object-name']
  const object = {...all, id, data, ...(name === undefined ? {} : {name})} as ObjectInput
  return {objects: [object], placed: error => error}
}

const LINE = 'one object a line: {"platform":"netbox","type":"dcim.site","id":54,"data":{…}}'

async function sharedBy(flags: Flags, surroundings: Surroundings): Promise<Partial<ObjectInput>> {
  const isAlone = flags.ndjson === undefined
  const platform = isAlone ? given(flags, 'platform') : flags.platform
  const type = isAlone ? given(flags, 'object-type') : flags['object-type']
  const {actor, at, context, source = 'cli', secret, extra} = flags
  const requestId = flags['request-id']
  return {
    source,
    ...(platform === undefined ? {} : {platform}),
    ...(type === undefined ? {} : {type}),
    ...(actor === undefined ? {} : {actor: {kind: 'user', name: actor}}),
    ...(at === undefined ? {} : {occurredAt: at}),
    ...(context === undefined ? {} : {contextId: context}),
    ...(requestId === undefined ? {} : {requestId}),
    ...(secret === undefined ? {} : {secrets: [...secret]}),
    ...(extra === undefined ? {} : {extra: (await readJson('extra', extra, surroundings)) as Record<string, unknown>}),
  }
}

function given(flags: Flags, name: 'platform' | 'object-type' | 'object-id' | 'data'): string {
  const value = flags[name]
  if (value !== undefined) return value
  throw usageError('missing_value', `--${name} is missing: which object, and how is it now?`, {
    hint: 'give --platform, --object-type, --object-id and --data, or --ndjson FILE with many',
  })
}

type Applied = Output<'object.apply'>

/** One sentence for one object, the numbers for many. */
export function sayApplied({items, created, changed, deleted, unchanged, events, deliveries}: Applied): string {
  const raised = `${counted(events, 'event', 'events')} raised, ${counted(deliveries, 'delivery', 'deliveries')}`
  const [only, ...others] = items
  if (only === undefined || others.length > 0) {
    return `${created} created, ${changed} changed, ${deleted} deleted, ${unchanged} unchanged; ${raised}`
  }
  const named = `${only.type} ${only.name || only.id}`
  if (only.change === 'unchanged') return `${named} is as it was: nothing recorded`
  const types = only.events.map(({type}) => type)
  return `${only.change} ${named}; ${types.length === 0 ? 'no event for that' : `raised ${types.join(', ')}, ${counted(deliveries, 'delivery', 'deliveries')}`}`
}
