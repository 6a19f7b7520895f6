import {statSync} from 'node:fs'
import type {DatabaseSync} from 'node:sqlite'
import {unreachableError} from '../../errors.ts'
import {assertKeyFits, type SecretKey, secretKeyOf} from '../secrecy.ts'
import type {Store, StoreDescription} from '../store.ts'
import {changes} from './changes.ts'
import {type Connection, connect, pragma} from './connection.ts'
import {contexts} from './contexts.ts'
import {deliveries} from './deliveries.ts'
import {eventTypes} from './event-types.ts'
import {events} from './events.ts'
import {extentOf, roomOf} from './extent.ts'
import {translate} from './failure.ts'
import {feedAt, feedEnd, readFeed} from './feed.ts'
import {prepareFile} from './file.ts'
import {history} from './history.ts'
import {keyIdOf, setKeyId} from './key.ts'
import {members} from './members.ts'
import {migrate, migrateNew, schemaOf} from './migrate.ts'
import {migrations as ours} from './migrations/index.ts'
import {objects} from './objects.ts'
import {organizations} from './organizations.ts'
import {asQuestions} from './questions.ts'
import {replays} from './replays.ts'
import {retention} from './retention/retention.ts'
import {sources} from './sources.ts'
import {statistics} from './statistics.ts'
import {tokens} from './tokens.ts'
import {webhooks} from './webhooks.ts'
import {worker} from './worker.ts'
import {createWriter} from './writer.ts'

export interface SqliteQuestion {
  /** Null: in memory, gone with the process. */
  readonly file: string | null
  /** Ms since the epoch: when the first organization of a new store was made. */
  readonly now: () => number
  /** Of tests: other schemas than ours. */
  readonly migrations?: readonly string[]
  readonly secureDelete?: boolean
  /** As `secretKeyOf` takes it; null: secrets are stored as they are. Of no use in memory. */
  readonly secretKey?: string | null
  /** Looks through a file that is not large before anything is promised from it. */
  readonly examine?: boolean
}

/**
 * The store in one SQLite file, made when it is missing, or in memory.
 *
 * @throws HookctlError `store_foreign`, `store_newer`, `store_denied`, `store_corrupt`, `store_busy`, `store_full`,
 * `store_unsupported`
 */
export function openSqliteStore({
  file,
  now,
  migrations = ours,
  secureDelete = false,
  secretKey = null,
  examine = false,
}: SqliteQuestion): Store {
  assertWalIsSafe(process.versions.sqlite ?? '0')
  const location = file ?? 'memory:'
  const key = file === null || secretKey === null ? null : secretKeyOf(secretKey)
  const fill = (database: DatabaseSync) => fillNew(database, migrations, now())
  try {
    if (file !== null) prepareFile(file, migrations.length, fill)
    const connection = connect(file, location, key)
    if (secureDelete) connection.database.exec('PRAGMA secure_delete = on')
    try {
      if (file === null) fill(connection.database)
      else {
        if (examine) lookThrough(connection)
        migrate(connection, migrations)
        agreeOnKey(connection.database, key, location)
      }
    } catch (error) {
      connection.close()
      throw error
    }
    return assemble(connection)
  } catch (error) {
    throw translate(error, location)
  }
}

/** Read through in a fraction of a second; what is larger is looked at by `store check`. */
const QUICKLY_READ_BYTES = 64 * 1024 * 1024

/** @throws HookctlError `store_corrupt` */
function lookThrough({database, file, location}: Connection): void {
  if (file === null || statSync(file).size > QUICKLY_READ_BYTES) return
  const found = pragma(database, 'quick_check(1)')
  if (found === 'ok') return
  throw unreachableError('store_corrupt', `the store ${location} is damaged: ${found}`, {
    hint: 'keep the file as it is; restore a backup (hookctl store restore FILE) or save what can be read (hookctl store check --salvage FILE)',
  })
}

/** A store without webhooks and sources has nothing to encrypt yet: it takes the key that is set. */
export function agreeOnKey(database: DatabaseSync, key: SecretKey | null, location: string): void {
  const id = keyIdOf(database)
  const isEmpty = () =>
    database.prepare('SELECT 1 FROM webhooks UNION ALL SELECT 1 FROM sources LIMIT 1').get() === undefined
  if (id === null && key !== null && isEmpty()) setKeyId(database, key.id)
  else assertKeyFits(id, key, location)
}

/** What every new store begins with: the newest schema, and one organization. */
export function fillNew(database: DatabaseSync, migrations: readonly string[], now: number): void {
  migrateNew(database, migrations)
  database
    .prepare("INSERT INTO organizations (id, slug, name, created_at) VALUES (1, 'default', 'Default', ?)")
    .run(now)
}

/** The store over a connection whose schema is of today. */
export function assemble(connection: Connection): Store {
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  const writer = createWriter(connection, () => queueMicrotask(tell))
  return {
    organizations: asQuestions(connection, organizations(connection, writer)),
    contexts: asQuestions(connection, contexts(connection, writer)),
    members: asQuestions(connection, members(connection, writer)),
    tokens: asQuestions(connection, tokens(connection, writer)),
    webhooks: asQuestions(connection, webhooks(connection, writer)),
    sources: asQuestions(connection, sources(connection, writer)),
    eventTypes: asQuestions(connection, eventTypes(connection, writer)),
    changes: asQuestions(connection, changes(connection, writer)),
    events: asQuestions(connection, events(connection, writer)),
    deliveries: asQuestions(connection, deliveries(connection, writer)),
    replays: asQuestions(connection, replays(connection, writer)),
    history: asQuestions(connection, history(connection, writer)),
    objects: asQuestions(connection, objects(connection, writer)),
    statistics: asQuestions(connection, statistics(connection)),
    worker: asQuestions(connection, worker(connection, writer)),
    retention: asQuestions(connection, retention(connection, writer)),
    ...asQuestions<Pick<Store, 'describe' | 'extent' | 'room' | 'feed' | 'feedEnd' | 'feedAt'>>(connection, {
      describe: () => describe(connection),
      extent: () => extentOf(connection),
      room: () => roomOf(connection),
      feed: question => readFeed(connection, question),
      feedEnd: () => feedEnd(connection),
      feedAt: question => feedAt(connection, question),
    }),
    onWrite(listener) {
      const own = () => listener()
      listeners.add(own)
      return () => listeners.delete(own)
    },
    async close() {
      if (!connection.database.isOpen) return
      writer.end()
      listeners.clear()
      connection.close()
    },
  }
}

function describe({database, file, location}: Connection): StoreDescription {
  const schema = schemaOf(database)
  if (file === null) return {backend: 'memory', location, schema, bytes: null}
  const sizes = [file, `${file}-wal`].map(path => statSync(path, {throwIfNoEntry: false})?.size ?? 0)
  return {backend: 'sqlite', location, schema, bytes: sizes.reduce((sum, size) => sum + size)}
}

/**
 * Up to SQLite 3.51.2 two processes that write and checkpoint a WAL at the same moment could lose pages that were
 * committed. Node has the fix since 24.15.
 *
 * @throws HookctlError `store_unsupported`
 */
export function assertWalIsSafe(version: string): void {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  if (major > 3 || (major === 3 && (minor > 51 || (minor === 51 && patch >= 3)))) return
  throw unreachableError(
    'store_unsupported',
    `this Node.js brings SQLite ${version}, which can lose data (WAL reset)`,
    {
      hint: 'use Node.js 24.15 or newer: it brings SQLite 3.51.3 or newer',
    },
  )
}
