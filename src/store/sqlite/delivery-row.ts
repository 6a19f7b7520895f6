import type {
  ContentGone,
  Delivery,
  DeliveryReason,
  DeliveryState,
  DeliveryTrigger,
  ErrorClass,
} from '../../domain/delivery.ts'
import type {DueDelivery} from '../store.ts'
import type {Connection, Value} from './connection.ts'

/** Deliveries with what they refer to. */
export const FROM_DELIVERIES = `FROM deliveries d JOIN webhooks w ON w.seq = d.webhook JOIN events e ON e.seq = d.event
  LEFT JOIN deliveries r ON r.seq = d.replay_of`

/**
 * A delivery as a list, with the ids of what it refers to. As an object of so many members a row would take three times
 * as long to read.
 */
type DeliveryColumns = readonly [
  ...[id: string, organizationId: number, webhookId: string, eventId: string, eventType: string, eventCount: number],
  ...[trigger: DeliveryTrigger, replayOf: string | null, toUrl: string | null, rule: string | null],
  ...[state: DeliveryState, reason: DeliveryReason | null, dueAt: number | null, attempts: number],
  ...[lastStatus: number | null, lastErrorClass: ErrorClass | null, createdAt: number, finishedAt: number | null],
  ...[bodyBytes: number | null, contentGone: ContentGone | null],
]

/** In this order, of `FROM_DELIVERIES`. */
const DELIVERY_COLUMNS = `d.id, d.organization_id, w.id, e.id, d.event_type, d.event_count, d.trigger, r.id, d.to_url, d.rule,
  d.state, d.reason, d.due_at, d.attempts, d.last_status, d.last_error_class, d.created_at, d.finished_at, d.body_bytes,
  d.content_gone`

function deliveryOf(columns: readonly [...DeliveryColumns, ...unknown[]]): Delivery {
  const [id, organizationId, webhookId, eventId, eventType, eventCount, trigger, replayOf, toUrl, rule, ...more] =
    columns
  const [state, reason, dueAt, attempts, lastStatus, lastErrorClass, createdAt, finishedAt, bodyBytes, contentGone] =
    more
  const of = {organizationId, webhookId, eventId, eventType, eventCount, trigger, replayOf, toUrl, rule}
  const is = {state, reason, dueAt, attempts, lastStatus, lastErrorClass, createdAt, finishedAt, bodyBytes}
  return {id, ...of, ...is, ...(contentGone === null ? {} : {contentGone})}
}

/** The delivery of which `where` holds: a condition on `d`, by a key. */
export function findDelivery(
  {prepareLists}: Pick<Connection, 'prepareLists'>,
  where: string,
  ...values: readonly Value[]
): Delivery | null {
  const row = prepareLists(`SELECT ${DELIVERY_COLUMNS} ${FROM_DELIVERIES} WHERE ${where}`).get(...values)
  return row === undefined ? null : deliveryOf(row as unknown as DeliveryColumns)
}

/** A due delivery without its body: as it is read, and as it goes from thread to thread. */
export type DueColumns = readonly [...DeliveryColumns, hops: number]

export const DUE_COLUMNS = `${DELIVERY_COLUMNS}, e.hops`

export const toDue = (columns: DueColumns, body: Uint8Array): DueDelivery => ({
  delivery: deliveryOf(columns),
  hops: columns[20],
  body,
})

export const fromDue = ({delivery: d, hops}: DueDelivery): DueColumns => [
  ...([d.id, d.organizationId, d.webhookId, d.eventId, d.eventType, d.eventCount, d.trigger, d.replayOf] as const),
  ...([d.toUrl, d.rule, d.state, d.reason, d.dueAt, d.attempts, d.lastStatus, d.lastErrorClass] as const),
  ...([d.createdAt, d.finishedAt, d.bodyBytes, d.contentGone ?? null, hops] as const),
]
