import type {Value} from '../sqlite/connection.ts'
import type {Questions, SqlValue} from './connection.ts'

/** One that changes rows. What it answers with RETURNING is for others of the same run, under its name. */
export interface Statement {
  readonly name?: string
  readonly sql: string
  /** `$1` and so on. */
  readonly values: readonly SqlValue[]
}

/** One way to the server and back for all of them. None sees what another changes, but for what that one returns. */
export async function runTogether(questions: Questions, statements: readonly Statement[]): Promise<void> {
  if (statements.length === 0) return
  const values: SqlValue[] = []
  const parts = statements.map(({name, sql, values: own}, index) => {
    const before = values.length
    values.push(...own)
    return `${name ?? `s${index}`} AS (${sql.replaceAll(/\$(\d+)/g, (_, number) => `$${before + Number(number)}`)})`
  })
  await questions.run(`WITH ${parts.join(', ')} SELECT`, ...values)
}

/** Rows as the arrays that `unnest` makes rows of again: one statement, however many there are. */
export const columnsOf = (rows: readonly (readonly Value[])[], width: number): Value[][] =>
  Array.from({length: width}, (_, column) => rows.map(row => row[column]!))
