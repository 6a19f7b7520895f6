import type {HandOver} from '../store.ts'
import {bodyOfKey, writeBodies, writeDelivery} from './accept.ts'
import type {Connection} from './connection.ts'
import type {Transaction} from './transaction.ts'

/** See `ReplayStore.handOver`. */
export function handOver(transaction: Transaction, given: HandOver): boolean {
  const {connection} = transaction
  const replay = connection
    .prepare(`SELECT seq, to_url AS toUrl, now FROM replays WHERE id = ? AND state = 'running' AND driver = ?`)
    .get(given.replayId, given.bootId) as Running | undefined
  const webhook = connection.prepare('SELECT seq, deleted_at FROM webhooks WHERE id = ?').get(given.webhookId)
  if (replay === undefined || webhook === undefined) return false
  const take = taker(connection, replay.seq, webhook.seq as number, given)
  const isGone = webhook.deleted_at !== null
  let made = 0
  let refused = 0
  const count = (isMade: boolean) => (isMade ? made++ : refused++)
  for (const {number, id, dueAt} of given.again) {
    const item = take(number)
    if (item !== null)
      count(!isGone && item.delivery !== null && again(transaction, replay, item.delivery, id, dueAt, given.now))
  }
  const bodies = writeBodies(connection, given.bodies)
  for (const {number, deliveries} of given.fresh) {
    const item = take(number)
    if (item === null) continue
    const owed = isGone ? [] : deliveries
    for (const {delivery, bodyKey} of owed)
      fresh(transaction, replay, item, {delivery, body: bodyOfKey(bodies, bodyKey)})
    count(owed.length > 0)
  }
  for (const number of given.refused) if (take(number) !== null) refused++
  finish(connection, replay.seq, {made, refused, now: given.now})
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

/** Forgets the items that are handed over, in one statement; answers what each was, null where it was handed over already. */
function taker(
  connection: Connection,
  replay: number,
  webhook: number,
  {again, fresh, refused}: HandOver,
): (number: number) => Item | null {
  const numbers = [...again.map(({number}) => number), ...fresh.map(({number}) => number), ...refused]
  // They are the oldest of their webhook: a look through as many of the front finds them.
  const rows = connection
    .prepare(`DELETE FROM replay_items WHERE (replay, webhook, at, number) IN (SELECT replay, webhook, at, number
      FROM (SELECT replay, webhook, at, number FROM replay_items WHERE replay = ? AND webhook = ?
        ORDER BY at, number LIMIT ?) WHERE number IN (SELECT value FROM json_each(?)))
      RETURNING number, delivery, event`)
    .all(replay, webhook, numbers.length + 1000, JSON.stringify(numbers))
  const items = new Map(rows.map(row => [row.number as number, row as unknown as Item]))
  return number => {
    const item = items.get(number) ?? null
    items.delete(number)
    return item
  }
}

/** A new delivery with all that the one it repeats is about. False where that one is gone, or is not over after all. */
function again(
  transaction: Transaction,
  {seq: replay, toUrl, now: alsoNow}: Running,
  original: number,
  id: string,
  dueAt: number,
  now: number,
): boolean {
  const {connection} = transaction
  const insert =
    connection.prepare(`INSERT INTO deliveries (id, organization_id, webhook, event, event_type, event_count,
    trigger, replay_of, to_url, rule, state, reason, due_at, attempts, last_status, last_error_class, created_at,
    finished_at, body, body_bytes, batch, context_id, object_type, object_id, journey, replay)
    SELECT ?, organization_id, webhook, event, event_type, event_count, 'replay', seq, ?, rule, 'pending', NULL, ?, 0,
      NULL, NULL, ?, NULL, body, body_bytes, batch, context_id, object_type, object_id, coalesce(journey, seq), ?
    FROM deliveries WHERE seq = ? AND body IS NOT NULL AND (? OR state IN ('delivered', 'failed', 'skipped', 'cancelled'))
    RETURNING organization_id AS organizationId, webhook, journey`)
  const found = connection.prepare('UPDATE deliveries SET undelivered = 0 WHERE seq = ? AND undelivered = 1')
  const made = insert.get(id, toUrl, dueAt, now, replay, original, alsoNow)
  if (made === undefined) return false
  transaction.count(made.organizationId as number, made.webhook as number, 'pending', 1)
  // It is on its way again; to another URL it changes nothing.
  if (toUrl === null) found.run(made.journey as number)
  return true
}

/** What was never rendered: a delivery that the services have made, linked to the one that was skipped. */
function fresh(
  transaction: Transaction,
  {seq: replay}: Running,
  {delivery: original}: Item,
  {
    delivery,
    body,
  }: {readonly delivery: HandOver['fresh'][number]['deliveries'][number]['delivery']; readonly body: number | null},
): void {
  const {connection} = transaction
  const event = connection
    .prepare(`SELECT seq AS event, context_id AS contextId, object_type AS objectType, object_id AS objectId
      FROM events WHERE id = ?`)
    .get(delivery.eventId) as
    | {event: number; contextId: string | null; objectType: string; objectId: string}
    | undefined
  if (event === undefined) return
  const first =
    original === null
      ? null
      : connection.prepare('SELECT coalesce(journey, seq) AS first FROM deliveries WHERE seq = ?').get(original)
  const journey = (first?.first as number | undefined) ?? null
  writeDelivery(transaction, delivery, {...event, replayOf: original, journey, body, batch: null})
  connection.prepare('UPDATE deliveries SET replay = ? WHERE id = ?').run(replay, delivery.id)
}

function finish(
  connection: Connection,
  replay: number,
  {made, refused, now}: {readonly made: number; readonly refused: number; readonly now: number},
): void {
  connection
    .prepare(`UPDATE replays SET handed_over = handed_over + ?, refused = refused + ?, driven_at = ? WHERE seq = ?`)
    .run(made, refused, now, replay)
  connection
    .prepare(`UPDATE replays SET state = 'done', finished_at = ? WHERE seq = ?
      AND NOT EXISTS (SELECT 1 FROM replay_items WHERE replay = replays.seq)`)
    .run(now, replay)
}
