import {statSync} from 'node:fs'
import {DatabaseSync, type StatementSync} from 'node:sqlite'
import {unreachableError} from '../../errors.ts'
import type {SecretKey} from '../secrecy.ts'
import {defineBodySays} from './body-says.ts'
import {closedError} from './failure.ts'

export type Value = string | number | null | Uint8Array

/** One open database: its prepared statements, and whether it is still the file that was opened. */
export interface Connection {
  readonly location: string
  /** Null in memory. */
  readonly file: string | null
  readonly database: DatabaseSync
  /** Null: secrets are stored as they are. */
  readonly secretKey: SecretKey | null
  /** Prepared once per text. Texts are constants or built from constants: the number of them is bounded. */
  prepare(sql: string): StatementSync
  /** The same with rows as lists of values: a third of the work where many are read. */
  prepareLists(sql: string): StatementSync
  /** @throws HookctlError `store_closed` */
  assertOpen(): void
  /** Begins to write, when it is this connection's turn; what others wrote is seen from here on. */
  begin(): void
  /** Ends it, on disk when it returns. */
  commit(): void
  /** Takes it back, where it has not ended already. */
  rollback(): void
  /**
   * To be called in a transaction that writes: only then are all three files there.
   *
   * @throws HookctlError `store_gone` when file, log or shared memory were deleted or replaced: writes would go nowhere.
   */
  assertSameFile(): void
  close(): void
}

const MEGABYTE = 1024 * 1024

/** SQLite's own default is no waiting at all: two commands at once would fail at random. */
const BUSY_TIMEOUT_MS = 5000

export function connect(file: string | null, location: string, secretKey: SecretKey | null = null): Connection {
  const database = new DatabaseSync(file ?? ':memory:', {
    timeout: BUSY_TIMEOUT_MS,
    // References are resolved by us in the same transaction; checking them again would cost a look-up per row.
    enableForeignKeyConstraints: false,
  })
  try {
    configure(database, file, location)
  } catch (error) {
    database.close()
    throw error
  }
  return wrap(database, {file, location, secretKey})
}

function configure(database: DatabaseSync, file: string | null, location: string): void {
  defineBodySays(database)
  database.exec('PRAGMA temp_store = memory; PRAGMA cache_size = -32768')
  if (file === null) return
  database.exec(`PRAGMA synchronous = full; PRAGMA fullfsync = on; PRAGMA checkpoint_fullfsync = on;
    PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = ${32 * MEGABYTE}`)
  const mode = pragma(database, 'journal_mode')
  // FULL is what makes "accepted" mean "on disk": without it a power loss takes back what was promised.
  if (mode !== 'wal' || pragma(database, 'synchronous') !== 2) {
    throw unreachableError('store_unsupported', `the store ${location} is in mode ${mode}, not in WAL with full sync`, {
      hint: 'keep it on a local disk: network file systems have no shared memory for WAL',
    })
  }
}

export const pragma = (database: DatabaseSync, name: string): unknown =>
  Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]

function wrap(
  database: DatabaseSync,
  {file, location, secretKey}: Pick<Connection, 'file' | 'location' | 'secretKey'>,
): Connection {
  const statements = createStatements(database, false)
  const listing = createStatements(database, true)
  const opened = file === null ? null : identityOf(file)
  let beside: readonly (string | null)[] | null = null
  const connection: Connection = {
    location,
    file,
    database,
    secretKey,
    prepare: statements.prepare,
    prepareLists: listing.prepare,
    assertOpen() {
      if (!database.isOpen) throw closedError(location)
    },
    assertSameFile() {
      if (file === null) return
      if (identityOf(file) !== opened) throw gone(`the store ${location}`, 'stop this process and start it again')
      const found = [identityOf(`${file}-wal`), identityOf(`${file}-shm`)]
      beside ??= found
      if (found.every((identity, index) => identity !== null && identity === beside?.[index])) return
      throw gone(
        `the log of the store ${location}`,
        'stop this process in good order, which puts what it has accepted into the store, and start it again',
      )
    },
    begin() {
      // IMMEDIATE: a transaction that first reads and then writes fails at once when another wrote in between, waiting or not.
      connection.prepare('BEGIN IMMEDIATE').run()
    },
    commit() {
      connection.prepare('COMMIT').run()
    },
    rollback() {
      // A full disk may have ended the transaction already.
      if (database.isTransaction) database.exec('ROLLBACK')
    },
    close() {
      statements.clear()
      listing.clear()
      if (database.isOpen) database.close()
    },
  }
  return connection
}

/** Which file a name stands for at this moment; null where it is none. */
function identityOf(file: string): string | null {
  const found = statSync(file, {throwIfNoEntry: false})
  return found === undefined ? null : `${found.dev} ${found.ino}`
}

const gone = (what: string, hint: string): Error =>
  unreachableError('store_gone', `${what} was deleted or replaced while it was open`, {hint})

function createStatements(database: DatabaseSync, asLists: boolean) {
  const prepared = new Map<string, StatementSync>()
  return {
    prepare(sql: string): StatementSync {
      let statement = prepared.get(sql)
      if (statement === undefined) {
        statement = database.prepare(sql)
        statement.setReturnArrays(asLists)
        prepared.set(sql, statement)
      }
      return statement
    },
    clear: () => prepared.clear(),
  }
}
