import type {Attempt, DeliveryState} from '../../domain/delivery.ts'
import {reached} from '../../failpoint.ts'
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

export function record(transaction: Transaction, outcomes: readonly Recorded[]): readonly WebhookHealth[] {
  const health = healthChanges(transaction)
  for (const outcome of outcomes) {
    const delivery = placed(transaction, outcome.attempt.deliveryId)
    // Pruned meanwhile: there is nothing left to tell, and its neighbours in this commit must not fail for it.
    if (delivery === null) continue
    writeAttempt(transaction, delivery, outcome.attempt)
    const isGivenUp = outcome.state === 'failed' && !settled.has(delivery.state)
    transaction.attempted({...delivery, attempt: outcome.attempt, isGivenUp})
    health.attempt(delivery.webhook, delivery, outcome.attempt)
    writeOutcome(transaction, delivery, outcome)
    if (outcome.pause !== null && pauseWebhook(transaction, delivery.webhook, outcome.pause)) {
      health.pause(delivery.webhook)
    }
  }
  const written = health.write()
  reached('record.written')
  return written
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

function writeOutcome(transaction: Transaction, delivery: Placed, {attempt, ...end}: Recorded): void {
  const {connection} = transaction
  const {status, errorClass} = attempt
  if (settled.has(delivery.state)) {
    connection
      .prepare('UPDATE deliveries SET attempts = attempts + 1, last_status = ?, last_error_class = ? WHERE seq = ?')
      .run(status, errorClass, delivery.seq)
    return
  }
  connection
    .prepare(`UPDATE deliveries SET attempts = attempts + 1, last_status = ?, last_error_class = ?, state = ?,
      reason = ?, due_at = ?, finished_at = ? WHERE seq = ?`)
    .run(status, errorClass, end.state, end.reason, end.dueAt, end.finishedAt, delivery.seq)
  announce(transaction, delivery, end.state)
  if (end.raised !== undefined && end.raised.length > 0) accept(transaction, end.raised)
}
