import {renameSync, rmSync} from 'node:fs'
import type {DatabaseSync} from 'node:sqlite'
import {reached} from '../../failpoint.ts'
import {type Connection, pragma} from './connection.ts'
import {assertNotNewer, createPrivate, syncToDisk} from './file.ts'

export const schemaOf = (database: DatabaseSync): number => Number(pragma(database, 'user_version'))

/** Takes a new database to the newest schema, in one transaction: nobody else has it yet. */
export function migrateNew(database: DatabaseSync, migrations: readonly string[]): void {
  database.exec(`BEGIN; ${migrations.join(';')}; PRAGMA user_version = ${migrations.length}; COMMIT`)
}

/**
 * Takes a store that is in use to the newest schema, one transaction per step, after a copy of it was put beside it
 * (`<file>.schema-<n>.backup`). Of two processes at once one does each step and the other finds it done.
 *
 * @throws HookctlError `store_newer` when another process took it further than this program knows
 */
export function migrate({database, file}: Connection, migrations: readonly string[]): void {
  const found = schemaOf(database)
  if (file === null || found === migrations.length) return
  assertNotNewer(file, found, migrations.length)
  const draft = `${file}.schema-${found}.${process.pid}.new`
  try {
    backUp(database, draft)
    let steps = 0
    for (let index = found; index < migrations.length; index++) {
      if (!step(database, migrations, index)) continue
      // Only who made the first step knows that its copy is of the schema before.
      if (steps++ === 0 && index === found) renameSync(draft, `${file}.schema-${found}.backup`)
    }
  } finally {
    rmSync(draft, {force: true})
  }
  // The schema number in the file's header is what an older program looks at before it opens the file.
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
}

function backUp(database: DatabaseSync, draft: string): void {
  rmSync(draft, {force: true})
  createPrivate(draft)
  database.prepare('VACUUM INTO ?').run(draft)
  // VACUUM INTO leaves the writing to the operating system; a copy that a power loss takes along is none.
  syncToDisk(draft)
}

/** Answers whether this call did the step; false when it was done already. */
function step(database: DatabaseSync, migrations: readonly string[], index: number): boolean {
  database.exec('BEGIN IMMEDIATE')
  try {
    const isMine = schemaOf(database) === index
    if (isMine) database.exec(`${migrations[index]}; PRAGMA user_version = ${index + 1}`)
    reached('migrate.written')
    database.exec('COMMIT')
    reached('migrate.committed')
    return isMine
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
