import {badCursor, checkLimit, fromCursor, toCursor} from '../sqlite/cursor.ts'
import {type AnyRow, toAttempt, toHistoryEntry} from '../sqlite/rows.ts'
import type {FeedInstant, FeedItem, FeedKind, FeedPage, FeedQuestion} from '../store.ts'
import type {Questions} from './connection.ts'
import {SELECT_DELIVERY, toDelivery} from './delivery-row.ts'

interface FeedRow {
  readonly seq: number
  readonly kind: FeedKind
  readonly subject: number
}

const cursorAt = (seq: number): string => toCursor('feed', [seq])

export const feedEnd = async (questions: Questions): Promise<string> => cursorAt(await lastSeq(questions))

const lastSeq = async (questions: Questions): Promise<number> =>
  (await questions.one('SELECT feed_seq FROM store_state'))?.feed_seq as number

/** What follows the cursor, in the order it was committed. */
export async function readFeed(questions: Questions, question: FeedQuestion): Promise<FeedPage> {
  const {organizationId, cursor, kinds} = question
  const limit = checkLimit(question.limit)
  const after = cursor === null ? 0 : await seqOf(questions, cursor)
  const rows = (await questions.all(
    `SELECT r.* FROM unnest($2::text[]) AS k (kind) CROSS JOIN LATERAL (SELECT seq, kind, subject FROM feed f
      WHERE f.organization_id = $1 AND f.kind = k.kind AND f.seq > $3 ORDER BY f.seq LIMIT $4) r
      ORDER BY r.seq LIMIT $4`,
    organizationId,
    [...new Set(kinds)],
    after,
    limit,
  )) as unknown as readonly FeedRow[]
  return {items: await itemsOf(questions, rows), cursor: cursorAt(rows.at(-1)?.seq ?? after)}
}

/** Where each kind is first that late, found by halving: numbers and times both go up in the order of commits. */
export async function feedAt(questions: Questions, {organizationId, kinds, instant}: FeedInstant): Promise<string> {
  const end = await lastSeq(questions)
  const firsts: number[] = []
  for (const kind of kinds) firsts.push(await firstSeqAt(questions, {organizationId, kind, instant, end}))
  return cursorAt(Math.min(end + 1, ...firsts) - 1)
}

interface Halving {
  readonly organizationId: number
  readonly kind: FeedKind
  readonly instant: number
  readonly end: number
}

/** The number of the first item that is not older than `instant`; `end + 1` where there is none. */
async function firstSeqAt(questions: Questions, {organizationId, kind, instant, end}: Halving): Promise<number> {
  const firstFrom = async (seq: number) =>
    (await questions.one(
      `SELECT seq, kind, subject FROM feed WHERE organization_id = $1 AND kind = $2 AND seq >= $3
        ORDER BY seq LIMIT 1`,
      ...[organizationId, kind, seq],
    )) as unknown as FeedRow | undefined
  let low = 1
  let high = end + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const row = await firstFrom(middle)
    // What retention has removed was old.
    const isOlder = row !== undefined && (await timeOf(questions, row)) < instant
    if (isOlder) low = row.seq + 1
    else high = middle
  }
  return (await firstFrom(low))?.seq ?? end + 1
}

const times: Readonly<Record<FeedKind, string>> = {
  attempt: 'SELECT started_at + duration_ms AS at FROM attempts WHERE seq = $1',
  skipped: 'SELECT coalesce(finished_at, created_at) AS at FROM deliveries WHERE seq = $1',
  history: 'SELECT at FROM history WHERE seq = $1',
}

const timeOf = async (questions: Questions, {kind, subject}: FeedRow): Promise<number> =>
  ((await questions.one(times[kind], subject))?.at as number | undefined) ?? 0

async function seqOf(questions: Questions, cursor: string): Promise<number> {
  const [seq] = fromCursor<[number]>('feed', cursor, ['number'])
  // Of another store, or of this one before it was set back: to wait for it would be to wait for ever.
  if (seq > (await lastSeq(questions))) throw badCursor(cursor)
  return seq
}

/** What the rows tell of, a question per kind; without what retention has removed. */
async function itemsOf(questions: Questions, rows: readonly FeedRow[]): Promise<readonly FeedItem[]> {
  const subjects = (kind: FeedKind) => rows.filter(row => row.kind === kind).map(({subject}) => subject)
  const bySeq = (found: readonly AnyRow[]) => new Map(found.map(row => [row.seq as number, row]))
  const entries = bySeq(await questions.all('SELECT * FROM history WHERE seq = ANY($1)', subjects('history')))
  const attempts = bySeq(await questions.all('SELECT * FROM attempts WHERE seq = ANY($1)', subjects('attempt')))
  const wanted = [...subjects('skipped'), ...[...attempts.values()].map(row => row.delivery as number)]
  const deliveries = bySeq(await questions.all(`${SELECT_DELIVERY} WHERE d.seq = ANY($1)`, wanted))
  return rows.flatMap(({seq, kind, subject}): readonly FeedItem[] => {
    const cursor = cursorAt(seq)
    if (kind === 'history') {
      const entry = entries.get(subject)
      return entry === undefined ? [] : [{kind, cursor, entry: toHistoryEntry(entry)}]
    }
    const attempt = attempts.get(subject)
    const row = deliveries.get(kind === 'attempt' ? (attempt?.delivery as number) : subject)
    if (row === undefined) return []
    const delivery = toDelivery(row)
    if (kind === 'skipped') return [{kind, cursor, delivery}]
    return attempt === undefined
      ? []
      : [{kind, cursor, delivery, attempt: toAttempt({...attempt, delivery_id: delivery.id})}]
  })
}
