import type {EventTypeView} from '../api/event-types.ts'
import type {Output, Parsed} from '../api/operations.ts'
import type {Event} from '../domain/event.ts'
import type {OwnEventType} from '../domain/event-type.ts'
import {type JsonText, parseJson} from '../domain/json.ts'
import type {Organization} from '../domain/organization.ts'
import {checkPattern} from '../domain/subscription.ts'
import {suggest} from '../domain/suggest.ts'
import {HookctlError, notFoundError, usageError} from '../errors.ts'
import type {Telling} from '../store/store.ts'
import {knownType} from './catalog.ts'
import {jsonSchema, mismatchError, mismatchOf} from './data-schema.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {toInstant, toMs} from './instants.ts'
import {jsonTextOf} from './json-text.ts'
import {tell} from './tell.ts'
import {takingTurns} from './turns.ts'

type In<N extends 'create' | 'list' | 'show' | 'edit' | 'delete' | 'check'> = Resolved<Parsed<`eventType.${N}`>>

/**
 * Describes an event type of an organization. From then on the data of such events has to fit its schema.
 *
 * @throws usage `bad_event_type`, `bad_schema`, `data_mismatch` for the example; too_large `payload_too_large`; conflict
 * `event_type_exists`
 */
export async function createEventType(
  deps: Deps,
  {organization, name, summary, schema, example, onMismatch}: In<'create'>,
  caller: Asking,
): Promise<Output<'eventType.create'>> {
  refuseName(name)
  refuseSpelling(name)
  const now = deps.now()
  const type: OwnEventType = {
    organizationId: organization.id,
    name,
    summary,
    schema: textOrNull(schema, 'schema'),
    example: textOrNull(example, 'example'),
    onMismatch,
    createdAt: now,
    updatedAt: now,
  }
  await refuseWrong(type)
  await deps.store.eventTypes.add(type, await eventTypeRecord(deps, caller, {after: type}))
  return eventTypeView(type, organization.slug)
}

/** The event types an organization has described, by name. */
export async function listOwnEventTypes(
  {store}: Deps,
  {organization, limit, cursor}: In<'list'>,
): Promise<Output<'eventType.list'>> {
  const {items, next} = await store.eventTypes.list(organization.id, {limit, cursor})
  return {items: items.map(type => eventTypeView(type, organization.slug)), next}
}

/** @throws not_found `event_type_not_found` */
export const showEventType = async (
  deps: Deps,
  {organization, eventType}: In<'show'>,
): Promise<Output<'eventType.show'>> =>
  eventTypeView(await findEventType(deps, organization, eventType), organization.slug)

/** Changes all but the name. What was accepted before stays as it is. @throws as `createEventType`, and not_found `event_type_not_found` */
export async function editEventType(
  deps: Deps,
  {organization, eventType, summary, schema, example, onMismatch}: In<'edit'>,
  caller: Asking,
): Promise<Output<'eventType.edit'>> {
  const before = await findEventType(deps, organization, eventType)
  const after: OwnEventType = {
    ...before,
    summary: summary ?? before.summary,
    schema: schema === undefined ? before.schema : textOrNull(schema, 'schema'),
    example: example === undefined ? before.example : textOrNull(example, 'example'),
    onMismatch: onMismatch ?? before.onMismatch,
    updatedAt: deps.now(),
  }
  await refuseWrong(after)
  await deps.store.eventTypes.replace(after, await eventTypeRecord(deps, caller, {before, after}), {was: before})
  return eventTypeView(after, organization.slug)
}

/** Its events stay; those to come may hold any data. @throws not_found `event_type_not_found` */
export async function deleteEventType(
  deps: Deps,
  {organization, eventType}: In<'delete'>,
  caller: Asking,
): Promise<Output<'eventType.delete'>> {
  const before = await findEventType(deps, organization, eventType)
  await deps.store.eventTypes.remove(before, await eventTypeRecord(deps, caller, {before}))
  return {name: before.name}
}

const MOST_MISFITS = 100

/**
 * Says whether data fits the schema of a type, or one that is only thought of: the data given, or that of its events.
 * Content that is no longer kept is passed over.
 *
 * @throws not_found `event_type_not_found`; usage `bad_schema`, `no_schema`
 */
export async function checkEventType(
  deps: Deps,
  {organization, eventType, schema, data, since, limit}: In<'check'>,
): Promise<Output<'eventType.check'>> {
  const wanted = schema === undefined ? await schemaOf(deps, organization, eventType) : textOrNull(schema, 'schema')
  if (wanted === null) throw noSchema(eventType)
  const {checkSchema, problemsOf} = await jsonSchema()
  checkSchema(wanted)
  const problems = (text: JsonText): string[] => [...problemsOf(wanted, text)]
  if (data !== undefined) {
    const found = problems(jsonTextOf(data, 'data') as JsonText)
    const fits = found.length === 0
    return {
      checked: 1,
      fits: fits ? 1 : 0,
      misfits: fits ? [] : [{eventId: null, acceptedAt: null, problems: found}],
    }
  }
  let [checked, fits] = [0, 0]
  const misfits: Output<'eventType.check'>['misfits'] = []
  const turn = takingTurns()
  for await (const event of eventsOf(deps, organization, nameOf(eventType), toMs(since), limit)) {
    checked++
    const found = problems(event.data)
    if (found.length === 0) fits++
    else if (misfits.length < MOST_MISFITS)
      misfits.push({eventId: event.id, acceptedAt: toInstant(event.acceptedAt), problems: found})
    const over = turn()
    if (over !== null) await over
  }
  return {checked, fits, misfits}
}

async function* eventsOf(
  {store}: Pick<Deps, 'store'>,
  organization: Organization,
  type: string,
  since: number | undefined,
  most: number,
): AsyncGenerator<Event> {
  let left = most
  let cursor: string | undefined
  do {
    const page = await store.events.list(organization.id, {types: [type], since}, {limit: Math.min(left, 100), cursor})
    const kept = page.items.filter(({contentGone}) => contentGone === undefined)
    yield* kept
    left -= kept.length
    cursor = page.next ?? undefined
  } while (cursor !== undefined && left > 0)
}

async function schemaOf(deps: Deps, organization: Organization, name: string): Promise<JsonText | null> {
  return (await findEventType(deps, organization, name)).schema
}

/** @throws not_found `event_type_not_found`, with the name that was probably meant */
async function findEventType({store}: Deps, organization: Organization, name: string): Promise<OwnEventType> {
  const type = await store.eventTypes.find(organization.id, name)
  if (type !== null) return type
  const {items} = await store.eventTypes.list(organization.id, {limit: 1000})
  const meant = suggest(
    name,
    items.map(item => item.name),
  )
  throw notFoundError('event_type_not_found', `no event type of your own is called "${name}"`, {
    path: 'eventType',
    hint: meant === undefined ? 'hookctl event-type list' : `did you mean "${meant}"?`,
  })
}

/** As events of this type are called: a platform may have another spelling, `dcim.site.created` of `site.created`. */
const nameOf = (name: string): string => knownType(name)?.type.name ?? name

function refuseName(name: string): void {
  const problem = checkPattern(name)
  if (problem === null && !name.includes('*')) return
  throw usageError('bad_event_type', problem?.message ?? `"${name}" is a pattern, and an event type has one name`, {
    path: 'name',
    hint: 'letters, digits, _ and - in parts joined by dots: order.created',
  })
}

/** No event would ever be called so. */
function refuseSpelling(name: string): void {
  const own = nameOf(name)
  if (own === name) return
  throw usageError('bad_event_type', `events of the type "${name}" are called "${own}"`, {
    path: 'name',
    hint: `name it ${own}`,
  })
}

/** Of a schema, and of an example. */
const MOST_BYTES = 64 * 1024

/** JSON text of what was given; null takes it away. */
function textOrNull(value: unknown, path: string): JsonText | null {
  const text = value === null ? null : jsonTextOf(value, path)
  if (text === null || Buffer.byteLength(text) <= MOST_BYTES) return text
  throw new HookctlError('too_large', 'payload_too_large', `${path} is larger than 64 KiB`, {
    path,
    hint: 'leave out what is only there to be read, like descriptions',
  })
}

async function refuseWrong(type: OwnEventType): Promise<void> {
  const {schema, example} = type
  if (schema === null) return
  const {checkSchema} = await jsonSchema()
  checkSchema(schema)
  const mismatch = example === null ? null : await mismatchOf(type, example)
  if (mismatch !== null) throw mismatchError({...mismatch, says: `of the example, ${mismatch.says}`}, 'example')
}

const noSchema = (name: string) =>
  usageError('no_schema', `the event type "${name}" has no schema: any data fits`, {
    path: 'schema',
    hint: 'give one to try: hookctl event-type check NAME --schema @FILE',
  })

export const eventTypeView = (type: OwnEventType, organization: string): EventTypeView => ({
  name: type.name,
  organization,
  summary: type.summary,
  schema: type.schema === null ? null : parseJson(type.schema),
  example: type.example === null ? null : parseJson(type.example),
  onMismatch: type.onMismatch,
  createdAt: toInstant(type.createdAt),
  updatedAt: toInstant(type.updatedAt),
})

function eventTypeRecord(
  deps: Deps,
  caller: Asking,
  {before, after}: {readonly before?: OwnEventType; readonly after?: OwnEventType},
): Promise<Telling> {
  const {name, organizationId} = (after ?? before) as OwnEventType
  const shown = ({summary, schema, example, onMismatch}: OwnEventType) => ({
    summary,
    schema: schema === null ? null : parseJson(schema),
    example: example === null ? null : parseJson(example),
    onMismatch,
  })
  return tell(deps, caller, {
    organizationId,
    change: before === undefined ? 'created' : after === undefined ? 'deleted' : 'changed',
    object: {type: 'EventType', id: name, name},
    ...(before === undefined ? {} : {before: shown(before)}),
    ...(after === undefined ? {} : {after: shown(after)}),
  })
}
