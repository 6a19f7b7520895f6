import type {DeliveryState} from '../../../domain/delivery.ts'
import {nothingPruned, type Pruned} from '../../../domain/retention.ts'
import type {FeedKind} from '../../store.ts'
import type {Transaction} from '../transaction.ts'
import {dropDeliveryContents, walked} from './contents.ts'
import {IS_SETTLED, isNeeded, isNewest, isSettled} from './prunable.ts'
import type {Stage} from './prune.ts'

/** A delivery that was replayed goes with its journey, not before: its replays say what they repeat. */
const MAY_GO = `(${IS_SETTLED} AND NOT ${isNewest('deliveries', 'd.seq')}
  AND NOT EXISTS (SELECT 1 FROM deliveries r WHERE r.replay_of = d.seq AND NOT ${isSettled('r')})
  AND NOT EXISTS (SELECT 1 FROM deliveries j WHERE j.journey = d.seq AND NOT ${isSettled('j')})
  AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.delivery = d.seq AND ${isNewest('attempts', 'a.seq')}))`

const isTrue = (value: unknown): boolean => value === true

/** Deliveries that are settled, with their attempts. */
export const deliveryRecords: Stage = {
  async look(questions, question) {
    const rows = await questions.all(
      `SELECT d.seq, d.created_at AS at, d.attempts, ${MAY_GO} AS may FROM deliveries d
        WHERE d.seq > $2 ORDER BY d.seq LIMIT $3`,
      ...[question.before, question.after, question.limit],
    )
    const {old, last} = walked(rows, question)
    const going = old.filter(({may}) => isTrue(may))
    const attempts = going.reduce((sum, row) => sum + (row.attempts as number), 0)
    return {
      seqs: going.map(({seq}) => seq as number),
      last,
      would: {...nothingPruned, deliveries: going.length, attempts},
    }
  },

  async remove(transaction, seqs, {before, limit}) {
    const rows = await transaction.all(
      `SELECT d.seq, (SELECT count(*) FROM attempts a WHERE a.delivery = d.seq) AS attempts FROM deliveries d
        WHERE d.seq = ANY($2) AND ${MAY_GO} ORDER BY d.seq`,
      before,
      [...seqs],
    )
    const going: number[] = []
    let left = limit
    for (const {seq, attempts} of rows) {
      left -= (attempts as number) + 1
      if (left < 0) break
      going.push(seq as number)
    }
    const [next] = rows.slice(going.length)
    const pruned = going.length > 0 ? await removeDeliveries(transaction, going) : nothingPruned
    if (next === undefined) return {pruned}
    const again = next.seq as number
    // Some have thousands of attempts: those of one delivery may take several transactions.
    const attempts = going.length > 0 ? 0 : await removeAttempts(transaction, again, limit)
    return {pruned: {...pruned, attempts: pruned.attempts + attempts}, again}
  },
}

const removeAttempts = (transaction: Transaction, delivery: number, most: number): Promise<number> =>
  transaction.run(
    'DELETE FROM attempts WHERE seq IN (SELECT seq FROM attempts WHERE delivery = $1 ORDER BY seq LIMIT $2)',
    delivery,
    most,
  )

async function removeDeliveries(transaction: Transaction, seqs: readonly number[]): Promise<Pruned> {
  const bytes = await dropDeliveryContents(transaction, seqs, 'pruned')
  const attempts = await transaction.run('DELETE FROM attempts WHERE delivery = ANY($1)', [...seqs])
  await transaction.run('DELETE FROM batch_events WHERE batch = ANY($1)', [...seqs])
  const rows = await transaction.all(
    // Whoever is still sending one has it claimed no more, and so finds out that it is gone.
    `WITH claimed AS (DELETE FROM claims WHERE delivery = ANY($1)),
        record AS (DELETE FROM delivery_records WHERE seq = ANY($1))
      DELETE FROM delivery_states WHERE seq = ANY($1) RETURNING organization_id, webhook, state`,
    [...seqs],
  )
  for (const {organization_id: organization, webhook, state} of rows) {
    transaction.count(organization as number, webhook as number, state as DeliveryState, -1)
  }
  return {...nothingPruned, deliveries: rows.length, attempts, bytes}
}

/** Events of which no delivery is left. */
export const eventRecords: Stage = {
  async look(questions, question) {
    const rows = await questions.all(
      `SELECT e.seq, e.accepted_at AS at, (NOT ${isNeeded(`NOT ${MAY_GO}`)} AND NOT ${isNewest('events', 'e.seq')}) AS may
        FROM events e WHERE e.seq > $2 ORDER BY e.seq LIMIT $3`,
      ...[question.before, question.after, question.limit],
    )
    const {old, last} = walked(rows, question)
    const seqs = old.filter(({may}) => isTrue(may)).map(({seq}) => seq as number)
    return {seqs, last, would: {...nothingPruned, events: seqs.length}}
  },

  async remove(transaction, seqs) {
    const events = await transaction.run(
      `DELETE FROM events e WHERE e.seq = ANY($1) AND NOT ${isNewest('events', 'e.seq')}
        AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event = e.seq)
        AND NOT EXISTS (SELECT 1 FROM batch_events b WHERE b.event = e.seq)`,
      [...seqs],
    )
    return {pruned: {...nothingPruned, events}}
  },
}

/** With `keepEnds` what made an object and what changed it last stays while the object does. */
const historyMayGo = (keepEnds: boolean): string => {
  const later = (changes: string) => `EXISTS (SELECT 1 FROM history o
    WHERE o.organization_id = h.organization_id AND o.object_id = h.object_id AND o.object_type = h.object_type
    AND o.change IN (${changes}) AND (o.at, o.seq) > (h.at, h.seq))`
  const isEnd = `(h.object_type <> 'WebhookDelivery' AND h.object_id <> '' AND (
    h.change = 'created' AND NOT ${later("'deleted'")}
    OR h.change = 'changed' AND NOT ${later("'changed', 'deleted'")}))`
  return `(NOT ${isNewest('history', 'h.seq')}${keepEnds ? ` AND NOT ${isEnd}` : ''})`
}

export const historyRows: Stage = {
  async look(questions, question) {
    const rows = await questions.all(
      `SELECT h.seq, h.at, ${historyMayGo(question.keepEnds)} AS may FROM history h
        WHERE h.seq > $1 ORDER BY h.seq LIMIT $2`,
      question.after,
      question.limit,
    )
    const {old, last} = walked(rows, question)
    const seqs = old.filter(({may}) => isTrue(may)).map(({seq}) => seq as number)
    return {seqs, last, would: {...nothingPruned, history: seqs.length}}
  },

  async remove(transaction, seqs, {keepEnds}) {
    // One by one: each that goes may make another the last.
    let history = 0
    for (const seq of seqs) {
      history += await transaction.run(`DELETE FROM history h WHERE h.seq = $1 AND ${historyMayGo(keepEnds)}`, seq)
    }
    return {pruned: {...nothingPruned, history}}
  },
}

/** Whose row a line of the feed tells of, and the time of that row. */
const subjects: Readonly<Record<FeedKind, readonly [table: string, time: string]>> = {
  attempt: ['attempts', 'started_at'],
  skipped: ['deliveries', 'created_at'],
  history: ['history', 'at'],
}

/** Lines of the feed that tell of rows that have gone. They count as nothing: nobody asked for them by themselves. */
export const feedRows = (kind: FeedKind): Stage => ({
  async look(questions, question) {
    const [table, time] = subjects[kind]
    const rows = await questions.all(
      `SELECT f.seq, (SELECT s.${time} FROM ${table} s WHERE s.seq = f.subject) AS at FROM feed f
        WHERE f.kind = $1 AND f.seq > $2 ORDER BY f.seq LIMIT $3`,
      ...[kind, question.after, question.limit],
    )
    const {old, last} = walked(rows, question)
    return {seqs: old.filter(({at}) => at === null).map(({seq}) => seq as number), last, would: nothingPruned}
  },

  async remove(transaction, seqs) {
    await transaction.run('DELETE FROM feed WHERE kind = $1 AND seq = ANY($2)', kind, [...seqs])
    return {pruned: nothingPruned}
  },
})
