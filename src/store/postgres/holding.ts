import type {DeliveryState} from '../../domain/delivery.ts'
import type {Questions} from './connection.ts'
import {moveDeliveries, type Placed, type QueueEnd} from './moves.ts'
import type {Transaction} from './transaction.ts'

/** `holds` of the domain, of a row `w` of webhooks. A CASE, so that the policies are parsed only where it is off. */
export const HOLDS = `CASE WHEN w.paused IS NOT NULL THEN true WHEN w.active = 1 THEN false
  ELSE w.policies::jsonb ->> 'offSwitch' = 'hold' END`

/** The opposite but for a webhook that is off and does not hold: what it still holds waits until it is on. */
const IS_ON = 'w.active = 1 AND w.paused IS NULL'

/** A call moves no more than this: between calls others get their turn to write. */
const MOVED_PER_CALL = 10_000

/** Of these those that hold. Who found so saw them a moment ago: by now one may be on, and its queue resumed. */
export async function holdingNow(questions: Questions, webhooks: readonly number[]): Promise<ReadonlySet<number>> {
  if (webhooks.length === 0) return new Set()
  const rows = await questions.all(`SELECT w.seq FROM webhooks w WHERE w.seq = ANY($1) AND ${HOLDS}`, [
    ...new Set(webhooks),
  ])
  return new Set(rows.map(({seq}) => seq as number))
}

/** See `DeliveryStore.hold`. */
export const hold = (transaction: Transaction, webhookId: string): Promise<number> =>
  moveWhere(transaction, {webhookId, condition: HOLDS}, 'pending', {state: 'held', dueAt: null})

/** See `DeliveryStore.resume`. */
export const resume = (transaction: Transaction, webhookId: string, now: number): Promise<number> =>
  moveWhere(transaction, {webhookId, condition: IS_ON}, 'held', {state: 'pending', dueAt: now})

async function moveWhere(
  transaction: Transaction,
  {webhookId, condition}: {readonly webhookId: string; readonly condition: string},
  from: DeliveryState,
  to: Pick<QueueEnd, 'state' | 'dueAt'>,
): Promise<number> {
  const place = await transaction.one(
    `SELECT w.seq AS webhook, w.organization_id AS "organizationId" FROM webhooks w WHERE w.id = $1 AND ${condition}`,
    webhookId,
  )
  if (place === undefined) return 0
  const end = {...to, reason: null, finishedAt: null}
  return moveDeliveries(
    transaction,
    place as unknown as Pick<Placed, 'webhook' | 'organizationId'>,
    from,
    end,
    MOVED_PER_CALL,
  )
}
