import {chmodSync, rmSync, statSync} from 'node:fs'
import path from 'node:path'
import type {DatabaseSync} from 'node:sqlite'
import {keyOrNull} from '../secrecy.ts'
import {type Connection, connect} from '../sqlite/connection.ts'
import {extentOf, roomOf} from '../sqlite/extent.ts'
import {translate} from '../sqlite/failure.ts'
import {makeFolder} from '../sqlite/file.ts'
import {fileFailure} from '../sqlite/file-failure.ts'
import {schemaOf} from '../sqlite/migrate.ts'
import {migrations as ours} from '../sqlite/migrations/index.ts'
import {asQuestions} from '../sqlite/questions.ts'
import {agreeOnKey, assemble, fillNew} from '../sqlite/store.ts'
import type {Store} from '../store.ts'
import {gone, type Lock, openLock, readWhole, type Version, versionOf, writeWhole} from './file.ts'
import {load} from './load.ts'
import {parse} from './parse.ts'
import {toText} from './text.ts'

export interface JsonQuestion {
  readonly file: string
  readonly now: () => number
  /** As `secretKeyOf` takes it; null: secrets stand in it as they are. */
  readonly secretKey?: string | null
  readonly tell?: ((warning: string) => void) | undefined
  /** Of tests: other schemas than ours. */
  readonly migrations?: readonly string[]
}

/**
 * The store as one readable file, made when it is missing: the SQLite store in memory, read from the file and written
 * back to it whole with every commit. Any process may read and write: each write is made under a lock on the newest
 * state, and each question sees it.
 *
 * @throws HookctlError as `openSqliteStore`; `store_corrupt` names line and column
 */
export function openJsonStore(question: JsonQuestion): Store {
  try {
    return openLocked(question)
  } catch (error) {
    throw translate(fileFailure(error, question.file), question.file)
  }
}

function openLocked({file, now, secretKey = null, migrations = ours, tell}: JsonQuestion): Store {
  const key = keyOrNull(secretKey)
  makeFolder(path.dirname(file))
  // Before anything is made beside it: what is not ours stays alone.
  const found = readWhole(file)
  if (found !== null) parse(found.text, file, migrations.length)
  const memory = connect(null, file, key)
  const lock = openLock(file)
  const state = new FileState(memory.database, file, migrations)
  try {
    lock.take()
    if (versionOf(file) === null) {
      fillNew(memory.database, migrations, now())
      agreeOnKey(memory.database, key, file)
      state.write()
    } else {
      state.read()
      agreeOnKey(memory.database, key, file)
    }
  } catch (error) {
    lock.close()
    memory.close()
    throw error
  } finally {
    if (memory.database.isOpen) lock.release()
  }
  const store = withFile(assemble(connectionOver(memory, state, lock)), memory, file)
  return tell === undefined ? store : tellingOfGrowth(store, memory, state, tell)
}

/** Says it to who made it larger, once, and to nobody who only reads. */
function tellingOfGrowth(store: Store, {database}: Connection, state: FileState, tell: (text: string) => void): Store {
  return {
    ...store,
    async close() {
      if (database.isOpen && state.hasGrown) growthWarnings(database, state.bytes).forEach(tell)
      await store.close()
    },
  }
}

/** The connection in memory, whose transactions begin with what is in the file and end in it. */
function connectionOver(memory: Connection, state: FileState, lock: Lock): Connection {
  return {
    ...memory,
    assertOpen() {
      memory.assertOpen()
      state.refresh()
    },
    begin() {
      lock.take()
      try {
        state.refresh()
        memory.begin()
      } catch (error) {
        lock.release()
        throw error
      }
    },
    commit() {
      state.write()
      memory.commit()
      lock.release()
    },
    rollback() {
      memory.rollback()
      lock.release()
    },
    close() {
      memory.close()
      lock.close()
    },
  }
}

function withFile(store: Store, memory: Connection, file: string): Store {
  const bytes = () => statSync(file, {throwIfNoEntry: false})?.size ?? 0
  const connection = {...memory, assertOpen: () => memory.assertOpen()}
  return {
    ...store,
    ...asQuestions<Pick<Store, 'describe' | 'extent' | 'room'>>(connection, {
      describe: () => ({backend: 'json', location: file, schema: schemaOf(memory.database), bytes: bytes()}),
      room: () => roomOf({file}),
      extent() {
        const extent = extentOf({...connection, file})
        const warnings = [...extent.warnings, ...growthWarnings(memory.database, bytes())]
        return {...extent, fileBytes: bytes(), logBytes: null, freeBytes: null, warnings}
      },
    }),
  }
}

/** Every change writes all of it: beyond this a change takes longer than what it is for. */
const MOST_OBJECTS = 1000
const MOST_BYTES = 5_000_000

export function growthWarnings(database: DatabaseSync, bytes: number): readonly string[] {
  const row = database
    .prepare(`SELECT (SELECT count(*) FROM webhooks) + (SELECT count(*) FROM events) + (SELECT count(*) FROM deliveries)
      + (SELECT count(*) FROM tracked_objects) AS n`)
    .get() as {n: number}
  if (row.n <= MOST_OBJECTS && bytes <= MOST_BYTES) return []
  return [
    `the store holds ${row.n} objects in ${Math.ceil(bytes / 1000)} kB: a json: store is written whole with every change and is meant for about ${MOST_OBJECTS}; prune it, or use a sqlite: store`,
  ]
}

/** What of the file is in memory, and what of memory is in the file. */
class FileState {
  readonly #database: DatabaseSync
  readonly #file: string
  readonly #ownerFile: string
  readonly #migrations: readonly string[]
  #version: Version | null = null
  #text = ''
  #hasGrown = false
  #ownerVersion: Version | null = null
  #ownerText: string | null = null

  constructor(database: DatabaseSync, file: string, migrations: readonly string[]) {
    this.#database = database
    this.#file = file
    this.#ownerFile = ownerFileOf(file)
    this.#migrations = migrations
  }

  /** Whether this process has made it larger. */
  get hasGrown(): boolean {
    return this.#hasGrown
  }

  get bytes(): number {
    return Buffer.byteLength(this.#text)
  }

  /** Reads what others have written since. */
  refresh(): void {
    if (versionOf(this.#file) !== this.#version) this.read()
    if (versionOf(this.#ownerFile) !== this.#ownerVersion) this.#readOwner()
  }

  read(): void {
    const found = readWhole(this.#file)
    if (found === null) throw gone(this.#file)
    load(this.#database, parse(found.text, this.#file, this.#migrations.length), this.#file, this.#migrations)
    closeToOthers(this.#file)
    this.#version = found.version
    this.#text = found.text
    this.#readOwner()
  }

  /** Called under the lock, in the transaction whose end it is. Only what differs is written. */
  write(): void {
    this.#writeOwner()
    const text = toText(this.#database, schemaOf(this.#database))
    if (text === this.#text) return
    try {
      this.#version = writeWhole(this.#file, text)
    } catch (error) {
      throw fileFailure(error, this.#file)
    }
    this.#hasGrown ||= text.length > this.#text.length
    this.#text = text
  }

  /** Who sends renews its claim every second: that must not be a change of the store. */
  #writeOwner(): void {
    const row = this.#database.prepare('SELECT * FROM owner').get()
    const text = row === undefined ? null : `${JSON.stringify(row)}\n`
    if (text === this.#ownerText) return
    if (text === null) rmSync(this.#ownerFile, {force: true})
    else writeWhole(this.#ownerFile, text)
    this.#ownerVersion = versionOf(this.#ownerFile)
    this.#ownerText = text
  }

  #readOwner(): void {
    const found = loadOwner(this.#database, this.#file)
    this.#ownerVersion = found?.version ?? null
    this.#ownerText = found?.text ?? null
  }
}

const ownerFileOf = (file: string): string => `${file}.owner`

/** Puts who sends into the database, where somebody does. Answers what stands in the file about it. */
export function loadOwner(database: DatabaseSync, file: string): ReturnType<typeof readWhole> {
  const found = readWhole(ownerFileOf(file))
  database.exec('DELETE FROM owner')
  if (found !== null) insertOwner(database, found.text)
  return found
}

/** What cannot be read owns nothing. */
function insertOwner(database: DatabaseSync, text: string): void {
  try {
    const row = JSON.parse(text) as Record<string, string | number>
    const columns = ['one', 'boot_id', 'pid', 'host', 'since', 'heartbeat_at']
    database
      .prepare(`INSERT INTO owner (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
      .run(...columns.map(column => row[column] as string | number))
  } catch (error) {
    if (error instanceof SyntaxError || (error as {code?: string}).code?.startsWith('ERR_')) return
    throw error
  }
}

function closeToOthers(file: string): void {
  const stats = statSync(file)
  if ((stats.mode & 0o077) !== 0 && stats.uid === process.getuid?.()) chmodSync(file, 0o600)
}
