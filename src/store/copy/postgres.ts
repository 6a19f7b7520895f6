import {locate} from '../open.ts'
import {connect, type Database, type Questions, type SqlValue} from '../postgres/connection.ts'
import {assertFits, migrate} from '../postgres/migrate.ts'
import {type Cell, inUse, notEmpty, type Row, type Source, type State, TABLES, type Table, type Target} from './copy.ts'

const BATCH = 500

export const postgresCopier = {
  async source(location: string): Promise<Source> {
    const database = await opened(location, Date.now())
    await refuseUsed(database)
    // One moment for all tables.
    const held = await hold(database, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    return reading(database, held)
  },

  async target(location: string, now: number): Promise<Target> {
    const database = await opened(location, now)
    await refuseUsed(database)
    if ((await database.one('SELECT 1 AS yes FROM webhooks UNION ALL SELECT 1 FROM events LIMIT 1')) !== undefined) {
      await database.close()
      throw notEmpty(database.location)
    }
    const held = await hold(database, 'BEGIN')
    await held.questions.run('DELETE FROM organizations')
    return {
      ...reading(database, held),
      async add(table, columns, rows) {
        for (let at = 0; at < rows.length; at += 100) {
          const some = rows.slice(at, at + 100)
          const places = some.map(
            (_, row) => `(${columns.map((_, column) => `$${row * columns.length + column + 1}`).join(', ')})`,
          )
          await held.questions.run(
            `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${places.join(', ')}`,
            ...some.flatMap(row => columns.map(column => row[column] as SqlValue)),
          )
        }
      },
      async finish({sending, feedSeq, secretKeyId}) {
        const {questions} = held
        await questions.run(
          'UPDATE store_state SET sending = $1, feed_seq = $2, secret_key_id = $3',
          sending,
          feedSeq,
          secretKeyId,
        )
        for (const {name, key} of TABLES) {
          if (key.length > 1 || !['seq', 'id'].includes(key[0] as string)) continue
          const [column] = key
          await questions.run(
            `SELECT setval(pg_get_serial_sequence('${name}', '${column}'), coalesce((SELECT max(${column}) FROM ${name}), 0) + 1, false)`,
          )
        }
        await held.end('COMMIT')
      },
    }
  },
}

async function opened(location: string, now: number): Promise<Database> {
  const database = connect(locate(location).url ?? location, null)
  try {
    await assertFits(database)
    await migrate(database, now)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

async function refuseUsed(database: Database): Promise<void> {
  const row = await database.one(
    "SELECT host FROM owners WHERE seen_at > clock_timestamp() - interval '15 seconds' LIMIT 1",
  )
  if (row === undefined) return
  await database.close()
  throw inUse(database.location, `a worker on ${row.host}`)
}

interface Held {
  readonly questions: Questions
  /** Ends the transaction; a second call does nothing. */
  end(how: 'COMMIT' | 'ROLLBACK'): Promise<void>
}

/** A transaction that stays open between calls. */
async function hold(database: Database, begin: string): Promise<Held> {
  const {questions, release} = await database.reserve()
  await questions.run(begin)
  let isOver = false
  return {
    questions,
    async end(how) {
      if (isOver) return
      isOver = true
      await questions.run(how)
      release()
    },
  }
}

function reading(database: Database, held: Held): Source {
  const {questions} = held
  return {
    location: database.location,
    async columns(table) {
      const rows = await questions.all(
        'SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1',
        table,
      )
      return rows.map(row => row.column_name as string)
    },
    async *rows({name, key}: Table, columns) {
      const order = key.join(', ')
      for (let after: readonly Cell[] | null = null; ; ) {
        const places = key.map((_, at) => `$${at + 1}`).join(', ')
        const where: string = after === null ? '' : `WHERE (${order}) > (${places})`
        const rows: readonly Row[] = await questions.all(
          `SELECT ${columns.join(', ')} FROM ${name} ${where} ORDER BY ${order} LIMIT ${BATCH}`,
          ...((after ?? []) as readonly SqlValue[]),
        )
        if (rows.length > 0) yield rows
        const last = rows.at(-1)
        if (rows.length < BATCH || last === undefined) return
        after = key.map(column => last[column] as Cell)
      }
    },
    async state(): Promise<State> {
      const row = await questions.one('SELECT sending, feed_seq, secret_key_id FROM store_state')
      return {
        sending: row?.sending as number,
        feedSeq: row?.feed_seq as number,
        secretKeyId: row?.secret_key_id as string | null,
      }
    },
    async close() {
      await held.end('ROLLBACK').catch(() => {})
      await database.close()
    },
  }
}
