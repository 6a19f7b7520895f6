import type {FeedInstant, FeedItem, FeedKind, FeedPage, FeedQuestion} from '../store.ts'
import type {Connection} from './connection.ts'
import {badCursor, checkLimit, fromCursor, toCursor} from './cursor.ts'
import {findDelivery} from './delivery-row.ts'
import {type AnyRow, toAttempt, toHistoryEntry} from './rows.ts'

interface FeedRow {
  readonly seq: number
  readonly kind: FeedKind
  readonly subject: number
}

const cursorAt = (seq: number): string => toCursor('feed', [seq])

export const feedEnd = (connection: Connection): string => cursorAt(lastSeq(connection))

const lastSeq = (connection: Connection): number =>
  connection.prepare('SELECT feed_seq FROM store_state').get()?.feed_seq as number

/** What follows the cursor, in the order it was committed. Each kind is a range of its own: the others are not walked. */
export function readFeed(connection: Connection, question: FeedQuestion): FeedPage {
  const {organizationId, cursor, kinds} = question
  const limit = checkLimit(question.limit)
  const after = cursor === null ? 0 : seqOf(connection, cursor)
  const select = connection.prepare(
    'SELECT seq, kind, subject FROM feed WHERE organization_id = ? AND kind = ? AND seq > ? ORDER BY seq LIMIT ?',
  )
  const rows = [...new Set(kinds)]
    .flatMap(kind => select.all(organizationId, kind, after, limit) as unknown as readonly FeedRow[])
    .sort((a, b) => a.seq - b.seq)
    .slice(0, limit)
  return {items: rows.flatMap(row => itemOf(connection, row)), cursor: cursorAt(rows.at(-1)?.seq ?? after)}
}

/** Where each kind is first that late, found by halving: numbers and times both go up in the order of commits. */
export function feedAt(connection: Connection, {organizationId, kinds, instant}: FeedInstant): string {
  const end = lastSeq(connection)
  const firsts = kinds.map(kind => firstSeqAt(connection, {organizationId, kind, instant, end}))
  return cursorAt(Math.min(end + 1, ...firsts) - 1)
}

interface Halving {
  readonly organizationId: number
  readonly kind: FeedKind
  readonly instant: number
  readonly end: number
}

/** The number of the first item that is not older than `instant`; `end + 1` where there is none. */
function firstSeqAt(connection: Connection, {organizationId, kind, instant, end}: Halving): number {
  const from = connection.prepare(
    'SELECT seq, kind, subject FROM feed WHERE organization_id = ? AND kind = ? AND seq >= ? ORDER BY seq LIMIT 1',
  )
  const firstFrom = (seq: number) => from.get(organizationId, kind, seq) as FeedRow | undefined
  const time = connection.prepare(timeOf[kind])
  let low = 1
  let high = end + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const row = firstFrom(middle)
    // What retention has removed was old.
    const isOlder = row !== undefined && ((time.get(row.subject)?.at as number | undefined) ?? 0) < instant
    if (isOlder) low = row.seq + 1
    else high = middle
  }
  return firstFrom(low)?.seq ?? end + 1
}

const timeOf: Readonly<Record<FeedKind, string>> = {
  attempt: 'SELECT started_at + duration_ms AS at FROM attempts WHERE seq = ?',
  skipped: 'SELECT coalesce(finished_at, created_at) AS at FROM deliveries WHERE seq = ?',
  history: 'SELECT at FROM history WHERE seq = ?',
}

function seqOf(connection: Connection, cursor: string): number {
  const [seq] = fromCursor<[number]>('feed', cursor, ['number'])
  // Of another store, or of this one before it was set back: to wait for it would be to wait for ever.
  if (seq > lastSeq(connection)) throw badCursor(cursor)
  return seq
}

/** Empty where retention has removed what the feed tells of. */
function itemOf(connection: Connection, {seq, kind, subject}: FeedRow): readonly FeedItem[] {
  const cursor = cursorAt(seq)
  if (kind === 'history') {
    const row = connection.prepare('SELECT * FROM history WHERE seq = ?').get(subject)
    return row === undefined ? [] : [{kind, cursor, entry: toHistoryEntry(row as AnyRow)}]
  }
  const attempt =
    kind === 'attempt' ? connection.prepare('SELECT * FROM attempts WHERE seq = ?').get(subject) : undefined
  const delivery = findDelivery(connection, 'd.seq = ?', (attempt?.delivery as number) ?? subject)
  if (delivery === null) return []
  if (kind === 'skipped') return [{kind, cursor, delivery}]
  return attempt === undefined
    ? []
    : [{kind, cursor, delivery, attempt: toAttempt({...(attempt as AnyRow), delivery_id: delivery.id})}]
}
