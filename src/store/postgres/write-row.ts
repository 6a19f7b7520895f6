import type {Questions, SqlValue} from './connection.ts'

type Row = Readonly<Record<string, SqlValue>>

/** A row by the names of its columns. @param table with its columns it makes the text of a statement: constants of ours */
export async function insertRow(questions: Questions, table: string, row: Row): Promise<void> {
  const columns = Object.keys(row)
  await questions.run(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((_, at) => `$${at + 1}`).join(', ')})`,
    ...Object.values(row),
  )
}

/** The same in place of those that `key` says. */
export async function replaceRow(questions: Questions, table: string, row: Row, key: Row): Promise<void> {
  const are = (columns: Row, before: number) =>
    Object.keys(columns).map((column, at) => `${column} = $${before + at + 1}`)
  const values = Object.values(row)
  await questions.run(
    `UPDATE ${table} SET ${are(row, 0).join(', ')} WHERE ${are(key, values.length).join(' AND ')}`,
    ...values,
    ...Object.values(key),
  )
}
