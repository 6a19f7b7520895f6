import type {Attempt, DeliveryState} from '../../domain/delivery.ts'
import {withoutContent} from '../../domain/retention.ts'
import {reached} from '../../failpoint.ts'
import type {Fetched} from '../fetched.ts'
import type {Recorded, WebhookHealth} from '../store.ts'
import {accept} from './accept.ts'
import {healthChanges, pauseWebhook} from './health.ts'
import {announce, type Placed, placed} from './moves.ts'
import type {Transaction} from './transaction.ts'

/**
 * States an outcome no longer changes: a person's cancel stands, and what was taken is not sent again because of an
 * older attempt that came home late.
 */
const settled: ReadonlySet<DeliveryState> = new Set(['cancelled', 'delivered'])

export function record(
  transaction: Transaction,
  fetched: Fetched<Placed>,
  outcomes: readonly Recorded[],
): readonly WebhookHealth[] {
  const health = healthChanges(transaction)
  for (const outcome of outcomes) {
    const {attempt, pause, raised = []} = outcome
    const delivery = writeOutcome(transaction, fetched, outcome)
    // Pruned meanwhile: there is nothing left to tell, and its neighbours in this commit must not fail for it.
    if (delivery === null) continue
    const isSettled = settled.has(delivery.state)
    const gone = delivery.contentGone ?? null
    writeAttempt(transaction, delivery, gone === null ? attempt : withoutContent(attempt, gone))
    transaction.attempted({...delivery, attempt, isGivenUp: outcome.state === 'failed' && !isSettled})
    health.attempt(delivery.webhook, delivery, attempt)
    if (!isSettled) announce(transaction, delivery, outcome.state)
    if (!isSettled && raised.length > 0) accept(transaction, raised)
    if (pause !== null && pauseWebhook(transaction, delivery.webhook, pause)) health.pause(delivery.webhook)
  }
  const written = health.write()
  reached('record.written')
  return written
}

/** Writes what follows from an attempt; answers the delivery as it was before, null where there is none any more. */
function writeOutcome(transaction: Transaction, fetched: Fetched<Placed>, outcome: Recorded): Placed | null {
  const id = outcome.attempt.deliveryId
  const remembered = fetched.find(id)
  if (remembered !== undefined && moveOn(transaction, remembered, outcome)) return remembered
  const delivery = placed(transaction, id)
  if (delivery === null) return null
  if (settled.has(delivery.state)) countAttempt(transaction, delivery, outcome)
  else moveOn(transaction, delivery, outcome)
  return delivery
}

/** Answers whether it did: a delivery that is not as it is said to be stays so. */
function moveOn({connection}: Transaction, delivery: Placed, outcome: Recorded): boolean {
  const update =
    connection.prepare(`UPDATE deliveries SET attempts = attempts + 1, last_status = ?, last_error_class = ?,
    state = ?, reason = ?, due_at = ?, finished_at = ? WHERE seq = ? AND state = ?`)
  const {attempt, state, reason, dueAt, finishedAt} = outcome
  const of = [delivery.seq, delivery.state]
  const {changes} = update.run(attempt.status, attempt.errorClass, state, reason, dueAt, finishedAt, ...of)
  return Number(changes) === 1
}

function countAttempt({connection}: Transaction, {seq}: Placed, {attempt: {status, errorClass}}: Recorded): void {
  connection
    .prepare('UPDATE deliveries SET attempts = attempts + 1, last_status = ?, last_error_class = ? WHERE seq = ?')
    .run(status, errorClass, seq)
}

function writeAttempt({connection, feed}: Transaction, delivery: Placed, attempt: Attempt): void {
  const insert = connection.prepare(`INSERT INTO attempts (id, delivery, number, started_at, duration_ms, success,
    status, error_class, error, url, method, remote_address, response_bytes, response_truncated, request_headers,
    response_headers, response_body, signed_with) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const {lastInsertRowid} = insert.run(
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
  )
  feed(delivery.organizationId, 'attempt', Number(lastInsertRowid))
}
