import {type DeliveryState, deliveryStates} from '../../domain/delivery.ts'
import {type Replay, type ReplayCounts, type ReplayState, replayOver} from '../../domain/replay.ts'
import {notFoundError} from '../../errors.ts'
import {type AnyRow, toReplay} from '../sqlite/rows.ts'
import type {NewReplayItem, ReplayItem, ReplayQueue, ReplayStore} from '../store.ts'
import type {Database, Questions} from './connection.ts'
import {handOver} from './hand-over.ts'
import {writeTellings} from './history.ts'
import {moveDelivery, PLACED, type Placed} from './moves.ts'
import {condition, page} from './newest.ts'
import {columnsOf} from './statements.ts'
import type {Alone} from './store.ts'
import type {Transaction} from './transaction.ts'

const CANCELLED_PER_CALL = 10_000
/** A driver says that it is still there when what it said last is so old. */
const BEAT_MS = 2000

export const replays = (database: Database, write: Alone): ReplayStore => ({
  add: replay => write(transaction => add(transaction, replay)),
  addItems: (replayId, items) => write(transaction => addItems(transaction, replayId, items)),
  begin: (replayId, now, entry) =>
    write(async transaction => {
      await writeTellings(transaction, [entry])
      return begin(transaction, await seqOf(transaction, replayId), now)
    }),
  discard: replayId =>
    write(async transaction => {
      const seq = await seqOf(transaction, replayId)
      await transaction.run('DELETE FROM replay_items WHERE replay = $1', seq)
      await transaction.run('DELETE FROM replays WHERE seq = $1', seq)
    }),
  async find(organizationId, id) {
    const row = await database.one('SELECT * FROM replays WHERE id = $1 AND organization_id = $2', id, organizationId)
    return row === undefined ? null : toReplay(row)
  },
  list: (organizationId, request) =>
    page(
      database,
      {table: 'replays', time: 'created_at', conditions: [condition('organization_id = ?', organizationId)]},
      request,
      toReplay,
    ),
  change: (replayId, change) =>
    write(async transaction => {
      const changed = await changeState(transaction, replayId, change)
      if (changed && change.entry !== null) await writeTellings(transaction, [change.entry])
      const more =
        change.to === 'cancelled' && (await cancelRest(transaction, await seqOf(transaction, replayId), change.now))
      return {changed, more}
    }),
  counts: async replayId => counts(database, await seqOf(database, replayId)),
  drive: (bootId, now, staleBefore) => drive(database, write, {bootId, now, staleBefore}),
  queues: async (replayId, overdueAt) => queues(database, await seqOf(database, replayId), overdueAt),
  items: async (replayId, webhookId, limit) => items(database, await seqOf(database, replayId), webhookId, limit),
  handOver: given => write(transaction => handOver(transaction, given)),
})

async function seqOf(questions: Questions, id: string): Promise<number> {
  const row = await questions.one('SELECT seq FROM replays WHERE id = $1', id)
  if (row === undefined) throw notFoundError('replay_not_found', `no replay ${id}`)
  return row.seq as number
}

async function add(questions: Questions, replay: Replay): Promise<void> {
  await questions.run(
    `INSERT INTO replays (id, organization_id, selection, filter, to_url, now, rate, state, total, handed_over, refused,
      created_at, finished_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    ...[replay.id, replay.organizationId, replay.selection, JSON.stringify(replay.filter), replay.toUrl],
    ...[replay.now ? 1 : 0, replay.ratePerSecond, replay.state, replay.total, replay.handedOver, replay.refused],
    ...[replay.createdAt, replay.finishedAt],
  )
}

async function addItems(questions: Questions, replayId: string, given: readonly NewReplayItem[]): Promise<void> {
  const replay = await seqOf(questions, replayId)
  const row = await questions.one(
    "UPDATE replays SET total = total + $1 WHERE seq = $2 AND state = 'selecting' RETURNING total",
    given.length,
    replay,
  )
  if (row === undefined) throw replayOver(await replayAt(questions, replay))
  const first = (row.total as number) - given.length
  const rows = given.map(({webhookId, at, deliveryId, eventId}, index) => [
    webhookId,
    at,
    first + index,
    deliveryId,
    eventId,
  ])
  await questions.run(
    `INSERT INTO replay_items (replay, webhook, at, number, delivery, event)
      SELECT $6, w.seq, i.at, i.number, d.seq, e.seq
      FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[]) AS i (webhook, at, number, delivery, event)
      JOIN webhooks w ON w.id = i.webhook LEFT JOIN deliveries d ON d.id = i.delivery LEFT JOIN events e ON e.id = i.event`,
    ...columnsOf(rows, 5),
    replay,
  )
}

async function begin(questions: Questions, seq: number, now: number): Promise<Replay> {
  const changes = await questions.run(
    `UPDATE replays SET state = CASE total WHEN 0 THEN 'done' ELSE 'running' END,
      finished_at = CASE total WHEN 0 THEN $1::bigint END WHERE seq = $2 AND state = 'selecting'`,
    now,
    seq,
  )
  const replay = await replayAt(questions, seq)
  if (changes === 0) throw replayOver(replay)
  return replay
}

const replayAt = async (questions: Questions, seq: number): Promise<Replay> =>
  toReplay((await questions.one('SELECT * FROM replays WHERE seq = $1', seq)) as AnyRow)

interface Change {
  readonly from: readonly ReplayState[]
  readonly to: ReplayState
  readonly now: number
}

/** Resumed with nothing left to hand over, it is done. */
async function changeState(questions: Questions, replayId: string, {from, to, now}: Change): Promise<boolean> {
  const left = await questions.one(
    'SELECT 1 AS yes FROM replay_items WHERE replay = (SELECT seq FROM replays WHERE id = $1) LIMIT 1',
    replayId,
  )
  const state = to === 'running' && left === undefined ? 'done' : to
  const finishedAt = state === 'cancelled' || state === 'done' ? now : null
  const changed = await questions.run(
    'UPDATE replays SET state = $1, finished_at = $2, driver = NULL, driven_at = NULL WHERE id = $3 AND state = ANY($4)',
    state,
    finishedAt,
    replayId,
    [...from],
  )
  return changed === 1
}

/** Answers whether there may be more. */
async function cancelRest(transaction: Transaction, replay: number, now: number): Promise<boolean> {
  const removed = await transaction.run(
    `DELETE FROM replay_items WHERE replay = $1 AND (webhook, at, number) IN
      (SELECT webhook, at, number FROM replay_items WHERE replay = $1 LIMIT $2)`,
    replay,
    CANCELLED_PER_CALL,
  )
  const open = (await transaction.all(
    `SELECT ${PLACED} FROM deliveries WHERE seq = ANY(ARRAY(SELECT seq FROM delivery_states
      WHERE replay = $1 AND state IN ('pending', 'held') ORDER BY seq LIMIT $2 FOR UPDATE)) ORDER BY seq`,
    replay,
    CANCELLED_PER_CALL,
  )) as unknown as readonly Placed[]
  const end = {state: 'cancelled', reason: 'cancelled', dueAt: null, finishedAt: now} as const
  for (const delivery of open) await moveDelivery(transaction, delivery, end)
  return removed === CANCELLED_PER_CALL || open.length === CANCELLED_PER_CALL
}

async function counts(questions: Questions, replay: number): Promise<ReplayCounts> {
  const none = Object.fromEntries(deliveryStates.map(state => [state, 0])) as Record<DeliveryState, number>
  const rows = await questions.all(
    'SELECT state, count(*) AS n FROM delivery_states WHERE replay = $1 GROUP BY state',
    replay,
  )
  const row = await questions.one(
    "SELECT count(*) AS n FROM delivery_states WHERE replay = $1 AND state = 'pending' AND attempts = 0",
    replay,
  )
  return {...none, ...Object.fromEntries(rows.map(({state, n}) => [state, n])), untried: row?.n as number}
}

interface Driving {
  readonly bootId: string
  readonly now: number
  readonly staleBefore: number
}

async function drive(
  database: Database,
  write: Alone,
  {bootId, now, staleBefore}: Driving,
): Promise<readonly Replay[]> {
  // Who is no longer heard of as a worker drives no more.
  const rows = await database.all(
    `SELECT r.*, o.boot_id IS NOT NULL AS heard FROM replays r LEFT JOIN owners o ON o.boot_id = r.driver
      WHERE r.state = 'running'`,
  )
  const isFree = ({driver, driven_at, heard}: AnyRow) =>
    driver === null || driver === bootId || !(heard as unknown as boolean) || (driven_at as number) < staleBefore
  const open = rows.filter(isFree)
  const stale = open.filter(({driver, driven_at}) => driver !== bootId || (driven_at as number) < now - BEAT_MS)
  if (stale.length === 0) return open.map(toReplay)
  const taken = await write(async transaction => {
    const mine: AnyRow[] = []
    for (const row of stale) {
      const changed = await transaction.run(
        `UPDATE replays SET driver = $1, driven_at = $2 WHERE seq = $3 AND state = 'running'
          AND driver IS NOT DISTINCT FROM $4`,
        ...[bootId, now, row.seq as number, row.driver as string | null],
      )
      if (changed === 1) mine.push(row)
    }
    return mine
  })
  return open.filter(row => !stale.includes(row) || taken.includes(row)).map(toReplay)
}

async function queues(questions: Questions, replay: number, overdueAt: number): Promise<readonly ReplayQueue[]> {
  const rows = await questions.all(
    `WITH RECURSIVE q AS (
        (SELECT webhook FROM replay_items WHERE replay = $1 ORDER BY webhook LIMIT 1)
        UNION ALL
        SELECT (SELECT i.webhook FROM replay_items i WHERE i.replay = $1 AND i.webhook > q.webhook
          ORDER BY i.webhook LIMIT 1) FROM q WHERE q.webhook IS NOT NULL
      )
      SELECT w.id AS "webhookId", c.untried, c.overdue, c."lastDueAt" FROM q JOIN webhooks w ON w.seq = q.webhook
      CROSS JOIN LATERAL (SELECT count(*) AS untried, count(*) FILTER (WHERE d.due_at <= $2) AS overdue,
          max(d.due_at) AS "lastDueAt"
        FROM delivery_states d WHERE d.replay = $1 AND d.webhook = q.webhook AND d.state = 'pending' AND d.attempts = 0) c
      ORDER BY q.webhook`,
    replay,
    overdueAt,
  )
  return rows as unknown as readonly ReplayQueue[]
}

async function items(
  questions: Questions,
  replay: number,
  webhookId: string,
  limit: number,
): Promise<readonly ReplayItem[]> {
  const rows = await questions.all(
    `SELECT i.number, i.at, w.id AS "webhookId", d.id AS "deliveryId", e.id AS "eventId"
      FROM replay_items i JOIN webhooks w ON w.seq = i.webhook LEFT JOIN deliveries d ON d.seq = i.delivery
      LEFT JOIN events e ON e.seq = i.event
      WHERE i.replay = $1 AND i.webhook = (SELECT seq FROM webhooks WHERE id = $2) ORDER BY i.at, i.number LIMIT $3`,
    ...[replay, webhookId, limit],
  )
  return rows as unknown as readonly ReplayItem[]
}
