import {existsSync, linkSync, readdirSync} from 'node:fs'
import path from 'node:path'
import {locate} from '../open.ts'
import {removeDatabase} from '../sqlite/care/backup.ts'
import {type Connection, connect} from '../sqlite/connection.ts'
import {createPrivate, fillDraft, inspectFile, makeFolder, setLogAside, syncToDisk} from '../sqlite/file.ts'
import {fileFailure} from '../sqlite/file-failure.ts'
import {migrate, migrateNew} from '../sqlite/migrate.ts'
import {migrations} from '../sqlite/migrations/index.ts'
import {type Cell, fileExists, inUse, type Row, type Source, type State, type Table, type Target} from './copy.ts'

const BATCH = 500

/** An owner that was heard of so lately may still be sending. */
const SILENT_MS = 15_000

export const sqliteCopier = {
  async source(location: string): Promise<Source> {
    const {file} = locate(location)
    inspectFile(file, migrations.length)
    // Without its key: what is encrypted is copied as it is.
    const connection = connect(file, file)
    migrate(connection, migrations)
    refuseUsed(connection)
    connection.database.exec('BEGIN')
    return reading(connection)
  },

  async target(location: string): Promise<Target> {
    const {file} = locate(location)
    const draft = beginDraft(file)
    const connection = connect(draft, file)
    connection.database.exec('BEGIN IMMEDIATE')
    const {close, ...read} = reading(connection)
    return {
      ...read,
      ...writing(connection),
      async commit() {
        connection.database.exec('COMMIT')
        // Takes the log into the file.
        await close()
        place(draft, file)
        return []
      },
      async close() {
        await close()
        removeDatabase(draft)
      },
    }
  },
}

export function writing(connection: Connection): Pick<Target, 'add' | 'complete'> {
  return {
    async add(table, columns, rows) {
      const places = columns.map(() => '?').join(', ')
      const insert = connection.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`)
      for (const row of rows) insert.run(...columns.map(column => row[column] as Cell))
    },
    async complete({sending, feedSeq, secretKeyId}) {
      connection
        .prepare(
          'UPDATE store_state SET sending = ?, feed_seq = ?, secret_key_id = ?, webhook_version = webhook_version + 1',
        )
        .run(sending, feedSeq, secretKeyId)
    },
  }
}

/**
 * An empty store beside the place of the new one, which gets its name when it is whole: nobody meets half a store, and
 * what a process leaves that is killed is in nobody's way. The next one takes it away.
 */
function beginDraft(file: string): string {
  if (existsSync(file)) throw fileExists(file)
  const draft = draftOf(file, process.pid)
  try {
    makeFolder(path.dirname(file))
    for (const left of leftDrafts(file)) removeDatabase(left)
    createPrivate(draft)
    fillDraft(draft, database => migrateNew(database, migrations))
    return draft
  } catch (error) {
    removeDatabase(draft)
    throw fileFailure(error, file)
  }
}

const draftOf = (file: string, pid: number): string =>
  path.join(path.dirname(file), `.${path.basename(file)}.${pid}.copying`)

/** Of processes that are not there any more, or had the number of this one. */
function leftDrafts(file: string): readonly string[] {
  return readdirSync(path.dirname(file)).flatMap(name => {
    const pid = Number(/\.(\d+)\.copying$/.exec(name)?.[1])
    const draft = draftOf(file, pid)
    return path.basename(draft) === name && (pid === process.pid || !isRunning(pid)) ? [draft] : []
  })
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Never over a store that came meanwhile. */
function place(draft: string, file: string): void {
  try {
    syncToDisk(draft)
    setLogAside(file)
    linkSync(draft, file)
    syncToDisk(path.dirname(file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw fileExists(file)
    throw fileFailure(error, file)
  }
}

export function refuseUsed({database, location}: Connection): void {
  const owner = database.prepare('SELECT pid, heartbeat_at FROM owner').get()
  if (owner === undefined || (owner.heartbeat_at as number) < Date.now() - SILENT_MS) return
  database.close()
  throw inUse(location, `process ${owner.pid}`)
}

export function reading(connection: Connection): Source {
  return {
    location: connection.location,
    async columns(table) {
      return connection
        .prepare(`SELECT name FROM pragma_table_info('${table}')`)
        .all()
        .map(({name}) => name as string)
    },
    async *rows({name, key}: Table, columns) {
      const sql = `SELECT ${columns.join(', ')} FROM ${name} ORDER BY ${key.join(', ')}`
      let batch: Row[] = []
      for (const row of connection.database.prepare(sql).iterate()) {
        batch.push(row as Row)
        if (batch.length < BATCH) continue
        yield batch
        batch = []
      }
      if (batch.length > 0) yield batch
    },
    async state(): Promise<State> {
      const row = connection.prepare('SELECT sending, feed_seq, secret_key_id FROM store_state').get()
      return {
        sending: row?.sending as number,
        feedSeq: row?.feed_seq as number,
        secretKeyId: row?.secret_key_id as string | null,
      }
    },
    async close() {
      if (connection.database.isOpen && connection.database.isTransaction) connection.database.exec('ROLLBACK')
      connection.close()
    },
  }
}
