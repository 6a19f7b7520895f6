import type {DatabaseSync} from 'node:sqlite'
import {looksForWrongRows, type TableShape, type WrongRow} from '../../row-rules.ts'
import type {AnyRow} from '../rows.ts'

/** Rows that cannot be shown or sent. */
export function wrongRows(database: DatabaseSync): readonly WrongRow[] {
  database.function('json_kind', {deterministic: true}, text => kindOf(String(text)))
  const known = new Map<string, TableShape>()
  const shapeOf = (table: string): TableShape => {
    const shape = known.get(table) ?? describe(database, table)
    known.set(table, shape)
    return shape
  }
  return looksForWrongRows(shapeOf, 'json_kind').flatMap(({sql, found}) =>
    (database.prepare(sql).all() as AnyRow[]).map(found),
  )
}

function describe(database: DatabaseSync, table: string): TableShape {
  const columns = database.prepare(`PRAGMA table_info(${table})`).all()
  const key = columns.filter(({pk}) => pk !== 0)
  return {columns: new Set(columns.map(({name}) => name as string)), key: key.map(({name}) => name as string)}
}

function kindOf(text: string): 'list' | 'object' | 'value' | '' {
  try {
    const value = JSON.parse(text) as unknown
    if (Array.isArray(value)) return 'list'
    return value !== null && typeof value === 'object' ? 'object' : 'value'
  } catch {
    return ''
  }
}
