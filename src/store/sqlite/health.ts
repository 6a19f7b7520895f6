import type {Attempt, Delivery} from '../../domain/delivery.ts'
import {afterAttempt, afterPause, afterResume, type Health, untried} from '../../domain/health.ts'
import type {HealthNote, Pausing, WebhookHealth} from '../store.ts'
import {accept} from './accept.ts'
import type {Connection} from './connection.ts'
import type {AnyRow} from './rows.ts'
import {writeTelling} from './telling.ts'
import type {Transaction} from './transaction.ts'

/** The health of webhooks as the attempts of one transaction change it: read and written once per webhook. */
export interface HealthChanges {
  attempt(webhook: number, delivery: Pick<Delivery, 'trigger' | 'toUrl'>, attempt: Attempt): void
  pause(webhook: number): void
  /** Writes them; answers those of which there may be something to tell. */
  write(): readonly WebhookHealth[]
}

export function healthChanges({connection}: Transaction): HealthChanges {
  const before = new Map<number, Health>()
  const after = new Map<number, Health>()
  const change = (webhook: number, next: (health: Health) => Health) => {
    const known = after.get(webhook) ?? readHealth(connection, webhook)
    if (!before.has(webhook)) before.set(webhook, known)
    after.set(webhook, next(known))
  }
  return {
    attempt: (webhook, delivery, attempt) => change(webhook, health => afterAttempt(health, delivery, attempt)),
    pause: webhook => change(webhook, afterPause),
    write() {
      const changed = [...after].filter(([webhook, health]) => health !== before.get(webhook))
      for (const [webhook, health] of changed) writeHealth(connection, webhook, health)
      return changed
        .filter(([, health]) => health.failures > 0 || health.down)
        .flatMap(([webhook, health]) => withWebhook(connection, webhook, health))
    },
  }
}

function withWebhook(connection: Connection, webhook: number, health: Health): WebhookHealth[] {
  const row = connection
    .prepare('SELECT id, organization_id AS organizationId FROM webhooks WHERE seq = ? AND deleted_at IS NULL')
    .get(webhook) as {id: string; organizationId: number} | undefined
  return row === undefined ? [] : [{...health, webhookId: row.id, organizationId: row.organizationId}]
}

export function healthOf(connection: Connection, ids: readonly string[]): ReadonlyMap<string, Health> {
  const find = connection.prepare(
    'SELECT h.* FROM webhooks w JOIN webhook_health h ON h.webhook = w.seq WHERE w.id = ? AND w.deleted_at IS NULL',
  )
  return new Map(
    ids.flatMap(id => {
      const row = find.get(id)
      return row === undefined ? [] : [[id, toHealth(row as AnyRow)] as const]
    }),
  )
}

export function tellHealth(transaction: Transaction, {webhookId, was, now, pause, raised}: HealthNote): boolean {
  const {connection} = transaction
  const row = connection.prepare('SELECT seq FROM webhooks WHERE id = ? AND deleted_at IS NULL').get(webhookId)
  if (row === undefined) return false
  const webhook = row.seq as number
  const health = readHealth(connection, webhook)
  if (health.told !== was.told || health.down !== was.down) return false
  writeHealth(connection, webhook, {...health, ...now})
  if (pause !== null) pauseWebhook(transaction, webhook, pause)
  if (raised.length > 0) accept(transaction, raised)
  return true
}

/** Answers whether it did: of several answers 410 that were on their way together, the first one pauses. */
export function pauseWebhook(transaction: Transaction, webhook: number, {pause, entry}: Pausing): boolean {
  const update = transaction.connection.prepare(
    'UPDATE webhooks SET paused = ?, updated_at = ? WHERE seq = ? AND paused IS NULL AND deleted_at IS NULL',
  )
  if (Number(update.run(JSON.stringify(pause), pause.at, webhook).changes) === 0) return false
  writeTelling(transaction, entry)
  transaction.setupChanged()
  return true
}

export function resumeHealth(connection: Connection, webhook: number): void {
  writeHealth(connection, webhook, afterResume(readHealth(connection, webhook)))
}

function readHealth(connection: Connection, webhook: number): Health {
  const row = connection.prepare('SELECT * FROM webhook_health WHERE webhook = ?').get(webhook)
  return row === undefined ? untried : toHealth(row as AnyRow)
}

const toHealth = (row: AnyRow): Health => ({
  failingSince: row.failing_since as number | null,
  failures: row.failures as number,
  lastSuccessAt: row.last_success_at as number | null,
  lastFailureAt: row.last_failure_at as number | null,
  told: row.told as number,
  down: row.down === 1,
})

function writeHealth(connection: Connection, webhook: number, health: Health): void {
  connection
    .prepare(`INSERT OR REPLACE INTO webhook_health
      (webhook, failing_since, failures, last_success_at, last_failure_at, told, down) VALUES (?, ?, ?, ?, ?, ?, ?)`)
    .run(
      webhook,
      health.failingSince,
      health.failures,
      health.lastSuccessAt,
      health.lastFailureAt,
      health.told,
      health.down ? 1 : 0,
    )
}
