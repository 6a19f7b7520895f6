import {existsSync, readFileSync} from 'node:fs'
import {DatabaseSync, type SQLInputValue} from 'node:sqlite'
import type {NameQuestion, StoredName} from '../names.ts'
import {migrateNew} from '../sqlite/migrate.ts'
import {migrations} from '../sqlite/migrations/index.ts'
import {namesIn} from '../sqlite/names.ts'
import {parse} from './parse.ts'
import {toValue} from './text.ts'

const NAMED = [
  'organizations',
  'contexts',
  'members',
  'tokens',
  'webhooks',
  'sources',
  'event_types',
  'events',
  'deliveries',
  'history',
]

/** What `storedNames` answers for a store in one readable file: what has names is asked as SQLite is. Takes no lock. */
export function namesInText(file: string, question: NameQuestion): StoredName[] {
  if (!existsSync(file)) return []
  const {tables} = parse(readFileSync(file, 'utf8'), file, migrations.length)
  const database = new DatabaseSync(':memory:', {enableForeignKeyConstraints: false})
  try {
    migrateNew(database, migrations)
    for (const name of NAMED) for (const row of tables[name] ?? []) insert(database, name, row)
    return namesIn(database, question)
  } finally {
    database.close()
  }
}

function insert(database: DatabaseSync, table: string, row: Readonly<Record<string, unknown>>): void {
  const columns = Object.keys(row)
  database
    .prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
    .run(...columns.map(column => toValue(row[column]) as SQLInputValue))
}
