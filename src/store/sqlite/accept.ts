import type {Delivery} from '../../domain/delivery.ts'
import type {Event} from '../../domain/event.ts'
import {notFoundError} from '../../errors.ts'
import {reached} from '../../failpoint.ts'
import {asStored, inItsPlace} from '../as-stored.ts'
import {contentDigest} from '../content-digest.ts'
import {isLost} from '../journeys.ts'
import {bodyOfKey, firstOf, type References} from '../references.ts'
import type {Acceptance, Accepted, Body, Joined, NewDelivery} from '../store.ts'
import {joinBatch, openBatch} from './batches.ts'
import {insertBody} from './bodies.ts'
import type {Connection} from './connection.ts'
import {writeHistory} from './history.ts'
import {HOLDS} from './holding.ts'
import {settleJourney} from './journeys.ts'
import {IS_ORDERED, LATEST_AT} from './ordered.ts'
import type {Transaction} from './transaction.ts'

/** Writes the events of one call with all that follows from them; nothing at all when one of them is a conflict. */
export function accept(transaction: Transaction, acceptances: readonly Acceptance[]): readonly Accepted[] {
  const answers = judge(transaction.connection, acceptances)
  if (answers.some(answer => answer.conflict)) return answers
  const accepted = answers.map((answer, index) => {
    if (answer.duplicate) return answer
    const joined = write(transaction, acceptances[index] as Acceptance)
    return joined.length === 0 ? answer : {...answer, joined}
  })
  reached('accept.written')
  return accepted
}

/** What becomes of each: new, known with the same content, or known with other content; also among themselves. */
function judge(connection: Connection, acceptances: readonly Acceptance[]): readonly Accepted[] {
  const inThisCall = new Map<string, {readonly id: string; readonly digest: Uint8Array}>()
  return acceptances.map(({event}) => {
    const fresh = {eventId: event.id, duplicate: false, conflict: false}
    if (event.idempotencyKey === null) return fresh
    const key = `${event.organizationId} ${event.idempotencyKey}`
    const digest = contentDigest(event)
    const known = inThisCall.get(key) ?? knownByKey(connection, event)
    if (known === null) {
      inThisCall.set(key, {id: event.id, digest})
      return fresh
    }
    const duplicate = Buffer.compare(known.digest, digest) === 0
    return {eventId: known.id, duplicate, conflict: !duplicate}
  })
}

function knownByKey(connection: Connection, {organizationId, idempotencyKey}: Event) {
  const row = connection
    .prepare('SELECT id, content_digest AS digest FROM events WHERE organization_id = ? AND idempotency_key = ?')
    .get(organizationId, idempotencyKey)
  return row === undefined ? null : (row as unknown as {id: string; digest: Uint8Array})
}

function write(transaction: Transaction, {event, bodies, deliveries, history}: Acceptance): readonly Joined[] {
  const {connection} = transaction
  const seq = writeEvent(connection, event)
  const bodySeqs = writeBodies(connection, bodies)
  const joined: Joined[] = []
  const first = firstOf(event)
  for (const {delivery, bodyKey, batch} of deliveries) {
    const body = bodyOfKey(bodySeqs, bodyKey)
    const other = writeDelivery(transaction, delivery, {event: seq, ...first, body}, batch)
    if (other !== null) joined.push({offered: delivery.id, deliveryId: other})
  }
  for (const entry of history) writeHistory(transaction, entry)
  return joined
}

function writeEvent(connection: Connection, event: Event): number {
  const {object} = event
  const insert = connection.prepare(`INSERT INTO events (id, organization_id, context_id, context_name, type,
    occurred_at_micros, accepted_at, source, request_id, object_type, object_id, object_name, idempotency_key,
    content_digest, hops, actor, extra, data, before, after) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const {lastInsertRowid} = insert.run(
    event.id,
    event.organizationId,
    event.contextId,
    event.contextName ?? null,
    event.type,
    event.occurredAtMicros,
    event.acceptedAt,
    event.source,
    event.requestId,
    object?.type ?? '',
    object?.id ?? '',
    object?.name ?? '',
    event.idempotencyKey,
    event.idempotencyKey === null ? null : contentDigest(event),
    event.hops ?? 0,
    JSON.stringify(event.actor),
    event.extra,
    event.data,
    event.before,
    event.after,
  )
  return Number(lastInsertRowid)
}

export function writeBodies(connection: Connection, bodies: readonly Body[]): ReadonlyMap<string, number> {
  return new Map(bodies.map(({key, bytes}) => [key, insertBody(connection, bytes)]))
}

// Put together once: this is asked for every delivery, and mostly of webhooks that are not ordered.
const WEBHOOK = `SELECT w.seq, w.deleted_at IS NOT NULL AS is_deleted, ${HOLDS} AS holds,
  CASE WHEN ${IS_ORDERED} THEN ${LATEST_AT} END AS latest_at FROM webhooks w WHERE w.id = ?`

/**
 * Stores a delivery, but for an event that joins the batch that is open.
 *
 * @returns the delivery it joined, or null where the one given was stored
 */
export function writeDelivery(
  transaction: Transaction,
  given: Delivery,
  {event, contextId, objectType, objectId, replayOf, journey, body, batch}: References,
  policy?: NewDelivery['batch'],
): string | null {
  const {connection} = transaction
  const webhook = connection.prepare(WEBHOOK).get(given.webhookId)
  if (webhook === undefined) throw notFoundError('webhook_not_found', `no webhook ${given.webhookId}`)
  const place = {webhook: webhook.seq as number, event}
  const standing = {isDeleted: webhook.is_deleted === 1, holds: webhook.holds === 1}
  const delivery = inItsPlace(asStored(given, standing), {latestAt: webhook.latest_at as number | null})
  const collects = delivery.state === 'collecting' ? policy : undefined
  const joined = collects && joinBatch(transaction, place.webhook, event, given.createdAt, collects)
  if (joined) return joined
  const insert = connection.prepare(`INSERT INTO deliveries (id, organization_id, webhook, event, event_type,
    event_count, trigger, replay_of, to_url, rule, state, reason, due_at, attempts, last_status, last_error_class,
    created_at, finished_at, body, body_bytes, batch, context_id, object_type, object_id, journey)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const {lastInsertRowid} = insert.run(
    delivery.id,
    delivery.organizationId,
    place.webhook,
    event,
    delivery.eventType,
    delivery.eventCount,
    delivery.trigger,
    replayOf,
    delivery.toUrl,
    delivery.rule,
    delivery.state,
    delivery.reason,
    delivery.dueAt,
    delivery.attempts,
    delivery.lastStatus,
    delivery.lastErrorClass,
    delivery.createdAt,
    delivery.finishedAt,
    body,
    delivery.bodyBytes,
    batch,
    contextId,
    objectType,
    objectId,
    journey,
  )
  const seq = Number(lastInsertRowid)
  if (collects) openBatch(transaction, {...place, seq}, collects)
  transaction.count(delivery.organizationId, place.webhook, delivery.state, 1)
  if (delivery.state === 'skipped') transaction.feed(delivery.organizationId, 'skipped', seq)
  if (journey !== null || isLost(delivery.state)) settleJourney(connection, journey ?? seq)
  return null
}
