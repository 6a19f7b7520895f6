import type {DeliveryState} from '../../domain/delivery.ts'
import {moveDeliveries, type Placed, type QueueEnd} from './moves.ts'
import type {Transaction} from './transaction.ts'

/** `holds` of the domain, of a row `w` of webhooks. A CASE, so that the policies are parsed only where it is off. */
export const HOLDS = `CASE WHEN w.paused IS NOT NULL THEN 1 WHEN w.active = 1 THEN 0
  ELSE w.policies ->> '$.offSwitch' = 'hold' END`

/** The opposite but for a webhook that is off and does not hold: what it still holds waits until it is on. */
const IS_ON = 'w.active = 1 AND w.paused IS NULL'

/** A call moves no more than this: between calls others get their turn to write. */
export const MOVED_PER_CALL = 10_000

/** Who found that a delivery is to be held saw the webhook a moment ago: by now it may be on, and its queue resumed. */
export const holdsNow = ({connection}: Transaction, webhook: number): boolean =>
  connection.prepare(`SELECT 1 FROM webhooks w WHERE w.seq = ? AND ${HOLDS}`).get(webhook) !== undefined

/** See `DeliveryStore.hold`. */
export const hold = (transaction: Transaction, webhookId: string): number =>
  moveWhere(transaction, {webhookId, condition: HOLDS}, 'pending', {state: 'held', dueAt: null})

/** See `DeliveryStore.resume`. */
export const resume = (transaction: Transaction, webhookId: string, now: number): number =>
  moveWhere(transaction, {webhookId, condition: IS_ON}, 'held', {state: 'pending', dueAt: now})

function moveWhere(
  transaction: Transaction,
  {webhookId, condition}: {readonly webhookId: string; readonly condition: string},
  from: DeliveryState,
  to: Pick<QueueEnd, 'state' | 'dueAt'>,
): number {
  const place = transaction.connection
    .prepare(
      `SELECT w.seq AS webhook, w.organization_id AS organizationId FROM webhooks w WHERE w.id = ? AND ${condition}`,
    )
    .get(webhookId) as Pick<Placed, 'webhook' | 'organizationId'> | undefined
  const end = {...to, reason: null, finishedAt: null}
  return place === undefined ? 0 : moveDeliveries(transaction, place, from, end, MOVED_PER_CALL)
}
