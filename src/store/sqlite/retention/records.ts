import type {DeliveryState} from '../../../domain/delivery.ts'
import {nothingPruned} from '../../../domain/retention.ts'
import type {FeedKind} from '../../store.ts'
import type {Connection} from '../connection.ts'
import type {Transaction} from '../transaction.ts'
import {dropDeliveryContent, walked} from './contents.ts'
import {IS_SETTLED, isNeeded, isNewest, isSettled} from './prunable.ts'
import type {Stage, StageQuestion} from './prune.ts'

interface Row {
  readonly seq: number
  readonly at: number
  readonly may: number
  readonly attempts?: number
}

/** A delivery that was replayed goes with its journey, not before: its replays say what they repeat. */
const MAY_GO = `(${IS_SETTLED} AND NOT ${isNewest('deliveries', 'd.seq')}
  AND NOT EXISTS (SELECT 1 FROM deliveries r INDEXED BY deliveries_by_replay
    WHERE r.replay_of = d.seq AND NOT ${isSettled('r')})
  AND NOT EXISTS (SELECT 1 FROM deliveries j INDEXED BY deliveries_by_journey
    WHERE j.journey = d.seq AND j.journey IS NOT NULL AND NOT ${isSettled('j')})
  AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.delivery = d.seq AND ${isNewest('attempts', 'a.seq')}))`

/** Deliveries that are settled, with their attempts. */
export const deliveryRecords: Stage = {
  look(connection, question) {
    const rows = connection
      .prepare(`SELECT d.seq, d.created_at AS at, d.attempts, ${MAY_GO} AS may FROM deliveries d
        WHERE d.seq > :after ORDER BY d.seq LIMIT :limit`)
      .all(parametersOf(question)) as unknown as readonly Row[]
    const {old, last} = walked(rows, question)
    const going = old.filter(({may}) => may === 1)
    const attempts = going.reduce((sum, row) => sum + (row.attempts ?? 0), 0)
    return {seqs: going.map(({seq}) => seq), last, would: {...nothingPruned, deliveries: going.length, attempts}}
  },

  remove(transaction, seqs, {before, limit}) {
    const may = transaction.connection.prepare(`SELECT 1 FROM deliveries d WHERE d.seq = :seq AND ${MAY_GO}`)
    let pruned = nothingPruned
    let left = limit
    for (const seq of seqs) {
      if (may.get({seq, before}) === undefined) continue
      // Some have thousands of attempts: those of one delivery may take several transactions.
      const attempts = removeAttempts(transaction.connection, seq, left)
      left -= attempts
      pruned = {...pruned, attempts: pruned.attempts + attempts}
      if (left <= 0) return {pruned, again: seq}
      pruned = {...pruned, deliveries: pruned.deliveries + 1, bytes: pruned.bytes + removeDelivery(transaction, seq)}
      left--
    }
    return {pruned}
  },
}

const removeAttempts = (connection: Connection, delivery: number, limit: number): number =>
  Number(
    connection
      .prepare('DELETE FROM attempts WHERE seq IN (SELECT seq FROM attempts WHERE delivery = ? ORDER BY seq LIMIT ?)')
      .run(delivery, limit).changes,
  )

function removeDelivery(transaction: Transaction, seq: number): number {
  const {connection} = transaction
  const bytes = dropDeliveryContent(transaction, seq, 'pruned')
  connection.prepare('DELETE FROM batch_events WHERE batch = ?').run(seq)
  const row = connection
    .prepare('DELETE FROM deliveries WHERE seq = ? RETURNING organization_id, webhook, state')
    .get(seq) as {organization_id: number; webhook: number; state: DeliveryState}
  transaction.count(row.organization_id, row.webhook, row.state, -1)
  return bytes
}

/** Events of which no delivery is left. */
export const eventRecords: Stage = {
  look(connection, question) {
    const rows = connection
      .prepare(`SELECT e.seq, e.accepted_at AS at, (NOT ${isNeeded(`NOT ${MAY_GO}`)}
          AND NOT ${isNewest('events', 'e.seq')}) AS may
        FROM events e WHERE e.seq > :after ORDER BY e.seq LIMIT :limit`)
      .all(parametersOf(question)) as unknown as readonly Row[]
    const {old, last} = walked(rows, question)
    const seqs = old.filter(({may}) => may === 1).map(({seq}) => seq)
    return {seqs, last, would: {...nothingPruned, events: seqs.length}}
  },

  remove({connection}, seqs) {
    const remove = connection.prepare(`DELETE FROM events AS e WHERE e.seq = ? AND NOT ${isNewest('events', 'e.seq')}
      AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event = e.seq)
      AND NOT EXISTS (SELECT 1 FROM batch_events b WHERE b.event = e.seq)`)
    const events = seqs.reduce((sum, seq) => sum + Number(remove.run(seq).changes), 0)
    return {pruned: {...nothingPruned, events}}
  },
}

/** With `keepEnds` what made an object and what changed it last stays while the object does. */
const historyMayGo = (keepEnds: boolean): string => {
  const later = (changes: string) => `EXISTS (SELECT 1 FROM history o INDEXED BY history_by_object
    WHERE o.organization_id = h.organization_id AND o.object_id = h.object_id AND o.object_type = h.object_type
    AND o.change IN (${changes}) AND (o.at, o.seq) > (h.at, h.seq))`
  const isEnd = `(h.object_type <> 'WebhookDelivery' AND h.object_id <> '' AND (
    h.change = 'created' AND NOT ${later("'deleted'")}
    OR h.change = 'changed' AND NOT ${later("'changed', 'deleted'")}))`
  return `(NOT ${isNewest('history', 'h.seq')}${keepEnds ? ` AND NOT ${isEnd}` : ''})`
}

export const historyRows: Stage = {
  look(connection, question) {
    const rows = connection
      .prepare(`SELECT h.seq, h.at, ${historyMayGo(question.keepEnds)} AS may FROM history h
        WHERE h.seq > :after ORDER BY h.seq LIMIT :limit`)
      .all({after: question.after, limit: question.limit}) as unknown as readonly Row[]
    const {old, last} = walked(rows, question)
    const seqs = old.filter(({may}) => may === 1).map(({seq}) => seq)
    return {seqs, last, would: {...nothingPruned, history: seqs.length}}
  },

  remove({connection}, seqs, {keepEnds}) {
    const remove = connection.prepare(`DELETE FROM history AS h WHERE h.seq = ? AND ${historyMayGo(keepEnds)}`)
    const history = seqs.reduce((sum, seq) => sum + Number(remove.run(seq).changes), 0)
    return {pruned: {...nothingPruned, history}}
  },
}

/** Whose row a line of the feed tells of, and the time of that row. */
const subjects: Readonly<Record<FeedKind, readonly [table: string, time: string]>> = {
  attempt: ['attempts', 'started_at'],
  skipped: ['deliveries', 'created_at'],
  history: ['history', 'at'],
}

interface FeedRow {
  readonly seq: number
  /** Null: it has gone. */
  readonly at: number | null
}

/** Lines of the feed that tell of rows that have gone. They count as nothing: nobody asked for them by themselves. */
export const feedRows = (kind: FeedKind): Stage => ({
  look(connection, question) {
    const {after, limit} = question
    const [table, time] = subjects[kind]
    const select = connection.prepare(`SELECT f.seq, (SELECT s.${time} FROM ${table} s WHERE s.seq = f.subject) AS at
      FROM feed f WHERE f.organization_id = ? AND f.kind = ? AND f.seq > ? ORDER BY f.seq LIMIT ?`)
    // One number runs through the feeds of all organizations: each is a range of its own.
    const rows = organizationsOf(connection)
      .flatMap(id => select.all(id, kind, after, limit) as unknown as readonly FeedRow[])
      .sort((a, b) => a.seq - b.seq)
      .slice(0, limit)
    const {old, last} = walked(
      rows.map(({seq, at}) => ({seq, at: at ?? Number.MIN_SAFE_INTEGER, gone: at === null})),
      question,
    )
    return {seqs: old.filter(({gone}) => gone).map(({seq}) => seq), last, would: nothingPruned}
  },

  remove({connection}, seqs) {
    const remove = connection.prepare('DELETE FROM feed WHERE organization_id = ? AND kind = ? AND seq = ?')
    const organizations = organizationsOf(connection)
    for (const seq of seqs) organizations.some(id => Number(remove.run(id, kind, seq).changes) > 0)
    return {pruned: nothingPruned}
  },
})

const organizationsOf = (connection: Connection): readonly number[] =>
  connection
    .prepare('SELECT id FROM organizations ORDER BY id')
    .all()
    .map(({id}) => id as number)

const parametersOf = ({before, after, limit}: StageQuestion) => ({before, after, limit})
