import type {Attempt, Delivery} from '../../domain/delivery.ts'
import {afterAttempt, afterPause, afterResume, type Health, untried} from '../../domain/health.ts'
import type {AnyRow} from '../sqlite/rows.ts'
import type {HealthNote, Pausing, WebhookHealth} from '../store.ts'
import {accept} from './accept.ts'
import type {Questions} from './connection.ts'
import {writeTellings} from './history.ts'
import {columnsOf, type Statement} from './statements.ts'
import type {Transaction} from './transaction.ts'

/** The health of webhooks as the attempts of one transaction change it: read and written once per webhook. */
export interface HealthChanges {
  attempt(webhook: number, delivery: Pick<Delivery, 'trigger' | 'toUrl'>, attempt: Attempt): void
  pause(webhook: number): void
  /** Writes them; answers those of which there may be something to tell. */
  write(): Promise<readonly WebhookHealth[]>
}

/** @param webhooks those that may change, as row numbers */
export async function healthChanges(transaction: Transaction, webhooks: readonly number[]): Promise<HealthChanges> {
  const before = await readHealth(transaction, webhooks)
  const after = new Map(before)
  const change = (webhook: number, next: (health: Health) => Health) => {
    after.set(webhook, next(after.get(webhook) ?? untried))
  }
  return {
    attempt: (webhook, delivery, attempt) => change(webhook, health => afterAttempt(health, delivery, attempt)),
    pause: webhook => change(webhook, afterPause),
    async write() {
      const changed = [...after].filter(([webhook, health]) => health !== before.get(webhook))
      for (const [webhook, health] of changed) transaction.health.set(webhook, health)
      const notable = new Map(changed.filter(([, health]) => health.failures > 0 || health.down))
      if (notable.size === 0) return []
      const rows = await transaction.all(
        'SELECT seq, id, organization_id FROM webhooks WHERE seq = ANY($1) AND deleted_at IS NULL',
        [...notable.keys()],
      )
      return rows.map(row => ({
        ...(notable.get(row.seq as number) as Health),
        webhookId: row.id as string,
        organizationId: row.organization_id as number,
      }))
    },
  }
}

export async function healthOf(questions: Questions, ids: readonly string[]): Promise<ReadonlyMap<string, Health>> {
  const rows = await questions.all(
    `SELECT w.id, h.* FROM webhooks w JOIN webhook_health h ON h.webhook = w.seq
      WHERE w.id = ANY($1) AND w.deleted_at IS NULL`,
    [...ids],
  )
  return new Map(rows.map(row => [row.id as string, toHealth(row)]))
}

export async function tellHealth(
  transaction: Transaction,
  {webhookId, was, now, pause, raised}: HealthNote,
): Promise<boolean> {
  const row = await transaction.one('SELECT seq FROM webhooks WHERE id = $1 AND deleted_at IS NULL', webhookId)
  if (row === undefined) return false
  const webhook = row.seq as number
  const health = (await readHealth(transaction, [webhook])).get(webhook) ?? untried
  if (health.told !== was.told || health.down !== was.down) return false
  transaction.health.set(webhook, {...health, ...now})
  if (pause !== null) await pauseWebhook(transaction, webhook, pause)
  if (raised.length > 0) await accept(transaction, raised)
  return true
}

/** Answers whether it did: of several answers 410 that were on their way together, the first one pauses. */
export async function pauseWebhook(
  transaction: Transaction,
  webhook: number,
  {pause, entry}: Pausing,
): Promise<boolean> {
  const changed = await transaction.run(
    'UPDATE webhooks SET paused = $1, updated_at = $2 WHERE seq = $3 AND paused IS NULL AND deleted_at IS NULL',
    ...[JSON.stringify(pause), pause.at, webhook],
  )
  if (changed === 0) return false
  await writeTellings(transaction, [entry])
  transaction.setupChanged()
  return true
}

export async function resumeHealth(transaction: Transaction, webhook: number): Promise<void> {
  const health = (await readHealth(transaction, [webhook])).get(webhook) ?? untried
  transaction.health.set(webhook, afterResume(health))
}

async function readHealth(
  {all, health}: Transaction,
  webhooks: readonly number[],
): Promise<ReadonlyMap<number, Health>> {
  const rows = await all('SELECT * FROM webhook_health WHERE webhook = ANY($1)', [...webhooks])
  const changed = webhooks.flatMap(webhook => {
    const known = health.get(webhook)
    return known === undefined ? [] : [[webhook, known] as const]
  })
  return new Map([...rows.map(row => [row.webhook as number, toHealth(row)] as const), ...changed])
}

const toHealth = (row: AnyRow): Health => ({
  failingSince: row.failing_since as number | null,
  failures: row.failures as number,
  lastSuccessAt: row.last_success_at as number | null,
  lastFailureAt: row.last_failure_at as number | null,
  told: row.told as number,
  down: row.down === 1,
})

export function healthWritten(changed: readonly (readonly [webhook: number, health: Health])[]): readonly Statement[] {
  if (changed.length === 0) return []
  const rows = changed.map(([webhook, {failingSince, failures, lastSuccessAt, lastFailureAt, told, down}]) => [
    ...[webhook, failingSince, failures, lastSuccessAt, lastFailureAt, told, down ? 1 : 0],
  ])
  return [
    {
      sql: `INSERT INTO webhook_health (webhook, failing_since, failures, last_success_at, last_failure_at, told, down)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::bigint[], $5::bigint[], $6::int[], $7::int[])
        ON CONFLICT (webhook) DO UPDATE SET failing_since = excluded.failing_since, failures = excluded.failures,
          last_success_at = excluded.last_success_at, last_failure_at = excluded.last_failure_at, told = excluded.told,
          down = excluded.down`,
      values: columnsOf(rows, 7),
    },
  ]
}
