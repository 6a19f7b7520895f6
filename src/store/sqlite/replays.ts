import {type DeliveryState, deliveryStates} from '../../domain/delivery.ts'
import {type Replay, type ReplayCounts, type ReplayState, replayOver} from '../../domain/replay.ts'
import {notFoundError} from '../../errors.ts'
import type {ReplayItem, ReplayQueue, ReplayStore} from '../store.ts'
import type {Connection} from './connection.ts'
import {handOver} from './hand-over.ts'
import {moveDelivery, type Placed} from './moves.ts'
import {type ListQuestion, page} from './newest.ts'
import type {Direct} from './questions.ts'
import {type AnyRow, toReplay} from './rows.ts'
import {writeTelling} from './telling.ts'
import type {Transaction} from './transaction.ts'
import type {Writer} from './writer.ts'

const CANCELLED_PER_CALL = 10_000
/** A driver says that it is still there when what it said last is so old. */
const BEAT_MS = 2000

export function replays(connection: Connection, writer: Writer): Direct<ReplayStore> {
  return {
    add: replay => writer.write(1, () => add(connection, replay)),
    addItems: (replayId, items) =>
      writer.write(items.length, () => addItems(connection, seqOf(connection, replayId), items)),
    begin: (replayId, now, entry) =>
      writer.write(1, transaction => {
        writeTelling(transaction, entry)
        return begin(connection, seqOf(connection, replayId), now)
      }),
    discard: replayId =>
      writer.write(1024, () => {
        const seq = seqOf(connection, replayId)
        connection.prepare('DELETE FROM replay_items WHERE replay = ?').run(seq)
        connection.prepare('DELETE FROM replays WHERE seq = ?').run(seq)
      }),
    find(organizationId, id) {
      const row = connection
        .prepare('SELECT * FROM replays WHERE id = ? AND organization_id = ?')
        .get(id, organizationId)
      return row === undefined ? null : toReplay(row as AnyRow)
    },
    list: (organizationId, request) =>
      page(connection, listOf(organizationId), request, seq => replayAt(connection, seq)),
    change: (replayId, change) =>
      writer.write(change.to === 'cancelled' ? CANCELLED_PER_CALL : 1, transaction => {
        const changed = changeState(connection, replayId, change)
        if (changed && change.entry !== null) writeTelling(transaction, change.entry)
        const more = change.to === 'cancelled' && cancelRest(transaction, seqOf(connection, replayId), change.now)
        return {changed, more}
      }),
    counts: replayId => counts(connection, seqOf(connection, replayId)),
    drive: (bootId, now, staleBefore) => drive(connection, writer, bootId, now, staleBefore),
    queues: (replayId, overdueAt) => queues(connection, seqOf(connection, replayId), overdueAt),
    items: (replayId, webhookId, limit) => items(connection, seqOf(connection, replayId), webhookId, limit),
    handOver: given =>
      writer.write(given.again.length + given.fresh.length, transaction => handOver(transaction, given)),
  }
}

function seqOf(connection: Connection, id: string): number {
  const row = connection.prepare('SELECT seq FROM replays WHERE id = ?').get(id)
  if (row === undefined) throw notFoundError('replay_not_found', `no replay ${id}`)
  return row.seq as number
}

const replayAt = (connection: Connection, seq: number): Replay =>
  toReplay(connection.prepare('SELECT * FROM replays WHERE seq = ?').get(seq) as AnyRow)

const listOf = (organizationId: number): ListQuestion => ({
  of: {table: 'replays', time: 'created_at'},
  streams: [{index: 'replays_by_time', equal: {organization_id: organizationId}}],
  conditions: [],
})

function add(connection: Connection, replay: Replay): void {
  connection
    .prepare(`INSERT INTO replays (id, organization_id, selection, filter, to_url, now, rate, state, total, handed_over,
      refused, created_at, finished_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    .run(
      replay.id,
      replay.organizationId,
      replay.selection,
      JSON.stringify(replay.filter),
      replay.toUrl,
      replay.now ? 1 : 0,
      replay.ratePerSecond,
      replay.state,
      replay.total,
      replay.handedOver,
      replay.refused,
      replay.createdAt,
      replay.finishedAt,
    )
}

function addItems(connection: Connection, replay: number, given: Parameters<ReplayStore['addItems']>[1]): void {
  const insert = connection.prepare(`INSERT INTO replay_items (replay, webhook, at, number, delivery, event)
    SELECT ?, w.seq, ?, ?, (SELECT seq FROM deliveries WHERE id = ?), (SELECT seq FROM events WHERE id = ?)
    FROM webhooks w WHERE w.id = ?`)
  const row = connection
    .prepare("UPDATE replays SET total = total + ? WHERE seq = ? AND state = 'selecting' RETURNING total")
    .get(given.length, replay) as {total: number} | undefined
  if (row === undefined) throw replayOver(replayAt(connection, replay))
  let total = row.total - given.length
  for (const {webhookId, at, deliveryId, eventId} of given)
    insert.run(replay, at, total++, deliveryId, eventId, webhookId)
}

function begin(connection: Connection, seq: number, now: number): Replay {
  const {changes} = connection
    .prepare(`UPDATE replays SET state = CASE total WHEN 0 THEN 'done' ELSE 'running' END,
      finished_at = CASE total WHEN 0 THEN ? END WHERE seq = ? AND state = 'selecting'`)
    .run(now, seq)
  const replay = replayAt(connection, seq)
  if (changes === 0) throw replayOver(replay)
  return replay
}

interface Change {
  readonly from: readonly ReplayState[]
  readonly to: ReplayState
  readonly now: number
}

/** Resumed with nothing left to hand over, it is done. */
function changeState(connection: Connection, replayId: string, {from, to, now}: Change): boolean {
  const isLeft = connection
    .prepare('SELECT 1 FROM replay_items WHERE replay = (SELECT seq FROM replays WHERE id = ?) LIMIT 1')
    .get(replayId)
  const state = to === 'running' && isLeft === undefined ? 'done' : to
  const update = connection.prepare(`UPDATE replays SET state = ?, finished_at = ?, driver = NULL, driven_at = NULL
    WHERE id = ? AND state IN (SELECT value FROM json_each(?))`)
  const finishedAt = state === 'cancelled' || state === 'done' ? now : null
  return Number(update.run(state, finishedAt, replayId, JSON.stringify(from)).changes) === 1
}

/** Answers whether there may be more. */
function cancelRest(transaction: Transaction, replay: number, now: number): boolean {
  const {connection} = transaction
  const removed = connection
    .prepare(`DELETE FROM replay_items WHERE replay = ?1 AND (webhook, at, number) IN
      (SELECT webhook, at, number FROM replay_items WHERE replay = ?1 LIMIT ?2)`)
    .run(replay, CANCELLED_PER_CALL).changes
  const open = connection
    .prepare(`SELECT seq, organization_id AS organizationId, webhook, event_type AS eventType, trigger, state,
      to_url AS toUrl, journey FROM deliveries INDEXED BY deliveries_of_replay
      WHERE replay = ? AND state IN ('pending', 'held') LIMIT ?`)
    .all(replay, CANCELLED_PER_CALL) as unknown as readonly Placed[]
  const end = {state: 'cancelled', reason: 'cancelled', dueAt: null, finishedAt: now} as const
  for (const delivery of open) moveDelivery(transaction, delivery, end)
  return Number(removed) === CANCELLED_PER_CALL || open.length === CANCELLED_PER_CALL
}

function counts(connection: Connection, replay: number): ReplayCounts {
  const none = Object.fromEntries(deliveryStates.map(state => [state, 0])) as Record<DeliveryState, number>
  const rows = connection
    .prepare(`SELECT state, count(*) AS n FROM deliveries INDEXED BY deliveries_of_replay
      WHERE replay = ? GROUP BY state`)
    .all(replay) as unknown as readonly {state: DeliveryState; n: number}[]
  const {n} = connection
    .prepare(`SELECT count(*) AS n FROM deliveries INDEXED BY deliveries_untried
      WHERE replay = ? AND state = 'pending' AND attempts = 0`)
    .get(replay) as {n: number}
  return {...none, ...Object.fromEntries(rows.map(row => [row.state, row.n])), untried: n}
}

async function drive(
  connection: Connection,
  writer: Writer,
  bootId: string,
  now: number,
  staleBefore: number,
): Promise<readonly Replay[]> {
  const rows = connection
    .prepare("SELECT * FROM replays INDEXED BY replays_running WHERE state = 'running'")
    .all() as readonly AnyRow[]
  if (rows.length === 0) return []
  // One process at a time sends from this file: who drove before it had the right to send drives no more.
  const owner = connection.prepare('SELECT boot_id FROM owner').get()?.boot_id ?? null
  const isFree = ({driver, driven_at}: AnyRow) =>
    driver === null || driver === bootId || driver !== owner || (driven_at as number) < staleBefore
  const open = rows.filter(isFree)
  const stale = open.filter(({driver, driven_at}) => driver !== bootId || (driven_at as number) < now - BEAT_MS)
  if (stale.length === 0) return open.map(toReplay)
  const taken = await writer.write(stale.length, () => {
    const take = connection.prepare(`UPDATE replays SET driver = ?1, driven_at = ?2 WHERE seq = ?3
      AND state = 'running' AND driver IS ?4`)
    return stale.filter(({seq, driver}) => Number(take.run(bootId, now, seq as number, driver as string).changes) === 1)
  })
  return open.filter(row => !stale.includes(row) || taken.includes(row)).map(toReplay)
}

function queues(connection: Connection, replay: number, overdueAt: number): readonly ReplayQueue[] {
  const next = connection.prepare(`SELECT i.webhook, w.id FROM replay_items i JOIN webhooks w ON w.seq = i.webhook
    WHERE i.replay = ? AND i.webhook > ? ORDER BY i.webhook LIMIT 1`)
  const untried = connection.prepare(`SELECT count(*) AS untried, coalesce(sum(due_at <= ?), 0) AS overdue,
      max(due_at) AS lastDueAt
    FROM deliveries INDEXED BY deliveries_untried
    WHERE replay = ? AND webhook = ? AND state = 'pending' AND attempts = 0`)
  const found: ReplayQueue[] = []
  for (let row = next.get(replay, 0); row !== undefined; row = next.get(replay, row.webhook as number)) {
    const counted = untried.get(overdueAt, replay, row.webhook as number) as Omit<ReplayQueue, 'webhookId'>
    found.push({webhookId: row.id as string, ...counted})
  }
  return found
}

function items(connection: Connection, replay: number, webhookId: string, limit: number): readonly ReplayItem[] {
  return connection
    .prepare(`SELECT i.number, i.at, w.id AS webhookId, d.id AS deliveryId, e.id AS eventId
      FROM replay_items i JOIN webhooks w ON w.seq = i.webhook LEFT JOIN deliveries d ON d.seq = i.delivery
      LEFT JOIN events e ON e.seq = i.event
      WHERE i.replay = ? AND i.webhook = (SELECT seq FROM webhooks WHERE id = ?) ORDER BY i.at, i.number LIMIT ?`)
    .all(replay, webhookId, limit)
    .map(row => ({...row}) as unknown as ReplayItem)
}
