import type {DatabaseSync} from 'node:sqlite'
import type {Problem} from '../care.ts'
import {writeCounts} from '../sqlite/care/check.ts'
import {wrongRows} from '../sqlite/care/rows.ts'
import {migrateNew} from '../sqlite/migrate.ts'
import {broken, type Content} from './parse.ts'
import type {Path} from './scan.ts'
import {isBytes, type Table, tablesOf, toValue} from './text.ts'

type TextRow = Readonly<Record<string, unknown>>

/**
 * Puts the content of a file in the place of what is in memory, and takes it to the newest schema.
 *
 * @throws HookctlError `store_corrupt` with the first problem
 */
export function load(database: DatabaseSync, content: Content, file: string, migrations: readonly string[]): void {
  const [first, ...more] = fill(database, content, migrations)
  if (first === undefined) return
  throw broken(file, `${first.detail}${more.length === 0 ? '' : `; ${more.length} more: hookctl store check`}`)
}

/** The same, and answers what is wrong in it: then nothing of it is in memory. */
export function fill(database: DatabaseSync, content: Content, migrations: readonly string[]): readonly Problem[] {
  const {schema} = content
  for (const {name, type} of database
    .prepare("SELECT name, type FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()) {
    database.exec(`DROP ${type} ${name}`)
  }
  database.exec('PRAGMA user_version = 0')
  migrateNew(database, migrations.slice(0, schema))
  database.exec('BEGIN')
  try {
    const problems = insertAll(database, content)
    if (problems.length > 0) {
      database.exec('ROLLBACK')
      return problems
    }
    writeCounts(database)
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
  for (let index = schema; index < migrations.length; index++) {
    database.exec(`BEGIN; ${migrations[index]}; PRAGMA user_version = ${index + 1}; COMMIT`)
  }
  return []
}

/** What rows say of each other is looked at once they are all there: what misses one that is wrong is not wrong itself. */
function insertAll(database: DatabaseSync, {schema, tables, nameOf}: Content): readonly Problem[] {
  const known = tablesOf(database)
  const told = (kind: Problem['kind'], path: Path, what: string): Problem => ({
    kind,
    detail: `${nameOf(path)}: ${what}`,
  })
  const strange = Object.keys(tables)
    .filter(name => !known.some(table => table.name === name))
    .map(name => told('rows', ['tables', name], `there is no table "${name}" in schema ${schema}`))
  const wrong = known.flatMap(table =>
    insertRows(database, table, tables[table.name] ?? []).map(({path, what}) =>
      told('rows', ['tables', table.name, ...path], what),
    ),
  )
  if (strange.length + wrong.length > 0) return [...strange, ...wrong]
  return wrongRows(database).map(({table, key, column, kind, what}) => {
    const index = (tables[table] ?? []).findIndex(row => Object.keys(key).every(name => row[name] === key[name]))
    return told(kind, index === -1 ? ['tables', table] : ['tables', table, index, column], what)
  })
}

interface Wrong {
  readonly path: Path
  readonly what: string
}

/** So many of a table are told. */
const MOST = 20

function insertRows(database: DatabaseSync, {name, columns}: Table, rows: readonly TextRow[]): readonly Wrong[] {
  // What the migrations put there is in the file too, unless somebody took it out.
  if (rows.length > 0) database.exec(`DELETE FROM ${name}`)
  const insert = database.prepare(
    `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  )
  const declared = database.prepare(`PRAGMA table_info(${name})`).all() as unknown as readonly Declared[]
  const wrong: Wrong[] = []
  for (const [index, row] of rows.entries()) {
    const found = wrongIn(row, name, declared, columns)
    if (found.length === 0) {
      try {
        insert.run(...columns.map(column => toValue(row[column])))
      } catch (error) {
        found.push({path: [], what: `it is not as it must be (${(error as Error).message})`})
      }
    }
    wrong.push(...found.map(({path, what}) => ({path: [index, ...path], what})))
    if (wrong.length >= MOST) break
  }
  return wrong
}

interface Declared {
  readonly name: string
  readonly type: string
  readonly notnull: number
}

/** What SQLite would not say, or would make fit: it takes 5 for a text. */
function wrongIn(row: TextRow, table: string, declared: readonly Declared[], columns: readonly string[]): Wrong[] {
  const strange = Object.keys(row)
    .filter(name => !columns.includes(name))
    .map(name => ({path: [name], what: `${table} have no "${name}"`}))
  const wrong = declared
    .filter(({name}) => columns.includes(name))
    .flatMap(({name, type, notnull}) => {
      const value = row[name] ?? null
      if (value === null) return notnull === 0 ? [] : [{path: [name], what: 'it is missing'}]
      const kind = kindOf(value)
      return (TAKEN[type] ?? []).includes(kind)
        ? []
        : [{path: [name], what: `it is ${kind}, and must be ${TAKEN[type]?.[0]}`}]
    })
  return [...strange, ...wrong]
}

/** What a column of a type is written as; lists and objects stand for their text. */
const TAKEN: Readonly<Record<string, readonly string[]>> = {
  TEXT: ['a text', 'a list', 'an object'],
  INTEGER: ['a whole number'],
  REAL: ['a number', 'a whole number'],
  BLOB: ['bytes'],
}

/** Never the value itself: it may be a secret. */
function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'a text'
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'a whole number' : 'a number'
  if (typeof value !== 'object') return 'true or false'
  if (Array.isArray(value)) return 'a list'
  return isBytes(value as object) ? 'bytes' : 'an object'
}
