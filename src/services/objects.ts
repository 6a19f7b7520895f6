import type {AppliedObject, ObjectView} from '../api/objects.ts'
import type {Output, Parsed} from '../api/operations.ts'
import {parseJson} from '../domain/json.ts'
import type {Organization} from '../domain/organization.ts'
import type {Platform} from '../domain/platform.ts'
import {suggest} from '../domain/suggest.ts'
import type {ObjectKey, TrackedObject} from '../domain/tracked.ts'
import {notFoundError, usageError} from '../errors.ts'
import type {ObjectWrite, SeenObject, Telling} from '../store/store.ts'
import {checkSource, refuseBroken, refuseOverload} from './accept.ts'
import {spokenAs} from './catalog.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import type {Target} from './fan-out.ts'
import {toInstant} from './instants.ts'
import {jsonTextOf} from './json-text.ts'
import {inItsContext, knownContexts} from './known-contexts.ts'
import {acceptanceOf, eventOf, targetsIn} from './tell.ts'
import {type Report, type Tracked, track} from './track.ts'

type In<N extends 'apply' | 'list' | 'show' | 'delete'> = Resolved<Parsed<`object.${N}`>>
type Applied = Output<'object.apply'>

/**
 * Takes reports of how objects are now. What is not as it was becomes a history row, and the event that its platform
 * has for it goes to every webhook that wants it; what is as it was leaves no trace. All of them or none, in one
 * durable transaction.
 *
 * @throws usage `unknown_platform`, `unknown_object_type`, `missing_object_id`, `missing_data`, `unknown_context`,
 * `reserved_source`, `too_deep`; too_large `payload_too_large`; conflict `object_changed` when others do not stop
 * reporting the same object
 */
export async function applyObjects(deps: Deps, {organization, objects}: In<'apply'>, caller: Asking): Promise<Applied> {
  const reports = await readReports(deps, organization, objects)
  return applyReports(deps, caller, organization, reports, objects.length)
}

async function readReports(
  deps: Deps,
  organization: Organization,
  given: In<'apply'>['objects'],
): Promise<readonly Report[]> {
  const objects: In<'apply'>['objects'] = []
  for (const each of given) objects.push(await inItsContext(deps, organization, spokenAs(each.platform).platform, each))
  const path = (index: number) => `objects/${index}/`
  const named = objects.flatMap(({contextId: id}, index) =>
    id === undefined ? [] : [{id, path: `${path(index)}contextId`}],
  )
  const contexts = await knownContexts(deps, organization, named)
  const reports = objects.map((given, index): Report => {
    checkSource(given.source, path(index))
    if (given.data === undefined && given.deleted !== true) throw missingData(path(index))
    return {
      key: keyOf(organization, given, path(index)),
      path: path(index),
      given,
      contextName: contexts.get(given.contextId ?? '')?.name ?? null,
      indexes: [index],
      data: given.data,
    }
  })
  return joinRequests(reports)
}

const missingData = (path: string) =>
  usageError('missing_data', 'the object has no data: report its whole state, or that it is deleted', {
    path: `${path}data`,
    hint: '--data JSON, or hookctl object delete',
  })

/** @throws usage `unknown_object_type`, `missing_object_id` */
function keyOf(organization: Organization, {platform: name, type, id}: Omit<ObjectKey, 'organizationId'>, path = '') {
  const {platform} = spokenAs(name)
  const canonical = platform.objectType?.(type) ?? null
  if (canonical === null) {
    throw usageError('unknown_object_type', `${platform.name} has no objects of type "${type}"`, {
      path: `${path}type`,
      hint: typeHint(platform, type),
    })
  }
  if (id === '') throw usageError('missing_object_id', 'an object needs an id', {path: `${path}id`})
  return {organizationId: organization.id, platform: platform.name, type: canonical, id}
}

/** The types the catalog names where they are few, the nearest one where they are many. */
function typeHint({eventTypes, defaultVersion}: Platform, type: string): string {
  const types = eventTypes(defaultVersion).flatMap(({change}) => change?.objectType ?? [])
  const known = [...new Set(types)]
  const near = suggest(type, known)
  if (near !== undefined) return `did you mean ${near}?`
  return known.length <= 20 ? `it has ${known.join(', ')}` : `write it like ${known[0]}`
}

/** Reports of one object that name the same request are one, in the place of the first: NetBox does so (enqueue_event). */
function joinRequests(reports: readonly Report[]): readonly Report[] {
  const joined: Report[] = []
  const open = new Map<string, number>()
  for (const report of reports) {
    const object = JSON.stringify(Object.values(report.key))
    const at = open.get(object)
    const first = at === undefined ? undefined : joined[at]
    if (at !== undefined && first !== undefined && isOneRequest(first, report)) joined[at] = merged(first, report)
    else open.set(object, joined.push(report) - 1)
  }
  return joined
}

/** What comes after a deletion is another object under the same id. */
const isOneRequest = ({given}: Report, next: Report): boolean =>
  given.requestId !== undefined && given.requestId === next.given.requestId && given.deleted !== true

const merged = (first: Report, next: Report): Report => ({
  ...next,
  given: {...first.given, ...next.given},
  indexes: [...first.indexes, ...next.indexes],
  data: next.data ?? first.data,
})

interface Told extends Tracked {
  readonly telling: Telling | null
}

async function applyReports(
  deps: Deps,
  caller: Asking,
  organization: Organization,
  reports: readonly Report[],
  count: number,
): Promise<Applied> {
  await refuseOverload(deps)
  const keys = new Map(reports.map(({key}) => [JSON.stringify(Object.values(key)), key]))
  const found = await deps.store.objects.find([...keys.values()])
  const seen = new Map([...keys.keys()].map((name, index) => [name, found[index] ?? null]))
  const targets = await targetsIn(deps, organization.id)
  const now = new Map<string, TrackedObject | null>(seen)
  const told = reports.map((report): Told => {
    const name = JSON.stringify(Object.values(report.key))
    const tracked = track(deps, caller, report, now.get(name) ?? null)
    now.set(name, tracked.object)
    return {...tracked, telling: tellingOf(deps, caller, tracked, targets)}
  })
  const writes = [...keys].flatMap(([name, key]) => writeOf(key, seen.get(name) ?? null, now.get(name) ?? null))
  const tellings = told.flatMap(({telling}) => (telling === null ? [] : [telling]))
  if (writes.length + tellings.length > 0) await deps.store.objects.write(writes, tellings)
  return answer(told, count)
}

/** Nothing is written for an object that was reported as it is known. */
function writeOf(key: ObjectKey, seen: SeenObject | null, object: TrackedObject | null): ObjectWrite[] {
  if (object === null && seen === null) return []
  const isKnown =
    seen !== null &&
    object !== null &&
    object.data === seen.data &&
    object.name === seen.name &&
    object.contextId === seen.contextId &&
    JSON.stringify(object.secrets) === JSON.stringify(seen.secrets)
  return isKnown ? [] : [{key, seen: seen?.seen ?? null, object}]
}

function tellingOf(
  deps: Deps,
  caller: Asking,
  {change, rotated, report}: Tracked,
  targets: readonly Target[],
): Telling | null {
  if (change === null) return null
  const {key, given} = report
  const spoken = spokenAs(key.platform)
  const {platform} = spoken
  const extra = jsonTextOf(given.extra, `${report.path}extra`)
  const raised = (platform.eventsOf?.(change) ?? [])
    .filter(({type}) => platform.versions.some(each => platform.eventType(each, type) !== null))
    .map(event => {
      const from = {organizationId: key.organizationId, source: given.source ?? caller.via}
      const told = eventOf(deps, {...event, extra: event.extra ?? extra}, change, from)
      refuseBroken(told, spoken, report.path)
      return acceptanceOf(deps, told, targets)
    })
  return {
    id: deps.newId('hst'),
    organizationId: key.organizationId,
    at: deps.now(),
    change: change.change,
    object: change.object,
    actor: change.actor,
    requestId: change.requestId,
    eventId: raised[0]?.event.id ?? null,
    ...(change.contextId === null ? {} : {contextId: change.contextId}),
    before: change.before,
    after: change.after,
    ...(rotated.length === 0 ? {} : {rotated}),
    ...(raised.length === 0 ? {} : {raised}),
  }
}

function answer(told: readonly Told[], count: number): Applied {
  const items = new Array<AppliedObject>(count)
  const total = {created: 0, changed: 0, deleted: 0, unchanged: 0, events: 0, deliveries: 0}
  for (const {report, change, telling, object} of told) {
    const raised = telling?.raised ?? []
    const kind = change?.change ?? 'unchanged'
    total[kind] += 1
    total.events += raised.length
    total.deliveries += raised.reduce((sum, {deliveries}) => sum + deliveries.length, 0)
    const {platform, type, id} = report.key
    const item: AppliedObject = {
      platform,
      type,
      id,
      name: change?.object.name ?? object?.name ?? '',
      change: kind,
      historyId: telling?.id ?? null,
      events: raised.map(({event}) => ({id: event.id, type: event.type})),
    }
    for (const index of report.indexes) items[index] = item
  }
  return {...total, items}
}

/** Tracked objects, by platform, type and id. */
export async function listObjects(
  {store}: Deps,
  {organization, platform: name, type, text, limit, cursor}: In<'list'>,
): Promise<Output<'object.list'>> {
  const platform = name === undefined ? undefined : spokenAs(name).platform
  const canonical = type === undefined ? undefined : (platform?.objectType?.(type) ?? type)
  const filter = {platform: platform?.name, type: canonical, text}
  const {items, next} = await store.objects.list(organization.id, filter, {limit, cursor})
  return {items: items.map(object => objectView(object, organization.slug)), next}
}

/** One tracked object as it was last reported. @throws not_found `object_not_found` */
export async function showObject({store}: Deps, {organization, ...given}: In<'show'>): Promise<Output<'object.show'>> {
  const key = keyOf(organization, given)
  const [object] = await store.objects.find([key])
  if (object == null) throw notTracked(key)
  return objectView(object, organization.slug)
}

/** Takes the report that an object is gone. @throws not_found `object_not_found` */
export async function deleteObject(
  deps: Deps,
  {organization, requestId, ...given}: In<'delete'>,
  caller: Asking,
): Promise<Output<'object.delete'>> {
  const key = keyOf(organization, given)
  const [object] = await deps.store.objects.find([key])
  if (object == null) throw notTracked(key)
  const {platform, type, id} = key
  const report = {platform, type, id, deleted: true, ...(requestId === undefined ? {} : {requestId})}
  return applyObjects(deps, {organization, objects: [report]}, caller)
}

const notTracked = ({platform, type, id}: ObjectKey) =>
  notFoundError('object_not_found', `no ${type} ${id} of ${platform} is tracked`, {
    hint: `hookctl object list --platform ${platform}`,
  })

const objectView = (object: TrackedObject, organization: string): ObjectView => ({
  organization,
  platform: object.platform,
  type: object.type,
  id: object.id,
  name: object.name,
  contextId: object.contextId,
  data: parseJson(object.data),
  createdAt: toInstant(object.createdAt),
  updatedAt: toInstant(object.updatedAt),
})
