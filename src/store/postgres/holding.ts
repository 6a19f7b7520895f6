import type {Questions} from './connection.ts'
import {moveDeliveries, type Placed} from './moves.ts'
import type {Transaction} from './transaction.ts'

/** `holds` of the domain, of a row `w` of webhooks. A CASE, so that the policies are parsed only where it is off. */
export const HOLDS = `CASE WHEN w.paused IS NOT NULL THEN true WHEN w.active = 1 THEN false
  ELSE w.policies::jsonb ->> 'offSwitch' = 'hold' END`

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

type Place = Pick<Placed, 'webhook' | 'organizationId'>
const PLACE = 'SELECT w.seq AS webhook, w.organization_id AS "organizationId" FROM webhooks w WHERE'

/** See `DeliveryStore.hold`. */
export async function hold(transaction: Transaction, webhookId: string): Promise<number> {
  const place = (await transaction.one(`${PLACE} w.id = $1 AND ${HOLDS}`, webhookId)) as unknown as Place | undefined
  const held = {state: 'held', reason: null, dueAt: null, finishedAt: null} as const
  return place === undefined ? 0 : moveDeliveries(transaction, place, 'pending', held, MOVED_PER_CALL)
}

/** Webhooks that are on although something of theirs is held. */
export const resumable = async (questions: Questions, webhookId: string | null): Promise<readonly Place[]> =>
  (await questions.all(
    `${PLACE} ($1::text IS NULL OR w.id = $1) AND w.active = 1 AND w.paused IS NULL AND w.deleted_at IS NULL
      AND EXISTS (SELECT 1 FROM delivery_states WHERE webhook = w.seq AND state = 'held')`,
    webhookId,
  )) as unknown as readonly Place[]

/** See `DeliveryStore.resume`. */
export async function resume(transaction: Transaction, webhookId: string | null, now: number): Promise<number> {
  const due = {state: 'pending', reason: null, dueAt: now, finishedAt: null} as const
  let moved = 0
  for (const place of await resumable(transaction, webhookId)) {
    moved += await moveDeliveries(transaction, place, 'held', due, MOVED_PER_CALL - moved)
    if (moved === MOVED_PER_CALL) break
  }
  return moved
}
