import type {DeliveryFilter} from '../../domain/filters.ts'
import {wants} from '../../domain/subscription.ts'
import {batchesOf} from './batches.ts'
import type {Connection} from './connection.ts'
import {type Condition, distinct, equals, type ListQuestion, oneOf, type Stream} from './newest.ts'

const OF = {table: 'deliveries', time: 'created_at'}
/** Queues are looked up by organization: their webhooks have no deliveries of another. */
const implied = ['organization_id']
const UNUSUAL_STATUS = '(last_status < 200 OR last_status > 299)'

/** Row numbers of what a filter names; null where there is no such thing, and nothing can match. */
interface Named {
  readonly webhook: number | null | undefined
  readonly event: number | null | undefined
  readonly replayOf: number | null | undefined
}

/**
 * Which ranges of which index hold the deliveries of a filter. The narrowest first: an event, a replayed delivery,
 * a type, an unusual status, a class of error; else the queues by state, of which the counts tell the empty ones.
 */
export function deliveryQuestion(connection: Connection, organizationId: number, filter: DeliveryFilter): ListQuestion {
  const named: Named = {
    webhook: seqOf(connection, 'webhooks', filter.webhookId),
    event: seqOf(connection, 'events', filter.eventId),
    replayOf: seqOf(connection, 'deliveries', filter.replayOf),
  }
  const streams = Object.values(named).includes(null) ? [] : streamsOf(connection, organizationId, filter, named)
  const conditions = [
    ...equals('organization_id', organizationId),
    ...oneOf('state', filter.states),
    ...equals('webhook', named.webhook),
    ...(isByType(streams) ? [] : typeCondition(connection, organizationId, filter, named)),
    ...equals('trigger', filter.trigger),
    ...(filter.status === undefined ? [] : [statusBetween(filter.status)]),
    ...equals('last_error_class', filter.errorClass),
  ]
  return {of: OF, streams, conditions, since: filter.since, until: filter.until}
}

const isByType = ([first]: readonly Stream[]): boolean => first === undefined || 'event_type' in first.equal

const statusBetween = (values: readonly [number, number]): Condition => ({
  column: 'last_status',
  sql: 'last_status BETWEEN ? AND ?',
  values,
})

function seqOf(connection: Connection, table: string, id: string | undefined): number | null | undefined {
  if (id === undefined) return undefined
  const row = connection.prepare(`SELECT seq FROM ${table} WHERE id = ?`).get(id)
  return row === undefined ? null : (row.seq as number)
}

function streamsOf(
  connection: Connection,
  organizationId: number,
  filter: DeliveryFilter,
  {webhook, event, replayOf}: Named,
): readonly Stream[] {
  if (event != null) return byEvent(connection, event)
  if (replayOf !== undefined) {
    return [{index: 'deliveries_by_replay', equal: {replay_of: replayOf}, only: 'replay_of IS NOT NULL'}]
  }
  const organization = {organization_id: organizationId}
  if (isUnusual(filter.status)) return byStatus(connection, organization, filter.status)
  if (filter.errorClass !== undefined) {
    return [{index: 'deliveries_by_error', equal: {...organization, last_error_class: filter.errorClass}}]
  }
  const queues = queuesOf(connection, organizationId, filter, webhook ?? undefined)
  if (!namesTypes(filter) || isShort(queues)) {
    return queues.map(({webhook, state}) => ({index: 'deliveries_by_state', equal: {webhook, state}, implied}))
  }
  return byType(connection, filter, [...new Set(queues.map(queue => queue.webhook))])
}

/** Its own deliveries, and those of batches that it joined. */
const byEvent = (connection: Connection, event: number): readonly Stream[] => [
  {index: 'deliveries_by_event', equal: {event}},
  ...batchesOf(connection, event).map(batch => ({
    index: 'deliveries_by_batch',
    equal: {batch},
    only: 'batch IS NOT NULL',
  })),
]

const namesTypes = ({eventTypes}: DeliveryFilter): boolean => eventTypes !== undefined && !eventTypes.includes('*')

/** Outside 2xx: such answers have an index of their own, because they are the ones looked for and the fewer. */
const isUnusual = (status: DeliveryFilter['status']): status is readonly [number, number] =>
  status !== undefined && (status[1] < 200 || status[0] > 299)

function byStatus(connection: Connection, equal: {organization_id: number}, [from, to]: readonly [number, number]) {
  const range = {index: 'deliveries_by_status', equal, only: UNUSUAL_STATUS}
  return distinct<number>(connection, OF.table, range, 'last_status')
    .filter(status => status >= from && status <= to)
    .map(status => ({...range, equal: {...equal, last_status: status}}))
}

interface Queue {
  readonly webhook: number
  readonly state: string
  readonly n: number
}

/** The queues that are not empty, from the counts: deliveries of one webhook in one state. */
function queuesOf(
  connection: Connection,
  organizationId: number,
  {states}: DeliveryFilter,
  webhook: number | undefined,
): readonly Queue[] {
  const all = connection
    .prepare('SELECT webhook, state, n FROM delivery_counts WHERE organization_id = ? AND n > 0')
    .all(organizationId) as unknown as readonly Queue[]
  return all.filter(
    queue =>
      (webhook === undefined || queue.webhook === webhook) &&
      (states === undefined || states.some(state => state === queue.state)),
  )
}

/** So few deliveries that looking at each one's type costs less than finding the types. */
const isShort = (queues: readonly Queue[]): boolean => queues.reduce((sum, {n}) => sum + n, 0) <= 1000

function byType(
  connection: Connection,
  {eventTypes = ['*']}: DeliveryFilter,
  webhooks: readonly number[],
): readonly Stream[] {
  const index = 'deliveries_by_type'
  return webhooks.flatMap(webhook => {
    const types = distinct<string>(connection, OF.table, {index, equal: {webhook}}, 'event_type')
    return types
      .filter(type => wants({eventTypes}, type))
      .map(event_type => ({index, equal: {webhook, event_type}, implied}))
  })
}

/** The types by name, for ranges that are not of one type: those there are, matched by the one matcher of patterns. */
function typeCondition(connection: Connection, organizationId: number, filter: DeliveryFilter, {webhook}: Named) {
  if (!namesTypes(filter)) return []
  const queues = queuesOf(connection, organizationId, {}, webhook ?? undefined)
  const streams = byType(connection, filter, [...new Set(queues.map(queue => queue.webhook))])
  return oneOf('event_type', [...new Set(streams.map(stream => stream.equal.event_type as string))])
}
