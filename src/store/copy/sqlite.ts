import {existsSync} from 'node:fs'
import {locate} from '../open.ts'
import {type Connection, connect} from '../sqlite/connection.ts'
import {inspectFile} from '../sqlite/file.ts'
import {migrate} from '../sqlite/migrate.ts'
import {migrations} from '../sqlite/migrations/index.ts'
import {openSqliteStore} from '../sqlite/store.ts'
import {type Cell, inUse, notEmpty, type Row, type Source, type State, type Table, type Target} from './copy.ts'

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

  async target(location: string, now: number): Promise<Target> {
    const {file} = locate(location)
    if (existsSync(file)) throw notEmpty(file)
    await openSqliteStore({file, now: () => now}).close()
    const connection = connect(file, file)
    connection.database.exec('BEGIN IMMEDIATE')
    connection.database.exec('DELETE FROM organizations')
    return {
      ...reading(connection),
      async add(table, columns, rows) {
        const places = columns.map(() => '?').join(', ')
        const insert = connection.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`)
        for (const row of rows) insert.run(...columns.map(column => row[column] as Cell))
      },
      async finish({sending, feedSeq, secretKeyId}) {
        connection
          .prepare(
            'UPDATE store_state SET sending = ?, feed_seq = ?, secret_key_id = ?, webhook_version = webhook_version + 1',
          )
          .run(sending, feedSeq, secretKeyId)
        connection.database.exec('COMMIT')
      },
    }
  },
}

function refuseUsed({database, location}: Connection): void {
  const owner = database.prepare('SELECT pid, heartbeat_at FROM owner').get()
  if (owner === undefined || (owner.heartbeat_at as number) < Date.now() - SILENT_MS) return
  database.close()
  throw inUse(location, `process ${owner.pid}`)
}

function reading(connection: Connection): Source {
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
