import type {Connection} from './connection.ts'
import {moveDeliveries, type Placed} from './moves.ts'
import type {Transaction} from './transaction.ts'

/** `holds` of the domain, of a row `w` of webhooks. A CASE, so that the policies are parsed only where it is off. */
export const HOLDS = `CASE WHEN w.paused IS NOT NULL THEN 1 WHEN w.active = 1 THEN 0
  ELSE w.policies ->> '$.offSwitch' = 'hold' END`

/** A call moves no more than this: between calls others get their turn to write. */
export const MOVED_PER_CALL = 10_000

/** Who found that a delivery is to be held saw the webhook a moment ago: by now it may be on, and its queue resumed. */
export const holdsNow = ({connection}: Transaction, webhook: number): boolean =>
  connection.prepare(`SELECT 1 FROM webhooks w WHERE w.seq = ? AND ${HOLDS}`).get(webhook) !== undefined

type Place = Pick<Placed, 'webhook' | 'organizationId'>
const PLACE = 'SELECT w.seq AS webhook, w.organization_id AS organizationId FROM webhooks w WHERE'

/** See `DeliveryStore.hold`. */
export function hold(transaction: Transaction, webhookId: string): number {
  const place = transaction.connection.prepare(`${PLACE} w.id = ? AND ${HOLDS}`).get(webhookId) as Place | undefined
  const held = {state: 'held', reason: null, dueAt: null, finishedAt: null} as const
  return place === undefined ? 0 : moveDeliveries(transaction, place, 'pending', held, MOVED_PER_CALL)
}

/** Webhooks that are on although something of theirs is held. */
export function resumable(connection: Connection, webhookId: string | null): readonly Place[] {
  const which = webhookId === null ? '' : 'w.id = ? AND'
  return connection
    .prepare(`${PLACE} ${which} w.active = 1 AND w.paused IS NULL AND w.deleted_at IS NULL AND EXISTS
      (SELECT 1 FROM deliveries INDEXED BY deliveries_by_state WHERE webhook = w.seq AND state = 'held')`)
    .all(...(webhookId === null ? [] : [webhookId])) as unknown as readonly Place[]
}

/** See `DeliveryStore.resume`. */
export function resume(transaction: Transaction, webhookId: string | null, now: number): number {
  const due = {state: 'pending', reason: null, dueAt: now, finishedAt: null} as const
  let moved = 0
  for (const place of resumable(transaction.connection, webhookId)) {
    moved += moveDeliveries(transaction, place, 'held', due, MOVED_PER_CALL - moved)
    if (moved === MOVED_PER_CALL) break
  }
  return moved
}
