import type {DeliveryState} from '../../domain/delivery.ts'
import type {Recorded, WebhookHealth} from '../store.ts'
import {accept} from './accept.ts'
import {healthChanges, pauseWebhook} from './health.ts'
import {insertMany} from './insert.ts'
import {announce, type Placed, placedAll} from './moves.ts'
import {columnsOf, type Transaction} from './transaction.ts'

/**
 * States an outcome no longer changes: a person's cancel stands, and what was taken is not sent again because of an
 * older attempt that came home late.
 */
const settled: ReadonlySet<DeliveryState> = new Set(['cancelled', 'delivered'])

interface Outcome {
  readonly recorded: Recorded
  readonly delivery: Placed
  /** Another worker has it by now: the attempt was made and stands, what follows is the other's to say. */
  readonly isLost: boolean
}

/** @param owner whose outcomes these are; null where nothing was claimed */
export async function record(
  transaction: Transaction,
  recorded: readonly Recorded[],
  owner: string | null,
): Promise<readonly WebhookHealth[]> {
  const told: WebhookHealth[] = []
  // Two of one delivery come one after the other.
  for (const round of rounds(recorded)) told.push(...(await recordRound(transaction, round, owner)))
  return [...new Map(told.map(health => [health.webhookId, health])).values()]
}

function rounds(recorded: readonly Recorded[]): readonly (readonly Recorded[])[] {
  const found: Recorded[][] = []
  const times = new Map<string, number>()
  for (const each of recorded) {
    const round = times.get(each.attempt.deliveryId) ?? 0
    times.set(each.attempt.deliveryId, round + 1)
    found[round] = [...(found[round] ?? []), each]
  }
  return found
}

async function recordRound(
  transaction: Transaction,
  recorded: readonly Recorded[],
  owner: string | null,
): Promise<readonly WebhookHealth[]> {
  const ids = recorded.map(({attempt}) => attempt.deliveryId)
  const found = await placedAll(transaction, ids)
  const lost = await claimedByOthers(transaction, found, owner)
  const written = await writtenBefore(transaction, found, recorded)
  // Pruned meanwhile: there is nothing left to tell, and its neighbours in this commit must not fail for it.
  const outcomes = recorded.flatMap((each): readonly Outcome[] => {
    const delivery = found.get(each.attempt.deliveryId)
    const isKnown = delivery === undefined || written.has(each.attempt.id)
    return isKnown ? [] : [{recorded: each, delivery, isLost: lost.has(delivery.seq)}]
  })
  await writeAttempts(transaction, outcomes)
  const health = await healthChanges(transaction, [...new Set(outcomes.map(({delivery}) => delivery.webhook))])
  for (const {recorded: each, delivery} of outcomes) {
    const isGivenUp = each.state === 'failed' && !settled.has(delivery.state)
    transaction.attempted({...delivery, attempt: each.attempt, isGivenUp})
    health.attempt(delivery.webhook, delivery, each.attempt)
  }
  await writeOutcomes(transaction, outcomes)
  for (const {
    recorded: {pause},
    delivery,
    isLost,
  } of outcomes) {
    if (pause !== null && !isLost && (await pauseWebhook(transaction, delivery.webhook, pause))) {
      health.pause(delivery.webhook)
    }
  }
  return health.write()
}

async function claimedByOthers(
  transaction: Transaction,
  found: ReadonlyMap<string, Placed>,
  owner: string | null,
): Promise<ReadonlySet<number>> {
  if (owner === null) return new Set()
  const seqs = [...found.values()].map(({seq}) => seq)
  const rows = await transaction.all(
    `WITH ours AS (DELETE FROM claims WHERE delivery = ANY($1) AND owner = $2)
      SELECT delivery FROM claims WHERE delivery = ANY($1) AND owner <> $2`,
    seqs,
    owner,
  )
  return new Set(rows.map(({delivery}) => delivery as number))
}

/** A connection that was cut at the commit leaves open whether it was one: who asks again must not write it twice. */
async function writtenBefore(
  transaction: Transaction,
  found: ReadonlyMap<string, Placed>,
  recorded: readonly Recorded[],
): Promise<ReadonlySet<string>> {
  const rows = await transaction.all(
    'SELECT id FROM attempts WHERE delivery = ANY($1) AND id = ANY($2)',
    [...found.values()].map(({seq}) => seq),
    recorded.map(({attempt}) => attempt.id),
  )
  return new Set(rows.map(({id}) => id as string))
}

const COLUMNS = [
  ...['id', 'delivery', 'number', 'started_at', 'duration_ms', 'success', 'status', 'error_class', 'error', 'url'],
  ...['method', 'remote_address', 'response_bytes', 'response_truncated', 'request_headers', 'response_headers'],
  ...['response_body', 'signed_with'],
]

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

async function writeOutcomes(transaction: Transaction, outcomes: readonly Outcome[]): Promise<void> {
  const rows = outcomes.map(({recorded: {attempt, ...end}, delivery, isLost}) => {
    const keeps = isLost || settled.has(delivery.state)
    const next = keeps ? [null, null, null, null] : [end.state, end.reason, end.dueAt, end.finishedAt]
    return [delivery.seq, attempt.status, attempt.errorClass, ...next]
  })
  await transaction.run(
    `UPDATE deliveries d SET attempts = attempts + 1, last_status = o.status, last_error_class = o.error_class,
        state = coalesce(o.state, d.state),
        reason = CASE WHEN o.state IS NULL THEN d.reason ELSE o.reason END,
        due_at = CASE WHEN o.state IS NULL THEN d.due_at ELSE o.due_at END,
        finished_at = CASE WHEN o.state IS NULL THEN d.finished_at ELSE o.finished_at END
      FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])
        AS o (seq, status, error_class, state, reason, due_at, finished_at)
      WHERE d.seq = o.seq`,
    ...columnsOf(rows, 7),
  )
  for (const {recorded: each, delivery, isLost} of outcomes) {
    if (isLost || settled.has(delivery.state)) continue
    announce(transaction, delivery, each.state)
    if (each.raised !== undefined && each.raised.length > 0) await accept(transaction, each.raised)
  }
}
