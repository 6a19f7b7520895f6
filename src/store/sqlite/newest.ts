import type {StatusRange} from '../../domain/filters.ts'
import type {Page, PageRequest} from '../../domain/page.ts'
import type {Connection, Value} from './connection.ts'
import {checkLimit, fromCursor, toCursor} from './cursor.ts'

/** A table whose lists are newest first: by its column of time, then by row number. */
interface Newest {
  readonly table: string
  readonly time: string
}

/** A range of an index: equal in all columns before the time. Read from its end it is newest first, without sorting. */
export interface Stream {
  readonly index: string
  readonly equal: Readonly<Record<string, Value>>
  /** The condition of a partial index, word for word: SQLite uses such an index only where it is repeated. */
  readonly only?: string
  /** Columns that have the value asked for in all rows of the range, although the index does not hold them. */
  readonly implied?: readonly string[]
}

/** What the filter says of a column; looked at row by row in streams whose range does not say it already. */
export interface Condition {
  readonly column: string
  readonly sql: string
  readonly values: readonly Value[]
}

export interface ListQuestion {
  readonly of: Newest
  /** Together they hold every row that may match, each row in one of them only. */
  readonly streams: readonly Stream[]
  readonly conditions: readonly Condition[]
  readonly since?: number | undefined
  readonly until?: number | undefined
}

interface Place {
  readonly time: number
  readonly seq: number
}

const newestFirst = (a: Place, b: Place): number => b.time - a.time || b.seq - a.seq

/**
 * One page of a list: the newest rows of each stream, merged. Costs a look-up per stream plus the rows it shows,
 * however long the history is; conditions cost the rows they turn away.
 */
export function page<T>(
  connection: Connection,
  question: ListQuestion,
  {limit, cursor}: PageRequest,
  read: (seq: number) => T,
): Page<T> {
  checkLimit(limit)
  const {table} = question.of
  const before = cursor === undefined ? null : placeOf(table, cursor)
  const found = merge(connection, question, before, limit + 1)
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const next = found.length > limit && last !== undefined ? toCursor(table, [last.time, last.seq]) : null
  return {items: shown.map(place => read(place.seq)), next}
}

function placeOf(table: string, cursor: string): Place {
  const [time, seq] = fromCursor<[number, number]>(table, cursor, ['number', 'number'])
  return {time, seq}
}

function merge(connection: Connection, question: ListQuestion, before: Place | null, count: number): readonly Place[] {
  let found: Place[] = []
  let since = question.since
  for (const stream of question.streams) {
    for (const range of ranges(question, before)) {
      found.push(...walk(connection, question, stream, {...range, since: range.since ?? since}, count))
    }
    if (found.length < count) continue
    found = found.sort(newestFirst).slice(0, count)
    // What is older than the last one found so far cannot be on this page: the other streams stop there.
    since = Math.max(since ?? 0, found.at(-1)?.time ?? 0)
  }
  return found.sort(newestFirst)
}

interface Range {
  readonly since?: number | undefined
  readonly until?: number | undefined
  /** Exactly this time, and row numbers below. */
  readonly tie?: Place
}

/** Two ranges after a cursor: thousands of rows may share its millisecond, and one comparison of pairs would walk them. */
function ranges({until}: ListQuestion, before: Place | null): readonly Range[] {
  if (before === null) return [{until}]
  return [
    ...(until !== undefined && before.time >= until ? [] : [{tie: before}]),
    {until: Math.min(until ?? before.time, before.time)},
  ]
}

function walk(
  connection: Connection,
  question: ListQuestion,
  stream: Stream,
  range: Range,
  limit: number,
): readonly Place[] {
  const {where, values} = whereOf(question, stream, range)
  const {table, time} = question.of
  const sql = `SELECT ${time} AS time, seq FROM ${table} INDEXED BY ${stream.index} WHERE ${where} ORDER BY ${time} DESC, seq DESC LIMIT ?`
  return connection.prepare(sql).all(...values, limit) as unknown as readonly Place[]
}

interface Part {
  readonly sql: string
  readonly values: readonly Value[]
}

function whereOf({of: {time}, conditions}: ListQuestion, stream: Stream, range: Range) {
  const {equal, only, implied = []} = stream
  const parts: Part[] = Object.entries(equal).map(([column, value]) => ({sql: `${column} = ?`, values: [value]}))
  if (only !== undefined) parts.push({sql: only, values: []})
  if (range.tie !== undefined) parts.push({sql: `${time} = ? AND seq < ?`, values: [range.tie.time, range.tie.seq]})
  if (range.since !== undefined) parts.push({sql: `${time} >= ?`, values: [range.since]})
  if (range.until !== undefined) parts.push({sql: `${time} < ?`, values: [range.until]})
  parts.push(...conditions.filter(({column}) => !(column in equal) && !implied.includes(column)))
  return {where: parts.map(part => part.sql).join(' AND '), values: parts.flatMap(part => part.values)}
}

/** How many rows match: walks them. */
export function countRows(connection: Connection, question: ListQuestion): number {
  let total = 0
  for (const stream of question.streams) {
    const {where, values} = whereOf(question, stream, {since: question.since, until: question.until})
    const sql = `SELECT count(*) AS n FROM ${question.of.table} INDEXED BY ${stream.index} WHERE ${where}`
    total += (connection.prepare(sql).get(...values) as {n: number}).n
  }
  return total
}

/**
 * The different values of a column that follows `equal` in an index: one look-up per value, however many rows have it.
 */
export function distinct<T extends string | number>(
  connection: Connection,
  table: string,
  {index, equal, only}: Stream,
  column: string,
): readonly T[] {
  const fixed = Object.keys(equal).map(name => `${name} = ? AND `)
  const start = `SELECT ${column} AS value FROM ${table} INDEXED BY ${index} WHERE ${fixed.join('')}${only === undefined ? '' : `${only} AND `}`
  const found: T[] = []
  const values = Object.values(equal)
  const first = connection.prepare(`${start}${column} IS NOT NULL ORDER BY ${column} LIMIT 1`)
  const next = connection.prepare(`${start}${column} > ? ORDER BY ${column} LIMIT 1`)
  let row = first.get(...values) as {value: T} | undefined
  while (row !== undefined) {
    found.push(row.value)
    row = next.get(...values, row.value) as {value: T} | undefined
  }
  return found
}

/** That a column has one of these values; nothing where there is no such list. */
export const oneOf = (column: string, values: readonly Value[] | undefined): readonly Condition[] =>
  values === undefined
    ? []
    : [{column, sql: `${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(values)]}]

/** That a status lies in one of these ranges; nothing where there is no such list. */
export const statusBetween = (column: string, ranges: readonly StatusRange[] | undefined): readonly Condition[] =>
  ranges === undefined
    ? []
    : [
        {
          column,
          sql: `(${ranges.map(() => `${column} BETWEEN ? AND ?`).join(' OR ') || 'false'})`,
          values: ranges.flat(),
        },
      ]

export const equals = (column: string, value: Value | undefined): readonly Condition[] =>
  value === undefined ? [] : [{column, sql: `${column} = ?`, values: [value]}]
