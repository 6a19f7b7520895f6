import {nothingPruned, type Pruned, type RetentionKind} from '../../../domain/retention.ts'
import {fromCursor, toCursor} from '../../sqlite/cursor.ts'
import type {PruneQuestion, PruneSlice} from '../../store.ts'
import type {Questions} from '../connection.ts'
import type {Alone} from '../store.ts'
import type {Transaction} from '../transaction.ts'
import {deliveryContents, eventContents} from './contents.ts'
import {deliveryRecords, eventRecords, feedRows, historyRows} from './records.ts'

/** What one look at a stretch of a table found. */
interface Found {
  /** Row numbers that may go, as far as could be seen without writing. */
  readonly seqs: readonly number[]
  /** The last row that was looked at; null: there is nothing older than asked for behind it. */
  readonly last: number | null
  /** For a dry run. */
  readonly would: Pruned
}

interface Removed {
  readonly pruned: Pruned
  /** Where the rows allowed for one transaction did not reach to the end: the row to go on with. */
  readonly again?: number
}

/** One table, gone through by row number, which goes up with time. */
export interface Stage {
  /** Reads at most `limit` rows after `after`, up to the first that is as new as `before`. */
  look(questions: Questions, question: StageQuestion): Promise<Found>
  /** Removes what is still to be removed of these; called in a transaction of its own. */
  remove(transaction: Transaction, seqs: readonly number[], question: StageQuestion): Promise<Removed>
}

export interface StageQuestion {
  readonly before: number
  readonly after: number
  readonly limit: number
  readonly keepEnds: boolean
}

/** In this order: an event goes only when its deliveries have gone. */
const stages: Readonly<Record<RetentionKind, readonly Stage[]>> = {
  bodies: [deliveryContents, eventContents],
  records: [deliveryRecords, eventRecords, feedRows('attempt'), feedRows('skipped')],
  history: [historyRows, feedRows('history')],
}

/** One slice. What is looked at is read outside of a transaction, so that others wait only where something is removed. */
export async function prune(questions: Questions, write: Alone, asked: PruneQuestion): Promise<PruneSlice> {
  const {kind, before, limit, keepEnds = false, dryRun = false} = asked
  const [index, after] = asked.cursor === null ? [0, 0] : placeOf(asked.cursor, kind)
  const stage = stages[kind][index]
  if (stage === undefined) return {pruned: nothingPruned, cursor: null}
  const question = {before, after, limit, keepEnds}
  const found = await stage.look(questions, question)
  const next = found.last === null ? cursorAt(kind, index + 1, 0) : cursorAt(kind, index, found.last)
  if (dryRun) return {pruned: found.would, cursor: next}
  if (found.seqs.length === 0) return {pruned: nothingPruned, cursor: next}
  const {pruned, again} = await write(transaction => stage.remove(transaction, found.seqs, question))
  return {pruned, cursor: again === undefined ? next : cursorAt(kind, index, again - 1)}
}

const cursorAt = (kind: RetentionKind, index: number, after: number): string | null =>
  index < stages[kind].length ? toCursor(`prune ${kind}`, [index, after]) : null

const placeOf = (cursor: string, kind: RetentionKind): [number, number] =>
  fromCursor<[number, number]>(`prune ${kind}`, cursor, ['number', 'number'])
