import type {Page, PageRequest} from '../../domain/page.ts'
import {checkLimit, fromCursor, toCursor} from '../sqlite/cursor.ts'
import type {AnyRow} from '../sqlite/rows.ts'
import type {Questions} from './connection.ts'

/** A page of what an organization has in a table whose key is the organization and one text: by that text. */
export async function keyedPage<T>(
  questions: Questions,
  {table, key}: {readonly table: string; readonly key: string},
  organizationId: number,
  {limit, cursor}: PageRequest,
  read: (row: AnyRow) => T,
): Promise<Page<T>> {
  checkLimit(limit)
  const after = cursor === undefined ? '' : fromCursor<[string]>(table, cursor, ['string'])[0]
  const rows = await questions.all(
    `SELECT * FROM ${table} WHERE organization_id = $1 AND ${key} > $2 ORDER BY ${key} LIMIT $3`,
    organizationId,
    after,
    limit + 1,
  )
  const next = rows.length > limit ? toCursor(table, [String(rows[limit - 1]?.[key])]) : null
  return {items: rows.slice(0, limit).map(read), next}
}
