import {bodyOfKey} from '../references.ts'
import type {HandOver} from '../store.ts'
import {writeBodies} from './bodies.ts'
import type {Questions} from './connection.ts'
import {writeDeliveries} from './new-deliveries.ts'
import type {Transaction} from './transaction.ts'

/** See `ReplayStore.handOver`. */
export async function handOver(transaction: Transaction, given: HandOver): Promise<boolean> {
  const replay = (await transaction.one(
    `SELECT seq, to_url AS "toUrl", now FROM replays WHERE id = $1 AND state = 'running' AND driver = $2`,
    given.replayId,
    given.bootId,
  )) as Running | undefined
  const webhook = await transaction.one('SELECT seq, deleted_at FROM webhooks WHERE id = $1', given.webhookId)
  if (replay === undefined || webhook === undefined) return false
  const numbers = [...given.again, ...given.fresh].map(({number}) => number)
  const items = await take(transaction, replay.seq, webhook.seq as number, [...numbers, ...given.refused])
  const isGone = webhook.deleted_at !== null
  let made = 0
  let refused = 0
  const count = (isMade: boolean) => (isMade ? made++ : refused++)
  for (const {number, id, dueAt} of given.again) {
    const item = items.get(number)
    if (item === undefined) continue
    const one = {original: item.delivery, id, dueAt, now: given.now}
    count(!isGone && (await again(transaction, replay, one)))
  }
  const [bodies = new Map<string, number>()] = await writeBodies(transaction, [given.bodies])
  for (const {number, deliveries} of given.fresh) {
    const item = items.get(number)
    if (item === undefined) continue
    const owed = isGone ? [] : deliveries
    for (const {delivery, bodyKey} of owed) {
      await fresh(transaction, replay, item, {delivery, body: bodyOfKey(bodies, bodyKey)})
    }
    count(owed.length > 0)
  }
  refused += given.refused.filter(number => items.has(number)).length
  await finish(transaction, replay.seq, {made, refused, now: given.now})
  return true
}

interface Running {
  readonly seq: number
  readonly toUrl: string | null
  readonly now: number
}

interface Item {
  readonly delivery: number | null
  readonly event: number | null
}

/** Forgets items and answers what they were, by number; what was handed over already is missing. */
async function take(
  questions: Questions,
  replay: number,
  webhook: number,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, Item>> {
  const rows = await questions.all(
    'DELETE FROM replay_items WHERE replay = $1 AND webhook = $2 AND number = ANY($3) RETURNING number, delivery, event',
    replay,
    webhook,
    [...numbers],
  )
  return new Map(rows.map(row => [row.number as number, row as unknown as Item]))
}

interface Again {
  readonly original: number | null
  readonly id: string
  readonly dueAt: number
  readonly now: number
}

/** A new delivery with all that the one it repeats is about. False where that one is gone, or is not over after all. */
async function again(
  transaction: Transaction,
  {seq: replay, toUrl, now: alsoNow}: Running,
  {original, id, dueAt, now}: Again,
): Promise<boolean> {
  if (original === null) return false
  const made = await transaction.one(
    `WITH original AS (
      SELECT * FROM deliveries WHERE seq = $6 AND body IS NOT NULL
        AND ($7 OR state IN ('delivered', 'failed', 'skipped', 'cancelled'))
    ), made AS (
      INSERT INTO delivery_records (id, organization_id, webhook, event, event_type, trigger, replay_of, to_url, rule,
        created_at, body, body_bytes, batch, context_id, object_type, object_id, journey, replay)
      SELECT $1, organization_id, webhook, event, event_type, 'replay', seq, $2, rule,
        $4, body, body_bytes, batch, context_id, object_type, object_id, coalesce(journey, seq), $5 FROM original
      RETURNING *
    )
    INSERT INTO delivery_states (seq, organization_id, webhook, trigger, created_at, journey, replay, state, due_at,
      attempts, event_count)
    SELECT m.seq, m.organization_id, m.webhook, m.trigger, m.created_at, m.journey, m.replay, 'pending', $3,
      0, o.event_count FROM made m, original o
    RETURNING organization_id AS "organizationId", webhook, journey`,
    ...[id, toUrl, dueAt, now, replay, original, alsoNow === 1],
  )
  if (made === undefined) return false
  transaction.count(made.organizationId as number, made.webhook as number, 'pending', 1)
  transaction.journeyChanged(made.journey as number)
  return true
}

interface Fresh {
  readonly delivery: HandOver['fresh'][number]['deliveries'][number]['delivery']
  readonly body: number | null
}

/** What was never rendered: a delivery that the services have made, linked to the one that was skipped. */
async function fresh(
  transaction: Transaction,
  {seq: replay}: Running,
  {delivery: original}: Item,
  {delivery, body}: Fresh,
): Promise<void> {
  const event = await transaction.one(
    `SELECT seq AS event, context_id AS "contextId", object_type AS "objectType", object_id AS "objectId"
      FROM events WHERE id = $1`,
    delivery.eventId,
  )
  if (event === undefined) return
  const first =
    original === null
      ? undefined
      : await transaction.one('SELECT coalesce(journey, seq) AS first FROM deliveries WHERE seq = $1', original)
  const about = event as unknown as {event: number; contextId: string | null; objectType: string; objectId: string}
  const journey = (first?.first as number | undefined) ?? null
  await writeDeliveries(transaction, [
    {delivery, references: {...about, replayOf: original, journey, body, batch: null}},
  ])
  await transaction.run(
    `WITH record AS (UPDATE delivery_records SET replay = $1 WHERE id = $2 RETURNING seq)
      UPDATE delivery_states SET replay = $1 WHERE seq = (SELECT seq FROM record)`,
    replay,
    delivery.id,
  )
}

async function finish(
  questions: Questions,
  replay: number,
  {made, refused, now}: {readonly made: number; readonly refused: number; readonly now: number},
): Promise<void> {
  await questions.run(
    'UPDATE replays SET handed_over = handed_over + $1, refused = refused + $2, driven_at = $3 WHERE seq = $4',
    ...[made, refused, now, replay],
  )
  await questions.run(
    `UPDATE replays SET state = 'done', finished_at = $1 WHERE seq = $2
      AND NOT EXISTS (SELECT 1 FROM replay_items WHERE replay = replays.seq)`,
    now,
    replay,
  )
}
