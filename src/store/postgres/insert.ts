import type {Value} from '../sqlite/connection.ts'
import type {Questions} from './connection.ts'

/** So many rows to a statement: few sizes, so that each is prepared once. */
const SIZES = [256, 64, 16, 4, 1] as const

/**
 * Inserts rows in their order, many to a statement; answers their row numbers in the same order.
 *
 * @param columns names in the order of the values
 */
export async function insertMany(
  questions: Questions,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Value[])[],
): Promise<readonly number[]> {
  const seqs: number[] = []
  for (let at = 0; at < rows.length; ) {
    const size = SIZES.find(each => each <= rows.length - at) as number
    const found = await questions.all(sqlOf(table, columns, size), ...rows.slice(at, at + size).flat())
    seqs.push(...found.map(row => row.seq as number))
    at += size
  }
  return seqs
}

const known = new Map<string, string>()

function sqlOf(table: string, columns: readonly string[], size: number): string {
  const key = `${table} ${size}`
  let sql = known.get(key)
  if (sql === undefined) {
    const row = (index: number) =>
      `(${columns.map((_, column) => `$${index * columns.length + column + 1}`).join(', ')})`
    const values = Array.from({length: size}, (_, index) => row(index)).join(', ')
    sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${values} RETURNING seq`
    known.set(key, sql)
  }
  return sql
}
