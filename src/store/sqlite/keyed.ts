import type {Page, PageRequest} from '../../domain/page.ts'
import type {Connection} from './connection.ts'
import {checkLimit, fromCursor, toCursor} from './cursor.ts'
import type {AnyRow} from './rows.ts'

/** A page of what an organization has in a table whose key is the organization and one text: by that text. */
export function keyedPage<T>(
  connection: Connection,
  {table, key}: {readonly table: string; readonly key: string},
  organizationId: number,
  {limit, cursor}: PageRequest,
  read: (row: AnyRow) => T,
): Page<T> {
  checkLimit(limit)
  const after = cursor === undefined ? '' : fromCursor<[string]>(table, cursor, ['string'])[0]
  const rows = connection
    .prepare(`SELECT * FROM ${table} WHERE organization_id = ? AND ${key} > ? ORDER BY ${key} LIMIT ?`)
    .all(organizationId, after, limit + 1) as AnyRow[]
  const shown = rows.slice(0, limit)
  return {items: shown.map(read), next: rows.length > limit ? toCursor(table, [String(shown.at(-1)?.[key])]) : null}
}
