import type {Value} from '../sqlite/connection.ts'
import type {Questions} from './connection.ts'
import {columnsOf} from './statements.ts'

/** Columns with the types of the migrations. */
export type Columns = Readonly<Record<string, 'text' | 'integer' | 'bigint' | 'double precision' | 'bytea'>>

/**
 * Inserts rows in their order, in one statement; answers their row numbers in the same order. Each column goes over as one
 * array: a parameter for each value costs both sides more than all the rest, and to read the rows as JSON costs the server
 * twice as much as to write them.
 *
 * @param columns in the order of the values
 */
export async function insertMany(
  questions: Questions,
  table: string,
  columns: Columns,
  rows: readonly (readonly Value[])[],
): Promise<readonly number[]> {
  if (rows.length === 0) return []
  const found = await questions.all(sqlOf(table, columns), ...columnsOf(rows, Object.keys(columns).length))
  return found.map(({seq}) => seq as number)
}

function sqlOf(table: string, columns: Columns): string {
  const names = Object.keys(columns).join(', ')
  const arrays = Object.values(columns).map((type, index) => `$${index + 1}::${type}[]`)
  return `INSERT INTO ${table} (${names}) SELECT * FROM unnest(${arrays.join(', ')}) RETURNING seq`
}
