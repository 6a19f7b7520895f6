import type {Delivery} from '../../domain/delivery.ts'
import type {Event} from '../../domain/event.ts'
import type {BatchPolicy} from '../../domain/policy.ts'
import type {Flushed, Frozen} from '../store.ts'
import {insertBody} from './bodies.ts'
import type {Connection} from './connection.ts'
import {findDelivery} from './delivery-row.ts'
import {HOLDS} from './holding.ts'
import {announce, placed} from './moves.ts'
import {type AnyRow, toEvent} from './rows.ts'
import type {Transaction} from './transaction.ts'

// The condition of the partial index is written out: a parameter would hide it from SQLite's planner.
const COLLECTING = `FROM deliveries INDEXED BY deliveries_collecting WHERE state = 'collecting'`

interface Open {
  readonly seq: number
  readonly id: string
  readonly count: number
}

/** Puts an event into the open batch of a webhook; answers the delivery it joined, or null where none has room. */
export function joinBatch(
  {connection}: Transaction,
  webhook: number,
  event: number,
  at: number,
  {everyMs, maxEvents}: BatchPolicy,
): string | null {
  const open = connection
    .prepare(`SELECT d.seq, d.id, d.event_count AS count FROM open_batches o JOIN deliveries d ON d.seq = o.delivery
      WHERE o.webhook = ? AND d.state = 'collecting'`)
    .get(webhook) as Open | undefined
  if (open === undefined) return null
  const isFull = open.count + 1 >= maxEvents
  const fits = open.count < maxEvents
  // Also the policy of now: an interval that was shortened holds for the batch that is open already.
  connection
    .prepare(
      'UPDATE deliveries SET event_count = event_count + ?, due_at = min(due_at, created_at + ?, ?) WHERE seq = ?',
    )
    .run(fits ? 1 : 0, everyMs, isFull ? at : Number.MAX_SAFE_INTEGER, open.seq)
  if (fits) addEvent(connection, open.seq, open.count, event)
  if (isFull) close(connection, open.seq)
  return fits ? open.id : null
}

/** Makes a delivery that was just stored the open batch of its webhook, with its first event. */
export function openBatch(
  {connection}: Transaction,
  {webhook, seq, event}: {readonly webhook: number; readonly seq: number; readonly event: number},
  {maxEvents}: BatchPolicy,
): void {
  connection.prepare('UPDATE deliveries SET batch = seq WHERE seq = ?').run(seq)
  addEvent(connection, seq, 0, event)
  if (maxEvents > 1) {
    connection.prepare('INSERT OR REPLACE INTO open_batches (webhook, delivery) VALUES (?, ?)').run(webhook, seq)
  } else connection.prepare('UPDATE deliveries SET due_at = created_at WHERE seq = ?').run(seq)
}

const addEvent = (connection: Connection, batch: number, position: number, event: number) =>
  connection.prepare('INSERT INTO batch_events (batch, position, event) VALUES (?, ?, ?)').run(batch, position, event)

const close = (connection: Connection, seq: number) =>
  connection.prepare('DELETE FROM open_batches WHERE delivery = ?').run(seq)

/** Webhooks with batches that are not frozen yet, with the oldest of each. A look-up per webhook. */
function* oldestOfEach(connection: Connection): Generator<{webhook: number; seq: number; dueAt: number}> {
  const next = connection.prepare(`SELECT webhook, seq, due_at AS dueAt ${COLLECTING} AND webhook > ?
    ORDER BY webhook, seq LIMIT 1`)
  for (let row = next.get(0); row !== undefined; row = next.get(row.webhook as number)) {
    yield row as {webhook: number; seq: number; dueAt: number}
  }
}

/** The batches that may be frozen now: see `DeliveryStore.seal`. */
export function closable(connection: Connection, now: number, limit: number): readonly number[] {
  const mayGo =
    connection.prepare(`SELECT 1 FROM webhooks w WHERE w.seq = ? AND NOT ${HOLDS} AND NOT EXISTS (SELECT 1 FROM deliveries INDEXED BY deliveries_by_state
      WHERE webhook = w.seq AND state IN ('pending', 'delivering', 'held') AND trigger = 'event')`)
  const found: number[] = []
  for (const {webhook, seq, dueAt} of oldestOfEach(connection)) {
    if (found.length === limit) break
    if (dueAt <= now && mayGo.get(webhook) !== undefined) found.push(seq)
  }
  return found
}

export function seal({connection}: Transaction, seqs: readonly number[]): readonly Delivery[] {
  return seqs.map(seq => {
    close(connection, seq)
    return findDelivery(connection, 'd.seq = ?', seq) as Delivery
  })
}

export function freeze(transaction: Transaction, frozen: readonly Frozen[]): void {
  const {connection} = transaction
  const update = connection.prepare(`UPDATE deliveries SET state = ?, reason = ?, due_at = ?, finished_at = ?,
    body = ?, body_bytes = ? WHERE seq = ?`)
  for (const {deliveryId, body, state, reason, dueAt, finishedAt} of frozen) {
    const delivery = placed(transaction, deliveryId)
    if (delivery?.state !== 'collecting') continue
    const bodySeq = body === null ? null : insertBody(connection, body)
    update.run(state, reason, dueAt, finishedAt, bodySeq, body?.length ?? null, delivery.seq)
    announce(transaction, delivery, state)
  }
}

export function flush({connection}: Transaction, webhookId: string, now: number): Flushed {
  const rows = connection
    .prepare(`SELECT seq, id, event_count AS count ${COLLECTING}
      AND webhook = (SELECT seq FROM webhooks WHERE id = ?) ORDER BY seq`)
    .all(webhookId) as unknown as readonly Open[]
  const update = connection.prepare('UPDATE deliveries SET due_at = min(due_at, ?) WHERE seq = ?')
  for (const {seq} of rows) {
    update.run(now, seq)
    close(connection, seq)
  }
  return {deliveryIds: rows.map(({id}) => id), events: rows.reduce((sum, {count}) => sum + count, 0)}
}

/** When the next batch is to be closed after `now`. What is overdue waits for something else than the time. */
export function nextClosing(connection: Connection, now: number): number | null {
  let next: number | null = null
  for (const {dueAt} of oldestOfEach(connection)) if (dueAt > now && (next === null || dueAt < next)) next = dueAt
  return next
}

export function eventsOf(connection: Connection, deliveryId: string, limit: number): readonly Event[] {
  const row = connection.prepare('SELECT event, batch FROM deliveries WHERE id = ?').get(deliveryId)
  if (row === undefined) return []
  const rows =
    row.batch === null
      ? connection.prepare('SELECT * FROM events WHERE seq = ?').all(row.event as number)
      : connection
          .prepare(`SELECT e.* FROM batch_events b JOIN events e ON e.seq = b.event WHERE b.batch = ?
            ORDER BY b.position LIMIT ?`)
          .all(row.batch as number, limit)
  return rows.map(each => toEvent(each as AnyRow))
}

/** The batches that an event is in, but for those of which it is the first: these are found by their event. */
export const batchesOf = (connection: Connection, event: number): readonly number[] =>
  connection
    .prepare('SELECT batch FROM batch_events WHERE event = ? AND position > 0')
    .all(event)
    .map(row => row.batch as number)
