import {type ContentGone, type DeliveryState, deliveryStates} from '../../domain/delivery.ts'
import {contentGoneError} from '../../domain/retention.ts'
import {notFoundError} from '../../errors.ts'
import type {Fetched} from '../fetched.ts'
import {bodyOfKey} from '../references.ts'
import {toAttempt} from '../sqlite/rows.ts'
import type {Body, DeliveryStore, EventDelivery, NewDelivery, Recorded, WebhookHealth} from '../store.ts'
import {closable, eventsOf, flush, freeze, nextClosing, seal} from './batches.ts'
import {bodyIn, writeBodies} from './bodies.ts'
import type {Database} from './connection.ts'
import {countDeliveries, listDeliveries, matchingDeliveries} from './delivery-lists.ts'
import {SELECT_DELIVERY, toDelivery} from './delivery-row.ts'
import {createDue, nextDue, overdueSince} from './due.ts'
import {hold, holdingNow, resumable, resume} from './holding.ts'
import {type Claimed, moveDelivery, placedAll} from './moves.ts'
import {type PlacedDelivery, writeDeliveries} from './new-deliveries.ts'
import {queues} from './queues.ts'
import type {Alone} from './store.ts'
import type {Transaction} from './transaction.ts'

export function deliveries(
  database: Database,
  write: Alone,
  fetched: Fetched<Claimed>,
  record: (outcomes: readonly Recorded[], owner?: string) => Promise<readonly WebhookHealth[]>,
): DeliveryStore {
  const due = createDue(database, fetched)
  return {
    add: (added, bodies) => write(transaction => add(transaction, added, bodies)),

    async find(organizationId, id) {
      const row = await database.one(
        `${SELECT_DELIVERY} WHERE d.id = $1 AND d.organization_id = $2`,
        id,
        organizationId,
      )
      return row === undefined ? null : toDelivery(row)
    },

    list: (organizationId, filter, request) => listDeliveries(database, organizationId, filter, request),
    count: (organizationId, filter) => countDeliveries(database, organizationId, filter),
    ofEvents: ids => ofEvents(database, ids),
    matching: (organizationId, filter, ids) => matchingDeliveries(database, organizationId, filter, ids),

    async body(id) {
      const row = await database.one(
        'SELECT d.body, b.bytes, b.crc FROM deliveries d LEFT JOIN bodies b ON b.seq = d.body WHERE d.id = $1',
        id,
      )
      return row === undefined ? null : bodyIn(row, database.location)
    },

    async attempts(deliveryId) {
      const rows = await database.all(
        `SELECT a.*, d.id AS delivery_id FROM deliveries d JOIN attempts a ON a.delivery = d.seq
          WHERE d.id = $1 ORDER BY a.seq`,
        deliveryId,
      )
      return rows.map(toAttempt)
    },

    due,
    nextDue: async now => earliest(await nextDue(database, now), await nextClosing(database, now)),
    record,

    move: moves =>
      write(async transaction => {
        const found = await placedAll(
          transaction,
          moves.map(({deliveryId}) => deliveryId),
        )
        const toHold = moves.flatMap(({deliveryId, state}) => (state === 'held' ? (found.get(deliveryId) ?? []) : []))
        const holding = await holdingNow(
          transaction,
          toHold.map(({webhook}) => webhook),
        )
        let moved = 0
        for (const move of moves) {
          const delivery = found.get(move.deliveryId)
          if (delivery === undefined || !move.from.includes(delivery.state)) continue
          if (move.state === 'held' && !holding.has(delivery.webhook)) continue
          await moveDelivery(transaction, delivery, move)
          moved++
        }
        return moved
      }),

    hold: webhookId => write(transaction => hold(transaction, webhookId)),
    resume: async (webhookId, now) =>
      (await resumable(database, webhookId)).length === 0
        ? 0
        : write(transaction => resume(transaction, webhookId, now)),

    // The clock of one of several machines says nothing of what the others planned.
    setBack: async () => 0,

    events: (deliveryId, limit) => eventsOf(database, deliveryId, limit),

    async seal(now, limit) {
      if ((await closable(database, now, limit)).length === 0) return []
      return write(transaction => seal(transaction, now, limit))
    },

    freeze: frozen => write(transaction => freeze(transaction, frozen)),
    flush: (webhookId, now) => write(transaction => flush(transaction, webhookId, now)),
    queues: organizationId => queues(database, organizationId),
    async lost(organizationId) {
      const row = await database.one(
        `SELECT count(*) AS n FROM delivery_states WHERE state = 'failed' AND undelivered = 1
          AND webhook IN (SELECT seq FROM webhooks WHERE organization_id = $1 AND deleted_at IS NULL)`,
        organizationId,
      )
      return row?.n as number
    },
    counts: (organizationId, webhookId) => counts(database, organizationId, webhookId),

    overdueSince: (organizationId, now) => overdueSince(database, organizationId, now),

    async oldestUnfinished(organizationId) {
      const row = await database.one(
        `SELECT min((SELECT min(created_at) FROM delivery_states d WHERE d.webhook = c.webhook AND d.state = c.state)) AS at
          FROM delivery_counts c WHERE c.organization_id = $1 AND c.n > 0
            AND c.state IN ('collecting', 'pending', 'held')`,
        organizationId,
      )
      return (row?.at as number | null | undefined) ?? null
    },
  }
}

async function add(
  transaction: Transaction,
  added: readonly (NewDelivery & {readonly bodyOf: string | null})[],
  bodies: readonly Body[],
): Promise<void> {
  const [bodySeqs = new Map<string, number>()] = await writeBodies(transaction, [bodies])
  const known = new Map(
    (
      await transaction.all('SELECT id, seq, body, batch, journey, content_gone FROM deliveries WHERE id = ANY($1)', [
        ...new Set(added.flatMap(({delivery, bodyOf}) => [bodyOf, delivery.replayOf].filter(id => id !== null))),
      ])
    ).map(row => [row.id as string, row] as const),
  )
  const events = new Map(
    (
      await transaction.all('SELECT id, seq, context_id, object_type, object_id FROM events WHERE id = ANY($1)', [
        ...new Set(added.map(({delivery}) => delivery.eventId)),
      ])
    ).map(row => [row.id as string, row] as const),
  )
  const given = added.map(({delivery, bodyKey, bodyOf}): PlacedDelivery => {
    const event = events.get(delivery.eventId)
    if (event === undefined) throw notFoundError('event_not_found', `no event ${delivery.eventId}`)
    const lender = bodyOf === null ? undefined : known.get(bodyOf)
    if (bodyOf !== null && lender === undefined) throw notFoundError('delivery_not_found', `no delivery ${bodyOf}`)
    const gone = (lender?.content_gone ?? null) as ContentGone | null
    if (gone !== null) throw contentGoneError(`delivery ${bodyOf}`, gone)
    const original = delivery.replayOf === null ? undefined : known.get(delivery.replayOf)
    return {
      delivery,
      references: {
        event: event.seq as number,
        contextId: event.context_id as string | null,
        objectType: event.object_type as string,
        objectId: event.object_id as string,
        replayOf: (original?.seq as number | undefined) ?? null,
        journey: ((original?.journey ?? original?.seq) as number | undefined) ?? null,
        body: lender === undefined ? bodyOfKey(bodySeqs, bodyKey) : (lender.body as number | null),
        batch: (original?.batch as number | null | undefined) ?? null,
      },
    }
  })
  await writeDeliveries(transaction, given)
}

/** By the event itself, and by the batches that it joined. */
async function ofEvents(database: Database, ids: readonly string[]): Promise<readonly EventDelivery[]> {
  const select = `SELECT d.id, e.id AS "eventId", w.id AS "webhookId", d.state, d.body_bytes AS "bodyBytes",
    r.id AS "replayOf" FROM events e`
  const rest = `JOIN webhooks w ON w.seq = d.webhook LEFT JOIN deliveries r ON r.seq = d.replay_of
    WHERE e.id = ANY($1) AND d.to_url IS NULL`
  const rows = await database.all(
    `${select} JOIN deliveries d ON d.event = e.seq ${rest}
      UNION ALL ${select} JOIN batch_events b ON b.event = e.seq AND b.position > 0
        JOIN deliveries d ON d.batch = b.batch ${rest}`,
    [...ids],
  )
  return rows as unknown as readonly EventDelivery[]
}

const earliest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b)

async function counts(database: Database, organizationId: number | null, webhookId: string | undefined) {
  const rows = await database.all(
    `SELECT state, sum(n)::bigint AS n FROM delivery_counts WHERE ($1::bigint IS NULL OR organization_id = $1)
      AND ($2::text IS NULL OR webhook = (SELECT seq FROM webhooks WHERE id = $2)) GROUP BY state`,
    organizationId,
    webhookId ?? null,
  )
  const found = new Map(rows.map(({state, n}) => [state, n as number]))
  return Object.fromEntries(deliveryStates.map(state => [state, found.get(state) ?? 0])) as Record<
    DeliveryState,
    number
  >
}
