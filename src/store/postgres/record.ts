import type {DeliveryState} from '../../domain/delivery.ts'
import type {Fetched} from '../fetched.ts'
import type {AnyRow} from '../sqlite/rows.ts'
import type {Recorded, WebhookHealth} from '../store.ts'
import {accept} from './accept.ts'
import {type HealthChanges, healthChanges, pauseWebhook} from './health.ts'
import {type Columns, insertMany} from './insert.ts'
import {announce, type Claimed, PLACED, type Placed} from './moves.ts'
import {dropAnswers} from './retention/contents.ts'
import {columnsOf} from './statements.ts'
import type {Transaction} from './transaction.ts'

/**
 * States an outcome no longer changes: a person's cancel stands, and what was taken is not sent again because of an
 * older attempt that came home late.
 */
const settled: ReadonlySet<DeliveryState> = new Set(['cancelled', 'delivered'])

interface Outcome {
  readonly recorded: Recorded
  readonly delivery: Known
}

interface Known extends Claimed {
  /** It was claimed for whoever records this, and is no more. */
  readonly isOurs: boolean
  /** Another worker has it by now: the attempt was made and stands, what follows is the other's to say. */
  readonly isLost: boolean
}

/**
 * What adds rows comes first; only then is waited for the others who write.
 *
 * @param owner whose outcomes these are; null where nothing was claimed
 */
export async function record(
  transaction: Transaction,
  fetched: Fetched<Claimed>,
  recorded: readonly Recorded[],
  owner: string | null,
): Promise<readonly WebhookHealth[]> {
  const found = await endClaims(transaction, fetched, recorded, owner)
  const written = await writtenBefore(transaction, recorded, found)
  // Pruned meanwhile: there is nothing left to tell, and its neighbours in this commit must not fail for it.
  const outcomes = recorded.flatMap((each): readonly Outcome[] => {
    const delivery = found.get(each.attempt.deliveryId)
    return delivery === undefined || written.has(each.attempt.id) ? [] : [{recorded: each, delivery}]
  })
  await writeAttempts(transaction, outcomes)
  await transaction.alone()
  const health = await healthChanges(transaction, [...new Set(outcomes.map(({delivery}) => delivery.webhook))])
  // Two of one delivery come one after the other.
  for (const round of rounds(outcomes)) await writeOutcomes(transaction, round, health)
  return health.write()
}

function rounds(outcomes: readonly Outcome[]): readonly (readonly Outcome[])[] {
  const found: Outcome[][] = []
  const times = new Map<number, number>()
  for (const outcome of outcomes) {
    const {seq} = outcome.delivery
    const round = times.get(seq) ?? 0
    times.set(seq, round + 1)
    found[round] ??= []
    found[round].push(outcome)
  }
  return found
}

/** Ends the claims of these deliveries; answers the deliveries there are, by id. */
async function endClaims(
  transaction: Transaction,
  fetched: Fetched<Claimed>,
  recorded: readonly Recorded[],
  owner: string | null,
): Promise<ReadonlyMap<string, Known>> {
  const ids = recorded.map(({attempt}) => attempt.deliveryId)
  const ours = owner === null ? new Map<string, Known>() : await endOurs(transaction, fetched, ids, owner)
  const rest = ids.filter(id => !ours.has(id))
  return rest.length === 0 ? ours : new Map([...ours, ...(await endOthers(transaction, rest, owner))])
}

/** Of those that were fetched for it and are still claimed: as they were then. */
async function endOurs(
  transaction: Transaction,
  fetched: Fetched<Claimed>,
  ids: readonly string[],
  owner: string,
): Promise<Map<string, Known>> {
  const claimed = ids.flatMap(id => fetched.find(id) ?? [])
  if (claimed.length === 0) return new Map()
  const rows = await transaction.all(
    'DELETE FROM claims WHERE delivery = ANY($1) AND owner = $2 RETURNING delivery',
    claimed.map(({seq}) => seq),
    owner,
  )
  const ended = new Set(rows.map(({delivery}) => delivery))
  const ours = claimed.filter(({seq}) => ended.has(seq))
  return new Map(ours.map(each => [each.id, {...each, isOurs: true, isLost: false}]))
}

async function endOthers(
  transaction: Transaction,
  ids: readonly string[],
  owner: string | null,
): Promise<ReadonlyMap<string, Known>> {
  const rows = await transaction.all(
    `WITH found AS (SELECT ${PLACED} FROM deliveries WHERE id = ANY($1)),
        ended AS (DELETE FROM claims c USING found f WHERE c.delivery = f.seq AND c.owner = $2 RETURNING c.delivery)
      SELECT f.*, e.delivery IS NOT NULL AS "isOurs",
        e.delivery IS NULL AND EXISTS (SELECT 1 FROM claims c WHERE c.delivery = f.seq AND c.owner <> $2) AS "isLost"
      FROM found f LEFT JOIN ended e ON e.delivery = f.seq`,
    [...ids],
    owner,
  )
  return new Map(rows.map(row => [row.id as string, row as unknown as Known]))
}

/**
 * A connection that was cut at the commit leaves open whether it was one: who asks again must not write it twice. Of
 * what was still claimed nothing was written: the claim ends in the same transaction.
 */
async function writtenBefore(
  transaction: Transaction,
  recorded: readonly Recorded[],
  found: ReadonlyMap<string, Known>,
): Promise<ReadonlySet<string>> {
  const unclear = recorded.flatMap(({attempt}) => {
    const delivery = found.get(attempt.deliveryId)
    return delivery === undefined || delivery.isOurs ? [] : [{seq: delivery.seq, id: attempt.id}]
  })
  if (unclear.length === 0) return new Set()
  const rows = await transaction.all(
    'SELECT id FROM attempts WHERE delivery = ANY($1) AND id = ANY($2)',
    unclear.map(({seq}) => seq),
    unclear.map(({id}) => id),
  )
  return new Set(rows.map(({id}) => id as string))
}

const COLUMNS = {
  id: 'text',
  delivery: 'bigint',
  number: 'integer',
  started_at: 'bigint',
  duration_ms: 'double precision',
  success: 'integer',
  status: 'integer',
  error_class: 'text',
  error: 'text',
  url: 'text',
  method: 'text',
  remote_address: 'text',
  response_bytes: 'bigint',
  response_truncated: 'integer',
  request_headers: 'text',
  response_headers: 'text',
  response_body: 'bytea',
  signed_with: 'text',
} satisfies Columns

async function writeAttempts(transaction: Transaction, outcomes: readonly Outcome[]): Promise<void> {
  const seqs = await insertMany(transaction, 'attempts', COLUMNS, outcomes.map(attemptRow))
  for (const [index, {delivery}] of outcomes.entries()) {
    transaction.feed(delivery.organizationId, 'attempt', seqs[index] as number)
  }
}

const attemptRow = ({recorded: {attempt}, delivery}: Outcome) => [
  attempt.id,
  delivery.seq,
  attempt.number,
  attempt.startedAt,
  attempt.durationMs,
  attempt.success ? 1 : 0,
  attempt.status,
  attempt.errorClass,
  attempt.error,
  attempt.url,
  attempt.method,
  attempt.remoteAddress,
  attempt.responseBytes,
  attempt.responseTruncated ? 1 : 0,
  JSON.stringify(attempt.requestHeaders),
  JSON.stringify(attempt.responseHeaders),
  attempt.responseBody,
  attempt.signedWith === null ? null : JSON.stringify(attempt.signedWith),
]

const SETTLED = [...settled].map(state => `'${state}'`).join(', ')

/** At most one of each delivery. */
async function writeOutcomes(
  transaction: Transaction,
  outcomes: readonly Outcome[],
  health: HealthChanges,
): Promise<void> {
  const rows = outcomes.map(({recorded: {attempt, ...end}, delivery: {seq, isLost}}) => {
    const next = isLost ? [null, null, null, null] : [end.state, end.reason, end.dueAt, end.finishedAt]
    return [seq, attempt.status, attempt.errorClass, ...next]
  })
  const changed = await transaction.all(
    `UPDATE delivery_states d SET attempts = d.attempts + 1, last_status = o.status, last_error_class = o.error_class,
        state = CASE WHEN o.keeps THEN d.state ELSE o.state END,
        reason = CASE WHEN o.keeps THEN d.reason ELSE o.reason END,
        due_at = CASE WHEN o.keeps THEN d.due_at ELSE o.due_at END,
        finished_at = CASE WHEN o.keeps THEN d.finished_at ELSE o.finished_at END
      FROM (
        SELECT n.*, b.state AS before, n.state IS NULL OR b.state IN (${SETTLED}) AS keeps
        FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])
          AS n (seq, status, error_class, state, reason, due_at, finished_at) JOIN delivery_states b ON b.seq = n.seq) o
      WHERE d.seq = o.seq AND d.seq = ANY($1) RETURNING d.seq, o.before, d.content_gone`,
    ...columnsOf(rows, 7),
  )
  await dropGone(transaction, changed)
  const before = new Map(changed.map(row => [row.seq as number, row.before as DeliveryState]))
  for (const {recorded: each, delivery} of outcomes) {
    const state = before.get(delivery.seq)
    if (state !== undefined) await follow(transaction, each, {...delivery, state}, health)
  }
}

/** Of what was expunged or pruned while the request was on its way, the attempt keeps no more than those before it. */
async function dropGone(transaction: Transaction, changed: readonly AnyRow[]): Promise<void> {
  for (const gone of ['pruned', 'expunged'] as const) {
    const seqs = changed.flatMap(row => (row.content_gone === gone ? [row.seq as number] : []))
    if (seqs.length > 0) await dropAnswers(transaction, seqs, gone)
  }
}

/** What an outcome changes besides its delivery. */
async function follow(
  transaction: Transaction,
  {attempt, state, pause, raised = []}: Recorded,
  delivery: Known & Placed,
  health: HealthChanges,
): Promise<void> {
  const isSettled = settled.has(delivery.state)
  transaction.attempted({...delivery, attempt, isGivenUp: state === 'failed' && !isSettled})
  health.attempt(delivery.webhook, delivery, attempt)
  if (delivery.isLost) return
  if (!isSettled) {
    announce(transaction, delivery, state)
    if (raised.length > 0) await accept(transaction, raised)
  }
  if (pause !== null && (await pauseWebhook(transaction, delivery.webhook, pause))) health.pause(delivery.webhook)
}
