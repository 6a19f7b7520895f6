import type {Delivery, DeliveryState, DeliveryTrigger} from '../../domain/delivery.ts'
import {isLost} from '../journeys.ts'
import type {Questions} from './connection.ts'
import type {Transaction} from './transaction.ts'

/** What a change of state sets on a delivery. */
export type End = Pick<Delivery, 'state' | 'reason' | 'dueAt' | 'finishedAt'>

/** The same of a whole queue. None is skipped as a whole: the feed would have to tell of each. */
export type QueueEnd = End & {readonly state: Exclude<DeliveryState, 'skipped'>}

/** What is needed of a delivery to change its state: its row number, its state, whose it is, and how it is counted. */
export interface Placed extends Pick<Delivery, 'id' | 'toUrl'> {
  readonly seq: number
  readonly organizationId: number
  readonly webhook: number
  readonly eventType: string
  readonly trigger: DeliveryTrigger
  readonly state: DeliveryState
  /** Row number of the delivery that began its journey; null on that one. */
  readonly journey: number | null
}

/** What stays as it is while a delivery is on its way. */
export type Claimed = Omit<Placed, 'state'>

/** The columns of a `Placed`. */
export const PLACED = `seq, id, organization_id AS "organizationId", webhook, event_type AS "eventType", trigger, state,
  to_url AS "toUrl", journey`

/** Those there are, by id. Whoever changes deliveries writes alone, so that they stay as they are. */
export async function placedAll(questions: Questions, ids: readonly string[]): Promise<ReadonlyMap<string, Placed>> {
  const rows = await questions.all(`SELECT ${PLACED} FROM deliveries WHERE id = ANY($1)`, [...ids])
  return new Map(rows.map(row => [row.id as string, row as unknown as Placed]))
}

/** Says to the counts, the feed and the journey that a delivery went over into another state. */
export function announce(transaction: Transaction, delivery: Placed, to: DeliveryState) {
  const {seq, organizationId, webhook, state, journey} = delivery
  if (state === to) return
  if (journey !== null || isLost(state) || isLost(to)) transaction.journeyChanged(journey ?? seq)
  transaction.count(organizationId, webhook, state, -1)
  transaction.count(organizationId, webhook, to, 1)
  if (to === 'skipped') transaction.feed(organizationId, 'skipped', seq)
}

export async function moveDelivery(
  transaction: Transaction,
  delivery: Placed,
  {state, reason, dueAt, finishedAt}: End,
): Promise<void> {
  await transaction.run(
    'UPDATE delivery_states SET state = $1, reason = $2, due_at = $3, finished_at = $4 WHERE seq = $5',
    state,
    reason,
    dueAt,
    finishedAt,
    delivery.seq,
  )
  announce(transaction, delivery, state)
}

/** Moves the deliveries of a webhook that are in `from`, oldest first, at most `limit` (all where null). Answers how many. */
export async function moveDeliveries(
  transaction: Transaction,
  {webhook, organizationId}: Pick<Placed, 'webhook' | 'organizationId'>,
  from: DeliveryState,
  {state, reason, dueAt, finishedAt}: QueueEnd,
  limit: number | null = null,
): Promise<number> {
  if (from === state) return 0
  const rows = await transaction.all(
    `WITH chosen AS (SELECT seq FROM delivery_states WHERE webhook = $5 AND state = $6 ORDER BY created_at, seq LIMIT $7 FOR UPDATE)
      UPDATE delivery_states d SET state = $1, reason = $2, due_at = $3, finished_at = $4 FROM chosen WHERE d.seq = chosen.seq
      RETURNING d.seq, d.journey`,
    state,
    reason,
    dueAt,
    finishedAt,
    webhook,
    from,
    limit,
  )
  for (const {seq, journey} of rows) {
    if (journey !== null || isLost(from) || isLost(state)) transaction.journeyChanged((journey ?? seq) as number)
  }
  transaction.count(organizationId, webhook, from, -rows.length)
  transaction.count(organizationId, webhook, state, rows.length)
  return rows.length
}
