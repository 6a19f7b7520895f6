import type {Delivery} from '../../domain/delivery.ts'
import type {Event} from '../../domain/event.ts'
import {notFoundError} from '../../errors.ts'
import {asStored, inItsPlace, type Standing} from '../as-stored.ts'
import {contentDigest} from '../content-digest.ts'
import {isLost} from '../journeys.ts'
import type {Acceptance, Accepted, Body, Joined, NewDelivery} from '../store.ts'
import {joinBatch, openBatch} from './batches.ts'
import {insertBodies} from './bodies.ts'
import type {Questions} from './connection.ts'
import {writeHistory} from './history.ts'
import {HOLDS} from './holding.ts'
import {type Columns, insertMany} from './insert.ts'
import {moveDelivery, placedAll} from './moves.ts'
import {ofUnfinished} from './ordered.ts'
import type {Transaction} from './transaction.ts'

/** Writes the events of one call with all that follows from them; nothing at all when one of them is a conflict. */
export const accept = async (
  transaction: Transaction,
  acceptances: readonly Acceptance[],
): Promise<readonly Accepted[]> => (await acceptCalls(transaction, [acceptances]))[0] as readonly Accepted[]

/** The same for several calls: each is judged by itself, and what is new in them is written together. */
export async function acceptCalls(
  transaction: Transaction,
  calls: readonly (readonly Acceptance[])[],
): Promise<readonly (readonly Accepted[])[]> {
  const known = await knownKeys(transaction, calls.flat())
  const answers = calls.map(acceptances => judge(acceptances, known))
  const fresh = calls.flatMap((acceptances, call) => {
    const judged = answers[call] as readonly Accepted[]
    if (judged.some(answer => answer.conflict)) return []
    return acceptances.filter((_, index) => judged[index]?.duplicate === false)
  })
  const joined = await write(transaction, fresh)
  return answers.map(judged =>
    judged.map(answer => {
      const batches = joined.get(answer.eventId)
      return batches === undefined || answer.duplicate ? answer : {...answer, joined: batches}
    }),
  )
}

interface Known {
  readonly id: string
  readonly digest: Uint8Array
}

const keyOf = ({organizationId, idempotencyKey}: Acceptance['event']): string => `${organizationId} ${idempotencyKey}`

/** Keys that were used before. The lock is of the key: two that use it at once come one after the other. */
async function knownKeys(questions: Questions, acceptances: readonly Acceptance[]): Promise<Map<string, Known>> {
  const known = new Map<string, Known>()
  const keyed = acceptances.map(({event}) => event).filter(({idempotencyKey}) => idempotencyKey !== null)
  if (keyed.length === 0) return known
  const keys = [...new Set(keyed.map(keyOf))].sort()
  await questions.all(
    'SELECT pg_advisory_xact_lock(hashtextextended(k, 7146)) FROM (SELECT k FROM unnest($1::text[]) AS k ORDER BY k) AS o',
    keys,
  )
  const rows = await questions.all(
    `SELECT e.organization_id, e.idempotency_key, e.id, e.content_digest FROM unnest($1::bigint[], $2::text[]) AS k (o, i)
      JOIN events e ON e.organization_id = k.o AND e.idempotency_key = k.i`,
    keyed.map(({organizationId}) => organizationId),
    keyed.map(({idempotencyKey}) => idempotencyKey as string),
  )
  for (const row of rows) {
    known.set(`${row.organization_id} ${row.idempotency_key}`, {
      id: row.id as string,
      digest: row.content_digest as Uint8Array,
    })
  }
  return known
}

/** What becomes of each: new, known with the same content, or known with other content; also among themselves. */
function judge(acceptances: readonly Acceptance[], known: Map<string, Known>): readonly Accepted[] {
  const inThisCall = new Map<string, Known>()
  const answers = acceptances.map(({event}) => {
    const fresh = {eventId: event.id, duplicate: false, conflict: false}
    if (event.idempotencyKey === null) return fresh
    const digest = contentDigest(event)
    const found = inThisCall.get(keyOf(event)) ?? known.get(keyOf(event))
    if (found === undefined) {
      inThisCall.set(keyOf(event), {id: event.id, digest})
      return fresh
    }
    const duplicate = Buffer.compare(found.digest, digest) === 0
    return {eventId: found.id, duplicate, conflict: !duplicate}
  })
  // Later calls of the same commit find what this one is going to write.
  if (!answers.some(({conflict}) => conflict)) for (const [key, value] of inThisCall) known.set(key, value)
  return answers
}

const EVENT_COLUMNS = {
  id: 'text',
  organization_id: 'bigint',
  context_id: 'text',
  context_name: 'text',
  type: 'text',
  occurred_at_micros: 'bigint',
  accepted_at: 'bigint',
  source: 'text',
  request_id: 'text',
  object_type: 'text',
  object_id: 'text',
  object_name: 'text',
  idempotency_key: 'text',
  content_digest: 'bytea',
  hops: 'integer',
  actor: 'text',
  extra: 'text',
  data: 'text',
  before: 'text',
  after: 'text',
} satisfies Columns

const eventRow = ({event}: Acceptance) => [
  event.id,
  event.organizationId,
  event.contextId,
  event.contextName ?? null,
  event.type,
  event.occurredAtMicros,
  event.acceptedAt,
  event.source,
  event.requestId,
  event.object?.type ?? '',
  event.object?.id ?? '',
  event.object?.name ?? '',
  event.idempotencyKey,
  event.idempotencyKey === null ? null : contentDigest(event),
  event.hops ?? 0,
  JSON.stringify(event.actor),
  event.extra,
  event.data,
  event.before,
  event.after,
]

/** Answers the open batches that events joined, by event. */
async function write(
  transaction: Transaction,
  acceptances: readonly Acceptance[],
): Promise<ReadonlyMap<string, readonly Joined[]>> {
  const joined = new Map<string, Joined[]>()
  if (acceptances.length === 0) return joined
  const events = await insertMany(transaction, 'events', EVENT_COLUMNS, acceptances.map(eventRow))
  const bodies = await writeBodies(
    transaction,
    acceptances.map(each => each.bodies),
  )
  const wanted = acceptances.flatMap(({event, deliveries}, index) =>
    deliveries.map(({delivery, bodyKey, batch}) => ({
      delivery,
      batch,
      eventId: event.id,
      references: {
        ...first,
        ...subjectOf(event),
        event: events[index] as number,
        body: bodyOfKey(bodies[index] as ReadonlyMap<string, number>, bodyKey),
      },
    })),
  )
  const answers = await writeDeliveries(transaction, wanted)
  for (const [index, {delivery, eventId}] of wanted.entries()) {
    const deliveryId = answers[index] ?? null
    if (deliveryId === null) continue
    joined.set(eventId, [...(joined.get(eventId) ?? []), {offered: delivery.id, deliveryId}])
  }
  await writeHistory(
    transaction,
    acceptances.flatMap(({history}) => history),
  )
  return joined
}

const first = {replayOf: null, journey: null, batch: null}

const subjectOf = ({contextId, object}: Event) => ({
  contextId,
  objectType: object?.type ?? '',
  objectId: object?.id ?? '',
})

/** Row numbers by key, for each list of bodies. */
export async function writeBodies(
  questions: Questions,
  lists: readonly (readonly Body[])[],
): Promise<readonly ReadonlyMap<string, number>[]> {
  const seqs = await insertBodies(
    questions,
    lists.flat().map(({bytes}) => bytes),
  )
  let at = 0
  return lists.map(bodies => new Map(bodies.map(({key}) => [key, seqs[at++] as number])))
}

/** @throws Error when the key names no body handed in with it: a bug of the caller */
export function bodyOfKey(bodies: ReadonlyMap<string, number>, key: NewDelivery['bodyKey']): number | null {
  if (key === null) return null
  const seq = bodies.get(key)
  if (seq === undefined) throw new Error(`no body with the key ${key} was handed in`)
  return seq
}

export interface PlacedDelivery {
  readonly delivery: Delivery
  readonly batch?: NewDelivery['batch']
  readonly references: References
}

/** Row numbers of what a delivery refers to, and what its event is about. */
interface References {
  readonly event: number
  readonly contextId: string | null
  readonly objectType: string
  readonly objectId: string
  readonly replayOf: number | null
  /** The first delivery of the journey; null for that one itself. */
  readonly journey: number | null
  readonly body: number | null
  readonly batch: number | null
}

const RECORD_COLUMNS = {
  id: 'text',
  organization_id: 'bigint',
  webhook: 'bigint',
  event: 'bigint',
  event_type: 'text',
  trigger: 'text',
  replay_of: 'bigint',
  to_url: 'text',
  rule: 'text',
  created_at: 'bigint',
  body: 'bigint',
  body_bytes: 'bigint',
  batch: 'bigint',
  context_id: 'text',
  object_type: 'text',
  object_id: 'text',
  journey: 'bigint',
} satisfies Columns

const STATE_COLUMNS = {
  seq: 'bigint',
  organization_id: 'bigint',
  webhook: 'bigint',
  trigger: 'text',
  created_at: 'bigint',
  journey: 'bigint',
  state: 'text',
  reason: 'text',
  due_at: 'bigint',
  attempts: 'integer',
  last_status: 'integer',
  last_error_class: 'text',
  finished_at: 'bigint',
  event_count: 'integer',
} satisfies Columns

/** Stores deliveries, but for events that join a batch that is open; answers the batch of those, null of the others. */
export async function writeDeliveries(
  transaction: Transaction,
  given: readonly PlacedDelivery[],
): Promise<readonly (string | null)[]> {
  if (given.length === 0) return []
  const webhooks = await webhooksOf(
    transaction,
    given.map(({delivery}) => delivery.webhookId),
  )
  const live = given.map(({delivery, ...rest}) => {
    const webhook = webhooks.get(delivery.webhookId)
    if (webhook === undefined) throw notFoundError('webhook_not_found', `no webhook ${delivery.webhookId}`)
    return {...rest, webhook: webhook.seq, delivery: inItsPlace(asStored(delivery, webhook), webhook)}
  })
  const collects = (each: (typeof live)[number]) => each.delivery.state === 'collecting' && each.batch !== undefined
  await insertAll(
    transaction,
    live.filter(each => !collects(each)),
  )
  const answers: (string | null)[] = []
  for (const each of live) answers.push(collects(each) ? await collect(transaction, each) : null)
  transaction.last(() => followWebhooks(transaction, live))
  return answers
}

/** A webhook that was deleted or switched on since it was looked up has moved what it saw: not what was on its way in. */
async function followWebhooks(transaction: Transaction, live: readonly Live[]): Promise<void> {
  const webhooks = await webhooksOf(
    transaction,
    live.map(({delivery}) => delivery.webhookId),
  )
  const changed = live.flatMap(({delivery: stored}) => {
    const delivery = asStored(stored, webhooks.get(stored.webhookId) as Webhook)
    return delivery === stored ? [] : [{stored, delivery}]
  })
  if (changed.length === 0) return
  const found = await placedAll(
    transaction,
    changed.map(({stored}) => stored.id),
  )
  for (const {stored, delivery} of changed) {
    const is = found.get(stored.id)
    if (is?.state === stored.state) await moveDelivery(transaction, is, delivery)
  }
}

type Live = Omit<PlacedDelivery, 'batch'> & {readonly batch?: NewDelivery['batch']; readonly webhook: number}

async function insertAll(transaction: Transaction, live: readonly Live[]): Promise<readonly number[]> {
  const seqs = await insertMany(transaction, 'delivery_records', RECORD_COLUMNS, live.map(recordRow))
  const states = live.map((each, index) => [seqs[index] as number, ...stateRow(each)])
  await insertMany(transaction, 'delivery_states', STATE_COLUMNS, states)
  for (const [index, {delivery, webhook, references}] of live.entries()) {
    transaction.count(delivery.organizationId, webhook, delivery.state, 1)
    const seq = seqs[index] as number
    if (delivery.state === 'skipped') transaction.feed(delivery.organizationId, 'skipped', seq)
    const {journey} = references
    if (journey !== null || isLost(delivery.state)) transaction.journeyChanged(journey ?? seq)
  }
  return seqs
}

const recordRow = ({delivery, webhook, references}: Live) => [
  delivery.id,
  delivery.organizationId,
  webhook,
  references.event,
  delivery.eventType,
  delivery.trigger,
  references.replayOf,
  delivery.toUrl,
  delivery.rule,
  delivery.createdAt,
  references.body,
  delivery.bodyBytes,
  references.batch,
  references.contextId,
  references.objectType,
  references.objectId,
  references.journey,
]

/** After its row number. */
const stateRow = ({delivery, webhook, references}: Live) => [
  delivery.organizationId,
  webhook,
  delivery.trigger,
  delivery.createdAt,
  references.journey,
  delivery.state,
  delivery.reason,
  delivery.dueAt,
  delivery.attempts,
  delivery.lastStatus,
  delivery.lastErrorClass,
  delivery.finishedAt,
  delivery.eventCount,
]

async function collect(transaction: Transaction, live: Live): Promise<string | null> {
  const {webhook, delivery, references, batch: policy} = live
  if (policy === undefined) return null
  const joined = await joinBatch(transaction, webhook, references.event, delivery.createdAt, policy)
  if (joined !== null) return joined
  const [seq] = await insertAll(transaction, [live])
  await openBatch(transaction, {webhook, event: references.event, seq: seq as number}, policy)
  return null
}

type Webhook = Standing & {readonly seq: number}

async function webhooksOf(questions: Questions, ids: readonly string[]): Promise<ReadonlyMap<string, Webhook>> {
  const rows = await questions.all(
    `SELECT w.id, w.seq, w.deleted_at IS NOT NULL AS "isDeleted", ${HOLDS} AS holds,
      CASE WHEN w.policies::jsonb ->> 'ordered' IS NOT NULL THEN 
        (SELECT max(u.created_at) FROM (${ofUnfinished('w.seq', 'DESC')}) AS u) END AS "latestAt"
      FROM webhooks w WHERE w.id = ANY($1)`,
    [...new Set(ids)],
  )
  return new Map(rows.map(row => [row.id as string, row as unknown as Webhook]))
}
