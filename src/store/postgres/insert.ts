import type {Value} from '../sqlite/connection.ts'
import {type Questions, storable} from './connection.ts'

/**
 * Inserts rows in their order, in one statement; answers their row numbers in the same order. The rows go over as one
 * JSON text: a parameter for each value cost both sides more than all the rest.
 *
 * @param columns names in the order of the values
 */
export async function insertMany(
  questions: Questions,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Value[])[],
): Promise<readonly number[]> {
  if (rows.length === 0) return []
  const found = await questions.all(sqlOf(table, columns), textOf(columns, rows))
  return found.map(({seq}) => seq as number)
}

/** The rows as JSON objects, as text at once: an object made for each only to be written down costs several times that. */
function textOf(columns: readonly string[], rows: readonly (readonly Value[])[]): string {
  const names = columns.map(column => `"${column}":`)
  return `[${rows.map(row => `{${row.map((value, index) => `${names[index]}${inJson(value)}`).join(',')}}`).join(',')}]`
}

/** As the input functions of the column types read it. A lone surrogate is replaced, as in a parameter. */
function inJson(value: Value): string | number | null {
  if (typeof value === 'string') return JSON.stringify(storable(value.toWellFormed()))
  return value instanceof Uint8Array ? `"\\\\x${Buffer.from(value).toString('hex')}"` : value
}

function sqlOf(table: string, columns: readonly string[]): string {
  const names = columns.join(', ')
  return `INSERT INTO ${table} (${names}) SELECT ${names} FROM json_populate_recordset(NULL::${table}, $1) RETURNING seq`
}
