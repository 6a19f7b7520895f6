import {
  type ContentGone,
  type Delivery,
  type DeliveryState,
  type DeliveryTrigger,
  isFinished,
} from '../../domain/delivery.ts'
import {isLost} from '../journeys.ts'
import {journeysOf, NEVER_GOT, settleJourney} from './journeys.ts'
import type {Transaction} from './transaction.ts'

/** What a change of state sets on a delivery. */
export type End = Pick<Delivery, 'state' | 'reason' | 'dueAt' | 'finishedAt'>

/** The same of a whole queue. None is skipped as a whole: the feed would have to tell of each. */
export type QueueEnd = End & {readonly state: Exclude<DeliveryState, 'skipped'>}

/** What is needed of a delivery to change its state: its row number, its state, whose it is, and how it is counted. */
export interface Placed extends Pick<Delivery, 'toUrl'> {
  readonly seq: number
  readonly organizationId: number
  readonly webhook: number
  readonly eventType: string
  readonly trigger: DeliveryTrigger
  readonly state: DeliveryState
  /** Row number of the delivery that began its journey; null on that one. */
  readonly journey: number | null
  /** Only of one that is over its content goes. */
  readonly contentGone?: ContentGone | null
}

export function placed({connection}: Pick<Transaction, 'connection'>, deliveryId: string): Placed | null {
  const row = connection
    .prepare(`SELECT seq, organization_id AS organizationId, webhook, event_type AS eventType, trigger, state,
      to_url AS toUrl, journey, content_gone AS contentGone
      FROM deliveries WHERE id = ?`)
    .get(deliveryId)
  return row === undefined ? null : (row as unknown as Placed)
}

/** Says to the counts, the feed and the journey that a delivery went over into another state. */
export function announce(transaction: Transaction, delivery: Placed, to: DeliveryState) {
  const {seq, organizationId, webhook, state, journey} = delivery
  if (state === to) return
  if (journey !== null || isLost(state) || isLost(to)) settleJourney(transaction.connection, journey ?? seq)
  transaction.count(organizationId, webhook, state, -1)
  transaction.count(organizationId, webhook, to, 1)
  if (to === 'skipped') transaction.feed(organizationId, 'skipped', seq)
}

export function moveDelivery(
  transaction: Transaction,
  delivery: Placed,
  {state, reason, dueAt, finishedAt}: End,
): void {
  transaction.connection
    .prepare('UPDATE deliveries SET state = ?, reason = ?, due_at = ?, finished_at = ? WHERE seq = ?')
    .run(state, reason, dueAt, finishedAt, delivery.seq)
  announce(transaction, delivery, state)
}

/** Moves the deliveries of a webhook that are in `from`, oldest first, at most `limit`. Answers how many. */
export function moveDeliveries(
  transaction: Transaction,
  {webhook, organizationId}: Pick<Placed, 'webhook' | 'organizationId'>,
  from: DeliveryState,
  {state, reason, dueAt, finishedAt}: QueueEnd,
  limit = -1,
): number {
  if (from === state) return 0
  const update = `UPDATE deliveries SET state = ?, reason = ?, due_at = ?, finished_at = ?,
    undelivered = ? AND ${NEVER_GOT} WHERE seq IN (SELECT seq FROM deliveries INDEXED BY deliveries_by_state
      WHERE webhook = ? AND state = ? ORDER BY created_at, seq LIMIT ?)`
  const values = [state, reason, dueAt, finishedAt, isLost(state) ? 1 : 0, webhook, from, limit]
  const journeys = isFinished(state) ? journeysOf(transaction.connection, webhook, from, limit) : []
  const moved = Number(transaction.connection.prepare(update).run(...values).changes)
  for (const journey of journeys) settleJourney(transaction.connection, journey)
  transaction.count(organizationId, webhook, from, -moved)
  transaction.count(organizationId, webhook, state, moved)
  return moved
}
