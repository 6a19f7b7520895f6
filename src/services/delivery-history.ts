import type {Attempt, Delivery} from '../domain/delivery.ts'
import type {HistoryFilter} from '../domain/filters.ts'
import type {HistoryEntry} from '../domain/history.ts'
import {toJsonText} from '../domain/json.ts'
import type {Page, PageRequest} from '../domain/page.ts'
import {usageError} from '../errors.ts'
import type {Deps} from './deps.ts'

const TYPE = 'WebhookDelivery'
const system = {kind: 'system', name: null} as const

/**
 * Whether a question is about deliveries. Their changes are read from deliveries and attempts, which keep every one of
 * them already: a second record of the same would cost each delivery as much again as its attempt.
 */
export const asksForDeliveries = ({objectTypes, objectId}: HistoryFilter): boolean =>
  (objectTypes?.length === 1 && objectTypes[0] === TYPE) || (objectTypes === undefined && isDeliveryId(objectId))

const isDeliveryId = (id: string | undefined): boolean => id !== undefined && /^dlv_[0-9a-f]{32}$/.test(id)

/**
 * Every change of deliveries, those of the newest delivery first: created by the fan-out or by who asked for a replay,
 * changed by each attempt, cancelled by who did it. Not deleted: deliveries stay.
 */
export async function deliveryHistory(
  deps: Pick<Deps, 'store'>,
  organizationId: number,
  filter: HistoryFilter,
  {limit, cursor}: PageRequest,
): Promise<Page<HistoryEntry>> {
  const place = readCursor(cursor)
  const found = await deliveriesOf(deps, organizationId, filter, {limit, cursor: place.at ?? undefined})
  const entries = (await Promise.all(found.items.map(delivery => changesOf(deps, delivery)))).flatMap(each =>
    each.toReversed(),
  )
  const rows = entries.filter(entry => fits(entry, filter)).sort((a, b) => b.at - a.at)
  const shown = rows.slice(place.skip, place.skip + limit)
  const isCut = rows.length > place.skip + limit
  if (isCut) return {items: shown, next: writeCursor({at: place.at, skip: place.skip + limit})}
  return {items: shown, next: found.next === null ? null : writeCursor({at: found.next, skip: 0})}
}

/** One of these changes by its id, or null. */
export async function deliveryChange(
  deps: Pick<Deps, 'store'>,
  organizationId: number,
  id: string,
): Promise<HistoryEntry | null> {
  const [deliveryId = ''] = id.split('.')
  const delivery = isDeliveryId(deliveryId) ? await deps.store.deliveries.find(organizationId, deliveryId) : null
  return delivery === null ? null : ((await changesOf(deps, delivery)).find(entry => entry.id === id) ?? null)
}

async function deliveriesOf(
  {store}: Pick<Deps, 'store'>,
  organizationId: number,
  {objectId}: HistoryFilter,
  page: PageRequest,
): Promise<Page<Delivery>> {
  if (objectId === undefined) return store.deliveries.list(organizationId, {}, page)
  const delivery = await store.deliveries.find(organizationId, objectId)
  return {items: delivery === null ? [] : [delivery], next: null}
}

/** Oldest first. What a person did is in the history itself, and comes from there. */
async function changesOf({store}: Pick<Deps, 'store'>, delivery: Delivery): Promise<HistoryEntry[]> {
  const {organizationId, id} = delivery
  const [attempts, told] = await Promise.all([
    store.deliveries.attempts(id),
    store.history.list(organizationId, {objectTypes: [TYPE], objectId: id}, {limit: 1000}),
  ])
  const isCreationTold = told.items.some(({change}) => change === 'created')
  const isEndTold = told.items.some(({change}) => change === 'changed')
  return [
    ...(isCreationTold ? [] : [creation(delivery, attempts)]),
    ...told.items.toReversed(),
    ...attempts.map((attempt, index) => attemptChange(delivery, attempt, index === attempts.length - 1 && !isEndTold)),
    ...(isEndTold ? [] : ending(delivery, attempts)),
  ]
}

const entryOf = (
  {id, organizationId, eventId}: Delivery,
  part: string,
  own: Pick<HistoryEntry, 'at' | 'change' | 'before' | 'after'>,
): HistoryEntry => ({
  id: `${id}.${part}`,
  organizationId,
  object: {type: TYPE, id, name: id},
  actor: system,
  requestId: '',
  eventId,
  ...own,
})

/** Decided when its event was accepted: there was never anything to wait for. */
const isStillborn = ({state, reason}: Delivery, attempts: readonly Attempt[]): boolean =>
  attempts.length === 0 && (state === 'skipped' || reason === 'render_failed')

function creation(delivery: Delivery, attempts: readonly Attempt[]): HistoryEntry {
  const {state, reason, createdAt, finishedAt} = delivery
  const isOver = isStillborn(delivery, attempts) && finishedAt === createdAt
  const after = toJsonText(isOver ? {state, reason} : {state: 'pending'})
  return entryOf(delivery, 'created', {at: createdAt, change: 'created', before: null, after})
}

function attemptChange(delivery: Delivery, attempt: Attempt, isLast: boolean): HistoryEntry {
  const {number, startedAt, durationMs, status, errorClass} = attempt
  const answer = {...(status === null ? {} : {status}), ...(errorClass === null ? {} : {errorClass})}
  const after = {state: isLast ? delivery.state : 'pending', attempts: number, ...answer}
  return entryOf(delivery, String(number), {
    at: Math.round(startedAt + durationMs),
    change: 'changed',
    before: toJsonText({state: 'pending', attempts: number - 1}),
    after: toJsonText(after),
  })
}

/** Over without an attempt that ended it: skipped when it was its turn, or cancelled with its webhook. */
function ending(delivery: Delivery, attempts: readonly Attempt[]): HistoryEntry[] {
  const {state, reason, finishedAt, createdAt} = delivery
  if (finishedAt === null || (state !== 'skipped' && state !== 'cancelled')) return []
  if (isStillborn(delivery, attempts) && finishedAt === createdAt) return []
  const [before, after] = [{state: 'pending'}, {state, reason}].map(toJsonText)
  return [entryOf(delivery, 'end', {at: finishedAt, change: 'changed', before: before ?? null, after: after ?? null})]
}

function fits({change, actor, at}: HistoryEntry, filter: HistoryFilter): boolean {
  const {changes, since = 0, until = Number.POSITIVE_INFINITY} = filter
  const name = [actor.name, actor.email].filter(text => text).join(' ')
  return (
    (changes === undefined || changes.includes(change)) &&
    (filter.actor === undefined || (name !== '' && name.toLowerCase().includes(filter.actor.toLowerCase()))) &&
    at >= since &&
    at < until
  )
}

interface Place {
  /** Of the store's list of deliveries; null is its beginning. */
  readonly at: string | null
  /** Changes of that page that were shown already. */
  readonly skip: number
}

const writeCursor = ({at, skip}: Place): string => `deliveries.${skip}.${at ?? ''}`

function readCursor(cursor: string | undefined): Place {
  if (cursor === undefined) return {at: null, skip: 0}
  const [, skip, at] = /^deliveries\.(\d{1,9})\.(.*)$/s.exec(cursor) ?? []
  if (skip === undefined) throw usageError('bad_cursor', `not a cursor of this list: "${cursor}"`, {path: 'cursor'})
  return {at: at === '' ? null : (at ?? null), skip: Number(skip)}
}
