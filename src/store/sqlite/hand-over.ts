import {bodyOfKey} from '../references.ts'
import type {HandOver} from '../store.ts'
import {writeBodies, writeDelivery} from './accept.ts'
import type {Connection} from './connection.ts'
import type {Transaction} from './transaction.ts'

/** See `ReplayStore.handOver`. */
export function handOver(transaction: Transaction, given: HandOver): boolean {
  const {connection} = transaction
  const replay = connection
    .prepare(`SELECT seq, organization_id AS organizationId, to_url AS toUrl, now FROM replays
      WHERE id = ? AND state = 'running' AND driver = ?`)
    .get(given.replayId, given.bootId) as Running | undefined
  const webhook = connection.prepare('SELECT seq, deleted_at FROM webhooks WHERE id = ?').get(given.webhookId)
  if (replay === undefined || webhook === undefined) return false
  const take = taker(connection, replay.seq, webhook.seq as number, given)
  const isGone = webhook.deleted_at !== null
  const originals = given.again.flatMap(({number, id, dueAt}) => {
    const item = take(number)
    return item === null ? [] : [{seq: item.delivery ?? 0, id, dueAt}]
  })
  let made = isGone ? 0 : again(transaction, replay, webhook.seq as number, originals, given.now)
  let refused = originals.length - made
  const bodies = writeBodies(connection, given.bodies)
  for (const {number, deliveries} of given.fresh) {
    const item = take(number)
    if (item === null) continue
    const owed = isGone ? [] : deliveries
    for (const {delivery, bodyKey} of owed)
      fresh(transaction, replay, item, {delivery, body: bodyOfKey(bodies, bodyKey)})
    if (owed.length > 0) made++
    else refused++
  }
  for (const number of given.refused) if (take(number) !== null) refused++
  finish(connection, replay.seq, {made, refused, now: given.now})
  return true
}

interface Running {
  readonly seq: number
  readonly organizationId: number
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

interface Again {
  readonly seq: number
  readonly id: string
  readonly dueAt: number
}

/**
 * New deliveries with all that those they repeat are about, in one statement: per row it costs a third of one each. What
 * is gone or not over after all is left out. Answers how many were made.
 */
function again(
  transaction: Transaction,
  {seq: replay, organizationId, toUrl, now: alsoNow}: Running,
  webhook: number,
  originals: readonly Again[],
  now: number,
): number {
  if (originals.length === 0) return 0
  const {connection} = transaction
  const list = JSON.stringify(originals.map(({seq, id, dueAt}) => [seq, id, dueAt]))
  const insert =
    connection.prepare(`INSERT INTO deliveries (id, organization_id, webhook, event, event_type, event_count,
    trigger, replay_of, to_url, rule, state, reason, due_at, attempts, last_status, last_error_class, created_at,
    finished_at, body, body_bytes, batch, context_id, object_type, object_id, journey, replay)
    SELECT j.value ->> 1, d.organization_id, d.webhook, d.event, d.event_type, d.event_count, 'replay', d.seq, ?, d.rule,
      'pending', NULL, j.value ->> 2, 0, NULL, NULL, ?, NULL, d.body, d.body_bytes, d.batch, d.context_id, d.object_type,
      d.object_id, coalesce(d.journey, d.seq), ?
    FROM json_each(?) j CROSS JOIN deliveries d ON d.seq = j.value ->> 0
    WHERE d.body IS NOT NULL AND (? OR d.state IN ('delivered', 'failed', 'skipped', 'cancelled'))`)
  const made = Number(insert.run(toUrl, now, replay, list, alsoNow).changes)
  transaction.count(organizationId, webhook, 'pending', made)
  // They are on their way again; to another URL that changes nothing.
  if (toUrl === null) {
    connection
      .prepare(`UPDATE deliveries SET undelivered = 0 WHERE undelivered = 1 AND seq IN (SELECT coalesce(d.journey, d.seq)
        FROM json_each(?) j CROSS JOIN deliveries d ON d.seq = j.value ->> 0 WHERE d.body IS NOT NULL)`)
      .run(list)
  }
  return made
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
