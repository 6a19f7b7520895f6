import {locate} from '../open.ts'
import {connect, type Database, type Questions, type SqlValue} from '../postgres/connection.ts'
import {assertFits, migrate} from '../postgres/migrate.ts'
import {type Cell, inUse, notEmpty, type Row, type Source, type State, TABLES, type Table, type Target} from './copy.ts'

const BATCH = 500

export const postgresCopier = {
  source: (location: string): Promise<Source> =>
    openedWith(location, Date.now(), async database => {
      // One moment for all tables.
      return reading(database, await hold(database, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'))
    }),

  target: (location: string, now: number): Promise<Target> =>
    openedWith(location, now, async database => {
      const found = await database.one(
        `SELECT 1 AS yes FROM webhooks UNION ALL SELECT 1 FROM sources UNION ALL SELECT 1 FROM event_types
          UNION ALL SELECT 1 FROM events LIMIT 1`,
      )
      if (found !== undefined) throw notEmpty(database.location)
      return writing(database, await hold(database, 'BEGIN', 'DELETE FROM organizations'))
    }),
}

function writing(database: Database, held: Held): Target {
  return {
    ...reading(database, held),
    async add(table, columns, rows) {
      for (const part of partsOf(table)) {
        const known = new Set(await columnsIn(held.questions, part))
        const own = columns.filter(column => known.has(column))
        for (let at = 0; at < rows.length; at += 100) await insert(held.questions, part, own, rows.slice(at, at + 100))
      }
    },
    async complete({sending, feedSeq, secretKeyId}) {
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
        const [table] = partsOf(name)
        await questions.run(
          `SELECT setval(pg_get_serial_sequence('${table}', '${column}'), coalesce((SELECT max(${column}) FROM ${table}), 0) + 1, false)`,
        )
      }
    },
    async commit() {
      await held.end('COMMIT')
      return []
    },
  }
}

/** What is a view there, with the tables that it shows; the one that counts its rows first. */
const parts: Readonly<Record<string, readonly string[]>> = {deliveries: ['delivery_records', 'delivery_states']}

const partsOf = (table: string): readonly string[] => parts[table] ?? [table]

async function columnsIn(questions: Questions, table: string): Promise<readonly string[]> {
  const rows = await questions.all(
    'SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1',
    table,
  )
  return rows.map(row => row.column_name as string)
}

async function insert(
  questions: Questions,
  table: string,
  columns: readonly string[],
  rows: readonly Row[],
): Promise<void> {
  const places = rows.map(
    (_, row) => `(${columns.map((_, column) => `$${row * columns.length + column + 1}`).join(', ')})`,
  )
  await questions.run(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${places.join(', ')}`,
    ...rows.flatMap(row => columns.map(column => row[column] as SqlValue)),
  )
}

/** A database of the newest schema that nobody sends from, closed again where `work` fails. */
async function openedWith<T>(location: string, now: number, work: (database: Database) => Promise<T>): Promise<T> {
  const database = connect(locate(location).url ?? location, null)
  try {
    await assertFits(database)
    await migrate(database, now)
    await refuseUsed(database)
    return await work(database)
  } catch (error) {
    await database.close()
    throw error
  }
}

async function refuseUsed(database: Database): Promise<void> {
  const row = await database.one(
    "SELECT host FROM owners WHERE seen_at > clock_timestamp() - interval '15 seconds' LIMIT 1",
  )
  if (row !== undefined) throw inUse(database.location, `a worker on ${row.host}`)
}

interface Held {
  readonly questions: Questions
  /** Ends the transaction; a second call does nothing. */
  end(how: 'COMMIT' | 'ROLLBACK'): Promise<void>
}

/** A transaction that stays open between calls. However it ends its connection is given back: the pool waits for it. */
async function hold(database: Database, ...first: readonly string[]): Promise<Held> {
  const {questions, release} = await database.reserve()
  try {
    for (const statement of first) await questions.run(statement)
  } catch (error) {
    release()
    throw error
  }
  let isOver = false
  return {
    questions,
    async end(how) {
      if (isOver) return
      isOver = true
      try {
        await questions.run(how)
      } finally {
        release()
      }
    },
  }
}

function reading(database: Database, held: Held): Source {
  const {questions} = held
  return {
    location: database.location,
    columns: table => columnsIn(questions, table),
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
