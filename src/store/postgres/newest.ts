import type {StatusRange} from '../../domain/filters.ts'
import type {Page, PageRequest} from '../../domain/page.ts'
import type {Value} from '../sqlite/connection.ts'
import {checkLimit, fromCursor, toCursor} from '../sqlite/cursor.ts'
import type {AnyRow} from '../sqlite/rows.ts'
import type {Questions, SqlValue} from './connection.ts'

/** A part of a WHERE; each `?` stands for one value. */
export interface Condition {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

export const condition = (sql: string, ...values: readonly SqlValue[]): Condition => ({sql, values})

export const equals = (column: string, value: Value | undefined): readonly Condition[] =>
  value === undefined ? [] : [condition(`${column} = ?`, value)]

/** That a column has one of these values; nothing where there is no such list. Of one value alone an index gives the order. */
export function oneOf(column: string, values: readonly string[] | undefined): readonly Condition[] {
  if (values === undefined) return []
  return values.length === 1 ? equals(column, values[0]) : [condition(`${column} = ANY(?)`, values)]
}

/** That a status lies in one of these ranges; nothing where there is no such list. */
export const statusBetween = (column: string, ranges: readonly StatusRange[] | undefined): readonly Condition[] => {
  if (ranges === undefined) return []
  const [[from, to] = [], ...others] = ranges
  if (from === to && others.length === 0) return equals(column, from)
  const each = ranges.map(() => `${column} BETWEEN ? AND ?`).join(' OR ')
  return [condition(`(${each || 'false'})`, ...ranges.flat())]
}

export interface ListQuestion {
  readonly table: string
  /** What is looked through for the rows of that table, where it is another. */
  readonly from?: string
  /** The column of time: lists are newest first by it, then by row number. */
  readonly time: string
  readonly conditions: readonly Condition[]
  readonly since?: number | undefined
  readonly until?: number | undefined
}

/** One page of a list, newest first. The indexes end in (time, seq): PostgreSQL reads the range from its end. */
export async function page<T>(
  questions: Questions,
  question: ListQuestion,
  {limit, cursor}: PageRequest,
  read: (row: AnyRow) => T,
  select = `SELECT d.* FROM ${question.table} d`,
): Promise<Page<T>> {
  checkLimit(limit)
  const {table, from = table, time} = question
  const before = cursor === undefined ? null : fromCursor<[number, number]>(table, cursor, ['number', 'number'])
  const conditions = [
    ...question.conditions,
    ...(before === null ? [] : [condition(`(${time}, seq) < (?, ?)`, ...before)]),
  ]
  const {where, values} = whereOf({...question, conditions})
  const chosen = `SELECT seq, ${time} FROM ${from} WHERE ${where} ORDER BY ${time} DESC, seq DESC LIMIT $${values.length + 1}`
  const rows = await questions.all(
    `WITH chosen AS (${chosen}) ${select} JOIN chosen ON chosen.seq = d.seq ORDER BY d.${time} DESC, d.seq DESC`,
    ...values,
    limit + 1,
  )
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next =
    rows.length > limit && last !== undefined ? toCursor(table, [last[time] as number, last.seq as number]) : null
  return {items: shown.map(read), next}
}

/** How many match: walks them. */
export async function countRows(questions: Questions, question: ListQuestion): Promise<number> {
  const {where, values} = whereOf(question)
  const row = await questions.one(
    `SELECT count(*) AS n FROM ${question.from ?? question.table} WHERE ${where}`,
    ...values,
  )
  return row?.n as number
}

function whereOf({conditions, time, since, until}: ListQuestion) {
  const all = [
    ...conditions,
    ...(since === undefined ? [] : [condition(`${time} >= ?`, since)]),
    ...(until === undefined ? [] : [condition(`${time} < ?`, until)]),
  ]
  let count = 0
  return {
    where: all.map(({sql}) => sql.replaceAll('?', () => `$${++count}`)).join(' AND '),
    values: all.flatMap(({values}) => values),
  }
}
