import {DatabaseSync} from 'node:sqlite'
import {inspectFile} from '../file.ts'
import {migrations} from '../migrations/index.ts'

/** Others may write meanwhile; a look or a copy waits for them. */
const BUSY_TIMEOUT_MS = 5000

/**
 * The database of a store that is there, as it is: nothing is made, nothing is migrated. The caller closes it.
 *
 * @throws HookctlError `store_not_found`, `store_foreign`, `store_newer`, `store_denied`
 */
export function openExisting(file: string): DatabaseSync {
  inspectFile(file, migrations.length)
  return new DatabaseSync(file, {timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: false})
}

/** Runs `work` on it and closes it, whatever comes of it. */
export function withExisting<T>(file: string, work: (database: DatabaseSync) => T): T {
  const database = openExisting(file)
  try {
    return work(database)
  } finally {
    database.close()
  }
}
