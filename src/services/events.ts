import type {Output, Parsed} from '../api/operations.ts'
import {coalesce} from '../domain/coalesce.ts'
import type {Delivery} from '../domain/delivery.ts'
import type {Organization} from '../domain/organization.ts'
import type {EventType} from '../domain/platform.ts'
import {notFoundError} from '../errors.ts'
import {platforms} from '../platforms/table.ts'
import {type AcceptedEvent, acceptEvents} from './accept.ts'
import {type Spoken, spokenAs} from './catalog.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {withOwnNames} from './event-object.ts'
import {exampleInput} from './examples.ts'
import {typePatterns} from './filters.ts'
import {toMs} from './instants.ts'
import {type NameOf, namesOf, namesOfAll} from './names.ts'
import {eventView} from './views.ts'

type Name = 'event.send' | 'event.sendMany' | 'event.list' | 'event.show' | 'event.types'
type In<N extends Name> = Resolved<Parsed<N>>
type SentDelivery = Output<'event.send'>['deliveries'][number]

/** Accepts an event; resolves once it is safely on disk. See `acceptEvents` for what it refuses. */
export async function sendEvent(
  deps: Deps,
  {organization, ...input}: In<'event.send'>,
  caller: Asking,
): Promise<Output<'event.send'>> {
  const [found] = (await acceptEvents(deps, caller, organization, [input])) as [AcceptedEvent]
  const {event, deliveries, accepted} = found
  if (accepted.duplicate) {
    return {...(await showEvent(deps, {organization, event: accepted.eventId})), duplicate: true, warnings: []}
  }
  return {
    event: eventView(event, organization.slug),
    duplicate: false,
    deliveries: sentAs(
      await namesOfAll(deps, organization),
      deliveries.map(({delivery}) => delivery),
    ),
    warnings: warningsOf([found]),
  }
}

/** Accepts many events: all of them or none. Every one is validated before any is stored. */
export async function sendEvents(
  deps: Deps,
  {organization, events: given, coalesce: together}: In<'event.sendMany'>,
  caller: Asking,
): Promise<Output<'event.sendMany'>> {
  const {events, indexes} = together
    ? coalesce(given.map((event, index) => withOwnNames(event, `events/${index}/`)))
    : {events: given, indexes: given.map((_, index) => index)}
  const path = (index: number) => `events/${indexes.indexOf(index)}/`
  const found = await acceptEvents(deps, caller, organization, events, path)
  const fresh = found.filter(({accepted}) => !accepted.duplicate)
  return {
    accepted: fresh.length,
    duplicates: found.length - fresh.length,
    deliveries: new Set(fresh.flatMap(({deliveries}) => deliveries.map(({delivery}) => delivery.id))).size,
    eventIds: indexes.map(index => (found[index] as AcceptedEvent).accepted.eventId),
    warnings: warningsOf(found),
  }
}

const MOST_WARNINGS = 100

/** Of events that were accepted all the same. */
export const warningsOf = (found: readonly AcceptedEvent[]): string[] =>
  found.flatMap(({warning}) => warning ?? []).slice(0, MOST_WARNINGS)

/** Events, newest first. */
export async function listEvents(
  {store}: Deps,
  {organization, type, objectType, objectId, requestId, source, since, until, limit, cursor}: In<'event.list'>,
): Promise<Output<'event.list'>> {
  const filter = {
    types: await typePatterns(type),
    objectType,
    objectId,
    requestId,
    source,
    since: toMs(since),
    until: toMs(until),
  }
  const {items, next} = await store.events.list(organization.id, filter, {limit, cursor})
  return {items: items.map(event => eventView(event, organization.slug)), next}
}

/** One event and its deliveries, oldest first. @throws not_found `event_not_found` */
export async function showEvent(
  deps: Deps,
  {organization, event: id}: In<'event.show'>,
): Promise<Output<'event.show'>> {
  const event = await deps.store.events.find(organization.id, id)
  if (event === null) throw notFoundError('event_not_found', `no event "${id}"`, {hint: 'hookctl event list'})
  const deliveries = await deliveriesOf(deps, organization, id)
  return {event: eventView(event, organization.slug), deliveries: sentAs(await namesOf(deps, deliveries), deliveries)}
}

/** Every delivery of an event, oldest first. */
export async function deliveriesOf({store}: Deps, organization: Organization, eventId: string): Promise<Delivery[]> {
  const found: Delivery[] = []
  let cursor: string | undefined
  do {
    const page = await store.deliveries.list(organization.id, {eventId}, {limit: 1000, cursor})
    found.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return found.reverse()
}

const sentAs = (names: NameOf, deliveries: readonly Delivery[]): SentDelivery[] =>
  deliveries.map(delivery => ({
    id: delivery.id,
    webhookId: delivery.webhookId,
    webhook: names(delivery),
    state: delivery.state,
    reason: delivery.reason,
  }))

/**
 * The catalogs: of every platform in its default version, or of the one named.
 *
 * @throws usage `unknown_platform`, not_found `event_type_not_found`
 */
export async function listEventTypes(
  _deps: Deps,
  {platform, example}: In<'event.types'>,
): Promise<Output<'event.types'>> {
  const asked = platform === undefined ? platforms.map(each => spokenAs(each.name)) : [spokenAs(platform)]
  if (example !== undefined) return {items: [exampleOf(asked, example)]}
  return {items: asked.flatMap(each => each.platform.eventTypes(each.version).map(type => typeView(each, type)))}
}

type TypeView = Output<'event.types'>['items'][number]

const typeView = ({platform}: Spoken, {name, category, summary}: EventType): TypeView => ({
  platform: platform.name,
  name,
  category,
  summary,
})

const samplesOf = ({samples}: EventType): Pick<TypeView, 'samples'> =>
  samples === undefined ? {} : {samples: samples.map(each => ({title: each.title, example: exampleInput(each)}))}

function exampleOf(asked: readonly Spoken[], name: string): TypeView {
  for (const each of asked) {
    const type = each.platform.eventType(each.version, name)
    if (type !== null) return {...typeView(each, type), example: exampleInput(type), ...samplesOf(type)}
  }
  throw notFoundError(
    'event_type_not_found',
    `${asked.length === 1 ? `${asked[0]?.name} knows no event type` : 'no platform knows the event type'} "${name}"`,
    {
      path: 'example',
      hint: 'hookctl event types',
    },
  )
}
