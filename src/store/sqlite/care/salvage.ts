import {existsSync, linkSync} from 'node:fs'
import path from 'node:path'
import type {DatabaseSync, StatementSync} from 'node:sqlite'
import {conflictError, unreachableError} from '../../../errors.ts'
import type {Salvaged} from '../../care.ts'
import {createPrivate, fillDraft, syncToDisk} from '../file.ts'
import {fileFailure} from '../file-failure.ts'
import {migrateNew, schemaOf} from '../migrate.ts'
import {migrations} from '../migrations/index.ts'
import {removeDatabase} from './backup.ts'
import {writeCounts} from './check.ts'
import {withExisting} from './existing.ts'

/** Looks for readable rows in a damaged stretch of a table; each costs a look-up or two. */
const MOST_LOOKS = 200_000

/** Copies every row that can be read into a new store beside, which then is sound; the damaged one stays as it is. */
export function salvage(file: string, to: string): Salvaged {
  const target = path.resolve(to)
  if (existsSync(target)) {
    throw conflictError('file_exists', `there is a file ${target} already`, {hint: 'name a file that is not there yet'})
  }
  const draft = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.new`)
  try {
    removeDatabase(draft)
    createPrivate(draft)
    let tables: Salvaged['tables'] = []
    let lost = 0
    withExisting(file, source => {
      const schema = readableSchema(source, file)
      fillDraft(draft, database => {
        migrateNew(database, migrations.slice(0, schema))
        database.exec('BEGIN')
        const copied = tablesOf(database).map(table => copyTable(source, database, table))
        lost = copied.reduce((sum, each) => sum + each.lost, 0)
        tables = copied.map(({table, rows, damaged}) => ({table, rows, damaged}))
        makeSound(database)
        database.exec('COMMIT')
      })
    })
    linkSync(draft, target)
    syncToDisk(target)
    syncToDisk(path.dirname(target))
    return {file: target, rows: tables.reduce((sum, {rows}) => sum + rows, 0), lost, tables}
  } catch (error) {
    throw fileFailure(error, target)
  } finally {
    removeDatabase(draft)
  }
}

function readableSchema(source: DatabaseSync, file: string): number {
  try {
    source.prepare('SELECT count(*) FROM sqlite_schema').get()
    return schemaOf(source)
  } catch (error) {
    throw unreachableError('store_unreadable', `nothing can be read from ${file}: its first pages are damaged`, {
      hint: 'restore a backup: hookctl store restore FILE',
      cause: error,
    })
  }
}

const tablesOf = (database: DatabaseSync): readonly string[] =>
  database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .all()
    .map(({name}) => name as string)

interface Copying {
  readonly table: string
  readonly columns: readonly string[]
  /** What rows are ordered by; `rowid` where the table has one. */
  readonly key: string
  readonly hasRowid: boolean
}

interface CopiedTable {
  readonly table: string
  readonly rows: number
  readonly damaged: boolean
  readonly lost: number
}

function copyTable(source: DatabaseSync, target: DatabaseSync, table: string): CopiedTable {
  const copying = describe(target, table)
  const {columns} = copying
  const insert = target.prepare(
    `INSERT OR ${table === 'store_state' ? 'REPLACE' : 'IGNORE'} INTO ${table} (${columns.join(', ')})
      VALUES (${columns.map(() => '?').join(', ')})`,
  )
  let rows = 0
  const take = (row: Record<string, unknown>): void => {
    rows += Number(insert.run(...(columns.map(column => row[column]) as never[])).changes)
  }
  const forward = walk(source, copying, 'ASC', take)
  if (forward.whole) return {table, rows, damaged: false, lost: 0}
  const backward = walk(source, copying, 'DESC', take)
  const lost = copying.hasRowid ? between(source, copying, forward.last, backward.last, take) : 0
  return {table, rows, damaged: true, lost}
}

function describe(target: DatabaseSync, table: string): Copying {
  const found = target.prepare(`PRAGMA table_info(${table})`).all()
  const columns = found.map(({name}) => name as string)
  const keys = found.filter(({pk}) => (pk as number) > 0).sort((a, b) => (a.pk as number) - (b.pk as number))
  const hasRowid = keys.length === 1 && keys[0]?.type === 'INTEGER'
  return {table, columns, hasRowid, key: hasRowid ? 'rowid' : keys.map(({name}) => name as string).join(', ')}
}

/** Every row from one end on, until the file ends or is damaged. */
function walk(
  source: DatabaseSync,
  {table, columns, key, hasRowid}: Copying,
  direction: 'ASC' | 'DESC',
  take: (row: Record<string, unknown>) => void,
): {whole: boolean; last: number | null} {
  let last: number | null = null
  const order = key
    .split(', ')
    .map(column => `${column} ${direction}`)
    .join(', ')
  try {
    const select = source.prepare(`SELECT ${hasRowid ? 'rowid AS hookctl_rowid, ' : ''}${columns.join(', ')}
      FROM ${table} NOT INDEXED ORDER BY ${order}`)
    for (const row of select.iterate()) {
      take(row)
      last = (row.hookctl_rowid as number | undefined) ?? null
    }
    return {whole: true, last}
  } catch (error) {
    if (!isSqlite(error)) throw error
    return {whole: false, last}
  }
}

const isSqlite = (error: unknown): boolean => (error as {code?: string}).code === 'ERR_SQLITE_ERROR'

/** The readable rows between two that were read, found by halving. Answers how many numbers could not be looked at. */
function between(
  source: DatabaseSync,
  {table, columns}: Copying,
  low: number | null,
  high: number | null,
  take: (row: Record<string, unknown>) => void,
): number {
  if (low === null || high === null || high - low <= 1) return 0
  const select = source.prepare(
    `SELECT ${columns.join(', ')} FROM ${table} NOT INDEXED WHERE rowid BETWEEN ? AND ? ORDER BY rowid`,
  )
  let looks = 0
  let lost = 0
  const open: [from: number, to: number][] = [[low + 1, high - 1]]
  for (let range = open.pop(); range !== undefined; range = open.pop()) {
    const [from, to] = range
    if (++looks > MOST_LOOKS) lost += to - from + 1
    else if (!readRange(select, from, to, take)) {
      const middle = Math.floor((from + to) / 2)
      if (from === to) lost++
      else open.push([middle + 1, to], [from, middle])
    }
  }
  return lost
}

function readRange(select: StatementSync, from: number, to: number, take: (row: Record<string, unknown>) => void) {
  try {
    for (const row of select.all(from, to)) take(row)
    return true
  } catch (error) {
    if (!isSqlite(error)) throw error
    return false
  }
}

/** Takes out what refers to what was lost. A delivery without its body is not sent empty: a replay renders it anew. */
function makeSound(database: DatabaseSync): void {
  database.exec(`DELETE FROM owner;
    INSERT OR IGNORE INTO organizations (id, slug, name, created_at) VALUES (1, 'default', 'Default', 0);
    DELETE FROM deliveries WHERE webhook NOT IN (SELECT seq FROM webhooks) OR event NOT IN (SELECT seq FROM events);
    DELETE FROM open_batches WHERE delivery NOT IN (SELECT seq FROM deliveries);
    UPDATE deliveries SET state = 'failed', reason = 'render_failed', due_at = NULL, finished_at = created_at,
      body = NULL, body_bytes = NULL
      WHERE state IN ('pending', 'held', 'delivering') AND (body IS NULL OR body NOT IN (SELECT seq FROM bodies));
    UPDATE deliveries SET body = NULL, body_bytes = NULL WHERE body IS NOT NULL AND body NOT IN (SELECT seq FROM bodies);
    DELETE FROM attempts WHERE delivery NOT IN (SELECT seq FROM deliveries);
    UPDATE store_state SET feed_seq = max(feed_seq, (SELECT coalesce(max(seq), 0) FROM feed))`)
  writeCounts(database)
}
