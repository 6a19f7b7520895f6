import pg from 'pg'
import type {SecretKey} from '../secrecy.ts'
import type {Value} from '../sqlite/connection.ts'
import type {AnyRow} from '../sqlite/rows.ts'
import {closedError, translate} from './failure.ts'
import {LIMITS, settingsOf, withoutCredentials} from './settings.ts'

/** Asks one statement after the other; `$1` and so on are the values. */
export interface Questions {
  one(sql: string, ...values: readonly SqlValue[]): Promise<AnyRow | undefined>
  all(sql: string, ...values: readonly SqlValue[]): Promise<readonly AnyRow[]>
  /** Answers how many rows were changed. */
  run(sql: string, ...values: readonly SqlValue[]): Promise<number>
}

/** Statements without values that travel together with BEGIN and with COMMIT: each way to the server and back counts. */
interface Around {
  readonly first?: string
  readonly last?: () => string
}

export type SqlValue = Value | boolean | readonly Value[]

/** The database: a pool for questions, single connections for transactions, one that listens. */
export interface Database extends Questions {
  /** Without credentials. */
  readonly location: string
  /** Under which secrets are kept; null: as they are. */
  readonly secretKey: SecretKey | null
  /** Runs `work` on one connection between BEGIN and COMMIT; again where the server asks for it (deadlock). */
  transaction<T>(work: (questions: Questions) => Promise<T>, around?: Around): Promise<T>
  /** A connection of one's own until it is released, for what takes long: its transactions are the caller's. */
  reserve(): Promise<{readonly questions: Questions; release(): void}>
  /** Calls back when anybody wrote to this database, and after the connection that listens was lost. */
  listen(written: () => void): Promise<void>
  /** Goes up when something that is set up may have changed, here or elsewhere; null while nobody listens, and anything may change unheard. */
  readonly setupSeen: number | null
  /** A webhook was changed by this process, and is committed. */
  sawSetup(): void
  assertOpen(): void
  close(): Promise<void>
}

/** One channel for all that is written: whoever hears it looks for what concerns them. */
export const CHANNEL = 'hookctl_written'

/** An advisory lock that everybody shares who has the store open; of a schema, for there may be several in a database. */
export const IN_USE = '7146, hashtext(current_schema())'

const BYTEA = 17
const BIGINT = 20
const TEXT = 25

/** Row numbers, instants and counts are all below 2^53. */
const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  [BYTEA]: text => {
    const {buffer, byteOffset, length} = pg.types.getTypeParser(BYTEA)(text) as Buffer
    return new Uint8Array(buffer, byteOffset, length)
  },
  [BIGINT]: Number,
  [TEXT]: fromStorable,
}

const types = {
  getTypeParser: (oid: number, format?: string) => parsers[oid] ?? pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig

const AGAIN_AFTER_MS = 500

/**
 * @param url `postgres://…`
 * @throws HookctlError usage where the URL, or a file that it names, is wrong. Whether the server can be reached turns out at
 * the first question.
 */
export function connect(url: string, secretKey: SecretKey | null): Database {
  const location = withoutCredentials(url)
  const settings: pg.ClientConfig = {...settingsOf(url), types}
  const pool = new pg.Pool({...settings, max: 8, onConnect: client => client.query(LIMITS)})
  // A server that is restarted ends connections that nobody asks just now: the next question opens a new one.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  let isOpen = true
  let listener: Listener | null = null
  let setupSeen = 0

  const translated = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw translate(error, location)
    }
  }

  async function inTransaction<T>(
    work: (questions: Questions) => Promise<T>,
    {first = '', last = () => ''}: Around = {},
  ): Promise<T> {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      await client.query(`BEGIN; ${first}`)
      const result = await work(questionsOf(client))
      await client.query(`${last()}; COMMIT`)
      return result
    } catch (error) {
      await client.query('ROLLBACK').catch(failure => {
        broken = failure as Error
      })
      throw error
    } finally {
      client.release(broken)
    }
  }

  return {
    location,
    secretKey,
    ...mapped(questionsOf(pool), translated),
    transaction: (work, around) => translated(() => again(() => inTransaction(work, around))),
    async reserve() {
      const client = await translated(() => pool.connect())
      try {
        await translated(() => client.query('SET idle_in_transaction_session_timeout = 0'))
      } catch (error) {
        client.release(true)
        throw error
      }
      return {questions: mapped(questionsOf(client), translated), release: () => client.release(true)}
    },
    async listen(written) {
      listener = await translated(() =>
        startListening(settings, news => {
          if (news !== '') setupSeen++
          written()
        }),
      )
    },
    get setupSeen() {
      return listener?.isListening ? setupSeen : null
    },
    sawSetup() {
      setupSeen++
    },
    assertOpen() {
      if (!isOpen) throw closedError(location)
    },
    async close() {
      if (!isOpen) return
      isOpen = false
      await listener?.end()
      await pool.end()
    },
  }
}

type Asked = Pick<pg.ClientBase, 'query'>

const questionsOf = (client: Asked): Questions => ({
  one: async (sql, ...values) => (await ask(client, sql, values)).rows[0],
  all: async (sql, ...values) => (await ask(client, sql, values)).rows,
  run: async (sql, ...values) => (await ask(client, sql, values)).rowCount ?? 0,
})

const names = new Map<string, string>()

/** Prepared once per connection and text: texts are constants or built from constants, so there are not many. */
function ask(client: Asked, text: string, values: readonly SqlValue[]): Promise<pg.QueryResult> {
  let name = names.get(text)
  if (name === undefined) {
    name = `h${names.size}`
    names.set(text, name)
  }
  return client.query({name, text, values: values.map(storable)})
}

const ESCAPE = '\u{f0000}'

/** PostgreSQL's text holds no NUL: where there is one it is written with a sign that nobody uses, and read back. */
function storable(value: SqlValue): unknown {
  if (Array.isArray(value)) return value.map(storable)
  return typeof value === 'string' && (value.includes('\0') || value.includes(ESCAPE))
    ? value.replaceAll(ESCAPE, `${ESCAPE}1`).replaceAll('\0', `${ESCAPE}0`)
    : value
}

function fromStorable(text: string): string {
  return text.includes(ESCAPE) ? text.replaceAll(`${ESCAPE}0`, '\0').replaceAll(`${ESCAPE}1`, ESCAPE) : text
}

const mapped = ({one, all, run}: Questions, around: <T>(work: () => Promise<T>) => Promise<T>): Questions => ({
  one: (...question) => around(() => one(...question)),
  all: (...question) => around(() => all(...question)),
  run: (...question) => around(() => run(...question)),
})

/** Codes after which the same transaction may succeed: serialization failure, deadlock. */
const PASSING = new Set(['40001', '40P01'])

async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === 5 || !PASSING.has(String((error as {code?: unknown}).code))) throw error
    }
  }
}

/** What is said on the channel beside that something was written. */
export const WEBHOOKS = 'webhooks'

interface Listener {
  readonly isListening: boolean
  end(): Promise<void>
}

/** Listens on a connection of its own, and again on a new one when that is lost: then anything may have been said. */
async function startListening(settings: pg.ClientConfig, heard: (news: string) => void): Promise<Listener> {
  let isListening = false
  let ended = false
  let client = await connected()
  let timer: NodeJS.Timeout | undefined

  async function connected(): Promise<pg.Client> {
    const fresh = new pg.Client(settings)
    fresh.on('error', () => {})
    await fresh.connect()
    await fresh.query(`LISTEN ${CHANNEL}; SELECT pg_advisory_lock_shared(${IN_USE})`)
    fresh.on('notification', ({payload = ''}) => heard(payload))
    fresh.once('end', () => {
      isListening = false
      if (!ended) plan()
    })
    isListening = true
    return fresh
  }

  function plan(): void {
    timer = setTimeout(async () => {
      try {
        client = await connected()
        heard(WEBHOOKS)
      } catch {
        if (!ended) plan()
      }
    }, AGAIN_AFTER_MS).unref()
  }

  return {
    get isListening() {
      return isListening
    },
    async end() {
      ended = true
      clearTimeout(timer)
      await client.end().catch(() => {})
    },
  }
}
