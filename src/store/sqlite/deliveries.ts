import type {ContentGone, Delivery, DeliveryState} from '../../domain/delivery.ts'
import {deliveryStates} from '../../domain/delivery.ts'
import {contentGoneError} from '../../domain/retention.ts'
import {notFoundError} from '../../errors.ts'
import {createFetched} from '../fetched.ts'
import {bodyOfKey, type References} from '../references.ts'
import type {DeliveryStore, EventDelivery} from '../store.ts'
import {writeBodies, writeDelivery} from './accept.ts'
import {closable, eventsOf, flush, freeze, nextClosing, seal} from './batches.ts'
import {readBody} from './bodies.ts'
import type {Connection} from './connection.ts'
import {deliveryQuestion, matching} from './delivery-lists.ts'
import {findDelivery} from './delivery-row.ts'
import {createDue, nextDue, overdueSince} from './due.ts'
import {hold, holdsNow, MOVED_PER_CALL, resumable, resume} from './holding.ts'
import {moveDelivery, type Placed, placed} from './moves.ts'
import {countRows, page} from './newest.ts'
import type {Direct} from './questions.ts'
import {queues} from './queues.ts'
import {record} from './record.ts'
import {type AnyRow, toAttempt} from './rows.ts'
import type {Transaction} from './transaction.ts'
import type {Writer} from './writer.ts'

export function deliveries(connection: Connection, writer: Writer): Direct<DeliveryStore> {
  const fetched = createFetched<Placed>()
  const read = (seq: number) => findDelivery(connection, 'd.seq = ?', seq) as Delivery
  return {
    add: (added, bodies) => writer.write(added.length, transaction => add(transaction, added, bodies)),

    find: (organizationId, id) => findDelivery(connection, 'd.id = ? AND d.organization_id = ?', id, organizationId),

    list: (organizationId, filter, request) =>
      page(connection, deliveryQuestion(connection, organizationId, filter), request, read),
    count: (organizationId, filter) => countRows(connection, deliveryQuestion(connection, organizationId, filter)),

    ofEvents: ids => ofEvents(connection, ids),

    matching: (organizationId, filter, ids) => matching(connection, organizationId, filter, ids),

    body(id) {
      const row = connection.prepare('SELECT body FROM deliveries WHERE id = ?').get(id)
      return row === undefined ? null : readBody(connection, row.body as number | null)
    },

    attempts: deliveryId =>
      connection
        .prepare(`SELECT a.*, d.id AS delivery_id FROM deliveries d JOIN attempts a ON a.delivery = d.seq
          WHERE d.id = ? ORDER BY a.seq`)
        .all(deliveryId)
        .map(row => toAttempt(row as AnyRow)),

    due: createDue(connection, fetched),
    nextDue: now => earliest(nextDue(connection, now), nextClosing(connection, now)),
    record: outcomes => writer.write(outcomes.length, transaction => record(transaction, fetched, outcomes)),

    move: moves =>
      writer.write(moves.length, transaction => {
        let moved = 0
        for (const move of moves) {
          const delivery = placed(transaction, move.deliveryId)
          if (delivery === null || !move.from.includes(delivery.state)) continue
          if (move.state === 'held' && !holdsNow(transaction, delivery.webhook)) continue
          moveDelivery(transaction, delivery, move)
          moved++
        }
        return moved
      }),

    hold: webhookId => writer.write(MOVED_PER_CALL, transaction => hold(transaction, webhookId)),
    resume: (webhookId, now) =>
      resumable(connection, webhookId).length === 0
        ? 0
        : writer.write(MOVED_PER_CALL, transaction => resume(transaction, webhookId, now)),

    setBack: ms =>
      writer.write(MOVED_PER_CALL, () => {
        const earlier = connection.prepare(
          "UPDATE deliveries SET due_at = due_at - ? WHERE state IN ('pending', 'collecting') AND due_at IS NOT NULL",
        )
        return Number(earlier.run(ms).changes)
      }),

    events: (deliveryId, limit) => eventsOf(connection, deliveryId, limit),

    seal(now, limit) {
      const seqs = closable(connection, now, limit)
      return seqs.length === 0 ? [] : writer.write(seqs.length, transaction => seal(transaction, seqs))
    },

    freeze: frozen => writer.write(frozen.length, transaction => freeze(transaction, frozen)),
    flush: (webhookId, now) => writer.write(1, transaction => flush(transaction, webhookId, now)),
    queues: organizationId => queues(connection, organizationId),

    counts: (organizationId, webhookId) => counts(connection, organizationId, webhookId),
    oldestUnfinished: organizationId => oldestUnfinished(connection, organizationId),
    lost: organizationId =>
      connection
        .prepare(`SELECT count(*) AS n FROM webhooks w JOIN deliveries d INDEXED BY deliveries_undelivered ON d.webhook = w.seq
          AND d.state = 'failed' AND d.undelivered = 1 WHERE w.organization_id = ? AND w.deleted_at IS NULL`)
        .get(organizationId)?.n as number,
    overdueSince: (organizationId, now) => overdueSince(connection, organizationId, now),
  }
}

function add(
  transaction: Transaction,
  added: Parameters<DeliveryStore['add']>[0],
  bodies: Parameters<DeliveryStore['add']>[1],
) {
  const {connection} = transaction
  const bodySeqs = writeBodies(connection, bodies)
  const find = connection.prepare('SELECT seq, body, batch, journey, content_gone AS gone FROM deliveries WHERE id = ?')
  const findEvent = connection.prepare(`SELECT seq AS event, context_id AS contextId, object_type AS objectType,
    object_id AS objectId FROM events WHERE id = ?`)
  for (const {delivery, bodyKey, bodyOf} of added) {
    const event = findEvent.get(delivery.eventId)
    if (event === undefined) throw notFoundError('event_not_found', `no event ${delivery.eventId}`)
    const lender = bodyOf === null ? undefined : find.get(bodyOf)
    if (bodyOf !== null && lender === undefined) throw notFoundError('delivery_not_found', `no delivery ${bodyOf}`)
    if (lender?.gone != null) throw contentGoneError(`delivery ${bodyOf}`, lender.gone as ContentGone)
    const original = delivery.replayOf === null ? undefined : find.get(delivery.replayOf)
    writeDelivery(transaction, delivery, {
      ...(event as unknown as Pick<References, 'event' | 'contextId' | 'objectType' | 'objectId'>),
      replayOf: (original?.seq as number | undefined) ?? null,
      journey: ((original?.journey ?? original?.seq) as number | undefined) ?? null,
      body: lender === undefined ? bodyOfKey(bodySeqs, bodyKey) : (lender.body as number | null),
      batch: (original?.batch as number | null | undefined) ?? null,
    })
  }
}

/** By the event itself, and by the batches that it joined. */
function ofEvents(connection: Connection, ids: readonly string[]): readonly EventDelivery[] {
  const select =
    'SELECT d.id, e.id AS eventId, w.id AS webhookId, d.state, d.body_bytes AS bodyBytes, r.id AS replayOf FROM json_each(?) ids JOIN events e ON e.id = ids.value'
  const rest = `JOIN webhooks w ON w.seq = d.webhook LEFT JOIN deliveries r ON r.seq = d.replay_of WHERE d.to_url IS NULL`
  const own = connection.prepare(
    `${select} JOIN deliveries d INDEXED BY deliveries_by_event ON d.event = e.seq ${rest}`,
  )
  const joined = connection.prepare(`${select} JOIN batch_events b ON b.event = e.seq AND b.position > 0
    JOIN deliveries d ON d.batch = b.batch AND d.batch IS NOT NULL ${rest}`)
  const list = JSON.stringify(ids)
  return [...own.all(list), ...joined.all(list)].map(row => ({...row}) as unknown as EventDelivery)
}

const earliest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b)

function counts(connection: Connection, organizationId: number | null, webhookId: string | undefined) {
  const conditions = [
    ...(organizationId === null ? [] : ['organization_id = ?']),
    ...(webhookId === undefined ? [] : ['webhook = (SELECT seq FROM webhooks WHERE id = ?)']),
  ]
  const values = [...(organizationId === null ? [] : [organizationId]), ...(webhookId === undefined ? [] : [webhookId])]
  const rows = connection
    .prepare(`SELECT state, sum(n) AS n FROM delivery_counts WHERE ${conditions.join(' AND ') || '1'} GROUP BY state`)
    .all(...values) as unknown as readonly {state: DeliveryState; n: number}[]
  const none = Object.fromEntries(deliveryStates.map(state => [state, 0])) as Record<DeliveryState, number>
  return {...none, ...Object.fromEntries(rows.map(({state, n}) => [state, n]))}
}

/** The oldest of each queue that is not empty, by its index: a look-up per webhook. */
function oldestUnfinished(connection: Connection, organizationId: number): number | null {
  const row = connection
    .prepare(`SELECT min((SELECT min(d.created_at) FROM deliveries d INDEXED BY deliveries_by_state
        WHERE d.webhook = c.webhook AND d.state = c.state)) AS oldest
      FROM delivery_counts c WHERE c.organization_id = ? AND c.n > 0
        AND c.state IN ('collecting', 'pending', 'delivering', 'held')`)
    .get(organizationId) as {oldest: number | null}
  return row.oldest
}
