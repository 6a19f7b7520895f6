import {contentDigest} from '../content-digest.ts'
import {bodyOfKey, firstOf} from '../references.ts'
import type {Acceptance, Accepted, Joined} from '../store.ts'
import {writeBodies} from './bodies.ts'
import type {Questions} from './connection.ts'
import {writeHistory} from './history.ts'
import {type Columns, insertMany} from './insert.ts'
import {writeDeliveries} from './new-deliveries.ts'
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
        ...firstOf(event),
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
