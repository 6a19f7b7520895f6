import {type DeliveryState, deliveryStates} from '../../domain/delivery.ts'
import {leadsTo} from '../../domain/filter-grammar.ts'
import type {DeliveryFilter, StatusRange} from '../../domain/filters.ts'
import {wants} from '../../domain/subscription.ts'
import {isLost} from '../journeys.ts'
import {batchesOf} from './batches.ts'
import type {Connection} from './connection.ts'
import {type Condition, distinct, equals, type ListQuestion, oneOf, type Stream, statusBetween} from './newest.ts'

const OF = {table: 'deliveries', time: 'created_at'}
/** Queues are looked up by organization: their webhooks have no deliveries of another. */
const implied = ['organization_id']
const UNUSUAL_STATUS = '(last_status < 200 OR last_status > 299)'

/** Row numbers of what a filter names; null where there is no such thing, and nothing can match. */
interface Named {
  readonly webhook: number | null | undefined
  readonly event: number | null | undefined
  readonly replayOf: number | null | undefined
  readonly replay: number | null | undefined
}

/** Where a filter of a host leads: webhooks by row number, and URLs that replays were sent to. */
interface Hosted {
  readonly webhooks: readonly number[]
  readonly urls: readonly string[]
}

/**
 * Which ranges of which index hold the deliveries of a filter. The narrowest first: an event, a replayed delivery,
 * an object, what was never got, an unusual status, a class of error, a context, a type; else the queues by state, of
 * which the counts tell the empty ones. What a body says is looked at row by row.
 */
export function deliveryQuestion(connection: Connection, organizationId: number, filter: DeliveryFilter): ListQuestion {
  const named: Named = {
    webhook: seqOf(connection, 'webhooks', filter.webhookId),
    event: seqOf(connection, 'events', filter.eventId),
    replayOf: seqOf(connection, 'deliveries', filter.replayOf),
    replay: seqOf(connection, 'replays', filter.replayId),
  }
  const hosted = filter.host === undefined ? undefined : hostedAt(connection, organizationId, filter.host)
  const streams = Object.values(named).includes(null)
    ? []
    : streamsOf(connection, organizationId, filter, {...named, hosted})
  const conditions = [
    ...equals('organization_id', organizationId),
    ...oneOf('state', filter.states),
    ...equals('webhook', named.webhook),
    ...equals('replay', named.replay),
    ...(isByType(streams) ? [] : typeCondition(connection, organizationId, filter, named)),
    ...oneOf('trigger', filter.triggers),
    ...statusBetween('last_status', filter.statuses),
    ...oneOf('last_error_class', filter.errorClasses),
    ...equals('context_id', filter.contextId),
    ...equals('object_id', filter.object?.id),
    ...equals('object_type', filter.object?.type),
    ...equals('undelivered', filter.undelivered && 1),
    ...(hosted === undefined ? [] : [atHost(hosted)]),
    ...saying(filter.where),
  ]
  return {of: OF, streams, conditions, since: filter.since, until: filter.until}
}

const isByType = ([first]: readonly Stream[]): boolean => first === undefined || 'event_type' in first.equal

/** Which of these deliveries match: the same conditions, looked at row by row. */
export function matching(
  connection: Connection,
  organizationId: number,
  filter: DeliveryFilter,
  ids: readonly string[],
): readonly string[] {
  const {streams, conditions, since, until} = deliveryQuestion(connection, organizationId, filter)
  if (streams.length === 0) return []
  const event = filter.eventId === undefined ? undefined : seqOf(connection, 'events', filter.eventId)
  const webhook = seqOf(connection, 'webhooks', filter.webhookId)
  const all: readonly Condition[] = [
    ...conditions,
    ...(isByType(streams) ? typeCondition(connection, organizationId, filter, {webhook}) : []),
    ...(event == null ? [] : [ofEvent(connection, event)]),
    ...equals(
      'replay_of',
      filter.replayOf === undefined ? undefined : seqOf(connection, 'deliveries', filter.replayOf),
    ),
    ...(since === undefined ? [] : [{column: 'created_at', sql: 'created_at >= ?', values: [since]}]),
    ...(until === undefined ? [] : [{column: 'created_at', sql: 'created_at < ?', values: [until]}]),
  ]
  const where = all.map(({sql}) => `AND ${sql}`).join(' ')
  return connection
    .prepare(`SELECT id FROM deliveries WHERE id IN (SELECT value FROM json_each(?)) ${where}`)
    .all(JSON.stringify(ids), ...all.flatMap(({values}) => values))
    .map(({id}) => id as string)
}

const ofEvent = (connection: Connection, event: number): Condition => ({
  column: 'event',
  sql: '(event = ? OR batch IN (SELECT value FROM json_each(?)))',
  values: [event, JSON.stringify(batchesOf(connection, event))],
})

/** To a URL of its own, or to where its webhook leads now. */
const atHost = ({webhooks, urls}: Hosted): Condition => ({
  column: 'host',
  sql: `CASE WHEN to_url IS NULL THEN webhook IN (SELECT value FROM json_each(?))
    ELSE to_url IN (SELECT value FROM json_each(?)) END`,
  values: [JSON.stringify(webhooks), JSON.stringify(urls)],
})

/** A body is a blob, an event a text: the function tells them apart by that (./body-says.ts). */
function saying(where: DeliveryFilter['where']): readonly Condition[] {
  if (where === undefined || where.length === 0) return []
  const sql = `body_says(coalesce((SELECT bytes FROM bodies WHERE bodies.seq = body), (SELECT json_array(e.type,
    e.context_id, e.object_type, e.object_id, e.object_name, e.data, e.before, e.after) FROM events e WHERE e.seq = event)), ?)`
  return [{column: 'what it says', sql, values: [JSON.stringify(where)]}]
}

function hostedAt(connection: Connection, organizationId: number, host: string): Hosted {
  const webhooks = connection
    .prepare('SELECT seq, url FROM webhooks WHERE organization_id = ? AND deleted_at IS NULL')
    .all(organizationId)
    .filter(({url}) => leadsTo(url as string | null, host))
  const range = {index: 'deliveries_by_target', equal: {organization_id: organizationId}, only: 'to_url IS NOT NULL'}
  const urls = distinct<string>(connection, OF.table, range, 'to_url').filter(url => leadsTo(url, host))
  return {webhooks: webhooks.map(({seq}) => seq as number), urls}
}

function seqOf(connection: Connection, table: string, id: string | undefined): number | null | undefined {
  if (id === undefined) return undefined
  const row = connection.prepare(`SELECT seq FROM ${table} WHERE id = ?`).get(id)
  return row === undefined ? null : (row.seq as number)
}

function streamsOf(
  connection: Connection,
  organizationId: number,
  filter: DeliveryFilter,
  {webhook, event, replayOf, replay, hosted}: Named & {readonly hosted: Hosted | undefined},
): readonly Stream[] {
  if (event != null) return byEvent(connection, event)
  if (replayOf !== undefined) {
    return [{index: 'deliveries_by_replay', equal: {replay_of: replayOf}, only: 'replay_of IS NOT NULL'}]
  }
  if (replay != null) {
    return (filter.states ?? deliveryStates).map(state => ({
      index: 'deliveries_of_replay',
      equal: {replay, state},
      only: 'replay IS NOT NULL',
    }))
  }
  const organization = {organization_id: organizationId}
  if (filter.object !== undefined) {
    const equal = {...organization, object_id: filter.object.id}
    return [{index: 'deliveries_by_object', equal, only: "object_id <> ''"}]
  }
  const queues = queuesOf(connection, organizationId, filter, webhook ?? undefined).filter(
    // Where replays went there too, they may be in any queue.
    queue => hosted === undefined || hosted.urls.length > 0 || hosted.webhooks.includes(queue.webhook),
  )
  if (filter.undelivered) {
    return queues
      .filter(({state}) => isLost(state))
      .map(({webhook, state}) => ({
        index: 'deliveries_undelivered',
        equal: {webhook, state},
        only: 'undelivered = 1',
        implied: [...implied, 'undelivered'],
      }))
  }
  if (isUnusual(filter.statuses)) return byStatus(connection, organization, filter.statuses)
  if (filter.errorClasses !== undefined) {
    return [...new Set(filter.errorClasses)].map(last_error_class => ({
      index: 'deliveries_by_error',
      equal: {...organization, last_error_class},
    }))
  }
  if (filter.contextId !== undefined) {
    return [{index: 'deliveries_by_context', equal: {...organization, context_id: filter.contextId}}]
  }
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
const isUnusual = (statuses: DeliveryFilter['statuses']): statuses is readonly StatusRange[] =>
  statuses?.every(([from, to]) => to < 200 || from > 299) ?? false

function byStatus(connection: Connection, equal: {organization_id: number}, statuses: readonly StatusRange[]) {
  const range = {index: 'deliveries_by_status', equal, only: UNUSUAL_STATUS}
  return distinct<number>(connection, OF.table, range, 'last_status')
    .filter(status => statuses.some(([from, to]) => status >= from && status <= to))
    .map(status => ({...range, equal: {...equal, last_status: status}}))
}

interface Queue {
  readonly webhook: number
  readonly state: DeliveryState
  readonly n: number
}

/** The queues that are not empty, from the counts: deliveries of one webhook in one state. */
function queuesOf(
  connection: Connection,
  organizationId: number,
  {states}: DeliveryFilter,
  webhook: number | undefined,
): readonly Queue[] {
  const {sql, values} = webhook === undefined ? {sql: '', values: []} : {sql: 'AND webhook = ?', values: [webhook]}
  const all = connection
    .prepare(`SELECT webhook, state, n FROM delivery_counts WHERE organization_id = ? ${sql} AND n > 0`)
    .all(organizationId, ...values) as unknown as readonly Queue[]
  return states === undefined ? all : all.filter(queue => states.some(state => state === queue.state))
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
function typeCondition(
  connection: Connection,
  organizationId: number,
  filter: DeliveryFilter,
  {webhook}: Pick<Named, 'webhook'>,
) {
  if (!namesTypes(filter)) return []
  const queues = queuesOf(connection, organizationId, {}, webhook ?? undefined)
  const streams = byType(connection, filter, [...new Set(queues.map(queue => queue.webhook))])
  return oneOf('event_type', [...new Set(streams.map(stream => stream.equal.event_type as string))])
}
