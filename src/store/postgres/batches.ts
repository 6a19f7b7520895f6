import type {Delivery} from '../../domain/delivery.ts'
import type {Event} from '../../domain/event.ts'
import type {BatchPolicy} from '../../domain/policy.ts'
import {toEvent} from '../sqlite/rows.ts'
import type {Flushed, Frozen} from '../store.ts'
import {insertBodies} from './bodies.ts'
import type {Questions} from './connection.ts'
import {SELECT_DELIVERY, toDelivery} from './delivery-row.ts'
import {HOLDS} from './holding.ts'
import {moveDelivery, placedAll} from './moves.ts'
import type {Transaction} from './transaction.ts'

interface Open {
  readonly seq: number
  readonly id: string
  readonly count: number
}

/** Puts an event into the open batch of a webhook; answers the delivery it joined, or null where none has room. */
export async function joinBatch(
  transaction: Transaction,
  webhook: number,
  event: number,
  at: number,
  {everyMs, maxEvents}: BatchPolicy,
): Promise<string | null> {
  // One at a time per webhook, also where there is no open batch yet.
  await transaction.run('SELECT pg_advisory_xact_lock(7146002, $1::bigint::int)', webhook % 2 ** 31)
  const open = (await transaction.one(
    `SELECT s.seq, r.id, s.event_count AS count FROM open_batches o JOIN delivery_states s ON s.seq = o.delivery
      JOIN delivery_records r ON r.seq = s.seq WHERE o.webhook = $1 AND s.state = 'collecting' FOR UPDATE OF s`,
    webhook,
  )) as unknown as Open | undefined
  if (open === undefined) return null
  const isFull = open.count + 1 >= maxEvents
  const fits = open.count < maxEvents
  // Also the policy of now: an interval that was shortened holds for the batch that is open already.
  await transaction.run(
    'UPDATE delivery_states SET event_count = event_count + $1, due_at = least(due_at, created_at + $2, $3) WHERE seq = $4',
    fits ? 1 : 0,
    everyMs,
    isFull ? at : null,
    open.seq,
  )
  if (fits) await addEvent(transaction, open.seq, open.count, event)
  if (isFull) await close(transaction, open.seq)
  return fits ? open.id : null
}

/** Makes a delivery that was just stored the open batch of its webhook, with its first event. */
export async function openBatch(
  questions: Questions,
  {webhook, seq, event}: {readonly webhook: number; readonly seq: number; readonly event: number},
  {maxEvents}: BatchPolicy,
): Promise<void> {
  await questions.run('UPDATE delivery_records SET batch = seq WHERE seq = $1', seq)
  await addEvent(questions, seq, 0, event)
  if (maxEvents > 1) {
    await questions.run(
      'INSERT INTO open_batches (webhook, delivery) VALUES ($1, $2) ON CONFLICT (webhook) DO UPDATE SET delivery = $2',
      webhook,
      seq,
    )
  } else await questions.run('UPDATE delivery_states SET due_at = created_at WHERE seq = $1', seq)
}

const addEvent = (questions: Questions, batch: number, position: number, event: number) =>
  questions.run('INSERT INTO batch_events (batch, position, event) VALUES ($1, $2, $3)', batch, position, event)

const close = (questions: Questions, seq: number) => questions.run('DELETE FROM open_batches WHERE delivery = $1', seq)

/** The batches that may be frozen now: see `DeliveryStore.seal`. */
export async function closable(questions: Questions, now: number, limit: number): Promise<readonly number[]> {
  const rows = await questions.all(
    `SELECT o.seq FROM (SELECT DISTINCT ON (webhook) webhook, seq, due_at FROM delivery_states WHERE state = 'collecting'
        ORDER BY webhook, seq) o
      JOIN webhooks w ON w.seq = o.webhook
      WHERE o.due_at <= $1 AND NOT ${HOLDS} AND NOT EXISTS (SELECT 1 FROM delivery_states d WHERE d.webhook = o.webhook
          AND d.state IN ('pending', 'delivering', 'held') AND d.trigger = 'event')
      ORDER BY o.webhook LIMIT $2`,
    now,
    limit,
  )
  return rows.map(({seq}) => seq as number)
}

export async function seal(transaction: Transaction, now: number, limit: number): Promise<readonly Delivery[]> {
  const seqs = await closable(transaction, now, limit)
  const sealed: Delivery[] = []
  for (const seq of seqs) {
    await close(transaction, seq)
    const row = await transaction.one(`${SELECT_DELIVERY} WHERE d.seq = $1`, seq)
    if (row !== undefined) sealed.push(toDelivery(row))
  }
  return sealed
}

export async function freeze(transaction: Transaction, frozen: readonly Frozen[]): Promise<void> {
  const found = await placedAll(
    transaction,
    frozen.map(({deliveryId}) => deliveryId),
  )
  for (const {deliveryId, body, state, reason, dueAt, finishedAt} of frozen) {
    const delivery = found.get(deliveryId)
    if (delivery?.state !== 'collecting') continue
    const [bodySeq = null] = body === null ? [] : await insertBodies(transaction, [body])
    await transaction.run(
      'UPDATE delivery_records SET body = $1, body_bytes = $2 WHERE seq = $3',
      ...[bodySeq, body?.length ?? null, delivery.seq],
    )
    await moveDelivery(transaction, delivery, {state, reason, dueAt, finishedAt})
  }
}

export async function flush(questions: Questions, webhookId: string, now: number): Promise<Flushed> {
  const rows = (await questions.all(
    `UPDATE delivery_states s SET due_at = least(s.due_at, $2) FROM delivery_records r
      WHERE r.seq = s.seq AND s.state = 'collecting' AND s.webhook = (SELECT seq FROM webhooks WHERE id = $1)
      RETURNING s.seq, r.id, s.event_count AS count`,
    webhookId,
    now,
  )) as unknown as readonly Open[]
  const inOrder = rows.toSorted((a, b) => a.seq - b.seq)
  for (const {seq} of inOrder) await close(questions, seq)
  return {deliveryIds: inOrder.map(({id}) => id), events: rows.reduce((sum, {count}) => sum + count, 0)}
}

/** When the next batch is to be closed after `now`. What is overdue waits for something else than the time. */
export async function nextClosing(questions: Questions, now: number): Promise<number | null> {
  const row = await questions.one(
    `SELECT min(due_at) AS at FROM (SELECT DISTINCT ON (webhook) due_at FROM delivery_states WHERE state = 'collecting'
      ORDER BY webhook, seq) o WHERE due_at > $1`,
    now,
  )
  return (row?.at as number | null) ?? null
}

export async function eventsOf(questions: Questions, deliveryId: string, limit: number): Promise<readonly Event[]> {
  const row = await questions.one('SELECT event, batch FROM deliveries WHERE id = $1', deliveryId)
  if (row === undefined) return []
  const rows =
    row.batch === null
      ? await questions.all('SELECT * FROM events WHERE seq = $1', row.event as number)
      : await questions.all(
          `SELECT e.* FROM batch_events b JOIN events e ON e.seq = b.event WHERE b.batch = $1
            ORDER BY b.position LIMIT $2`,
          row.batch as number,
          limit,
        )
  return rows.map(toEvent)
}
