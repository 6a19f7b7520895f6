import type {Connection, Value} from './connection.ts'

type Row = Readonly<Record<string, Value>>

/** A row by the names of its columns. @param table with its columns it makes the text of a statement: constants of ours */
export function insertRow(connection: Connection, table: string, row: Row): void {
  const columns = Object.keys(row)
  connection
    .prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
    .run(...Object.values(row))
}

/** The same in place of those that `key` says. */
export function replaceRow(connection: Connection, table: string, row: Row, key: Row): void {
  const are = (columns: Row) => Object.keys(columns).map(column => `${column} = ?`)
  connection
    .prepare(`UPDATE ${table} SET ${are(row).join(', ')} WHERE ${are(key).join(' AND ')}`)
    .run(...Object.values(row), ...Object.values(key))
}
