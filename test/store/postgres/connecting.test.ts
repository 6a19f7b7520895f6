import {once} from 'node:events'
import {chmodSync, writeFileSync} from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import pg from 'pg'
import {afterAll, afterEach, beforeAll, describe, expect, test, vi} from 'vitest'
import type {HookctlError} from '../../../src/errors.ts'
import {openStore} from '../../../src/store/open.ts'
import {connect} from '../../../src/store/postgres/connection.ts'
import {translate} from '../../../src/store/postgres/failure.ts'
import {certificate} from '../../harness/certificate.ts'
import {spawnCli, temporaryHome} from '../../harness/cli.ts'
import {NOON} from '../../harness/factories.ts'
import {type PostgresServer, startPostgres} from '../../harness/postgres.ts'
import {refusal} from '../../harness/product.ts'

let server: PostgresServer
const home = temporaryHome()
const root = path.join(home.path, 'root.crt')

beforeAll(async () => {
  server = await startPostgres()
  writeFileSync(root, certificate)
}, 60_000)
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await home[Symbol.asyncDispose]()
}, 60_000)
afterEach(() => {
  vi.unstubAllEnvs()
})

const open = (url: string) => openStore(url, {now: () => NOON})
const opens = async (url: string) => (await open(url)).close()

/** The URL with more in its query, another host, another password (none where it is empty). */
function changed(url: string, {host, password, ...query}: Readonly<Record<string, string>>): string {
  const made = new URL(url)
  for (const [name, value] of Object.entries(query)) made.searchParams.set(name, value)
  if (password !== undefined) made.password = password
  return host === undefined ? made.href : made.href.replace('127.0.0.1', host)
}

describe.skipIf(process.env.HOOKCTL_TEST_PG_URL !== undefined)('TLS', () => {
  let url = ''
  beforeAll(async () => {
    await server.own!.encrypt(true)
    url = await server.database()
  }, 60_000)

  test.each([
    ['require', {}],
    ['prefer', {}],
    ['no-verify', {}],
    ['require', {sslrootcert: root}],
    ['verify-ca', {sslrootcert: root, host: '127.1'}],
    ['verify-full', {sslrootcert: root}],
  ])('sslmode=%s with %j connects encrypted', async (sslmode, more) => {
    const store = await open(changed(url, {sslmode, ...more}))
    const {rows} = await server.query(
      `SELECT bool_and(ssl) AS ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE datname = '${new URL(url).pathname.slice(1)}'`,
    )
    expect(rows).toEqual([{ssl: true}])
    await store.close()
  })

  test.each([
    ['a certificate that nobody known signed', {sslmode: 'verify-full'}, /self-signed/, /sslrootcert=FILE/],
    [
      'a certificate for another name',
      {sslmode: 'verify-full', sslrootcert: root, host: '127.1'},
      /for another name/,
      /name the host as the certificate does/,
    ],
  ])('%s is named, not taken for a bug', async (_, query, message, hint) => {
    const error = await refusal(open(changed(url, query)))
    expect(error).toMatchObject({kind: 'unreachable', code: 'store_tls', message: expect.stringMatching(message)})
    expect(error.hint).toMatch(hint)
  })

  test('a command says of a certificate what is wrong with it, on two lines, and ends with 6', async () => {
    const {exitCode, stderr} = await spawnCli(['webhook', 'list', '--store', changed(url, {sslmode: 'verify-full'})])
    expect(exitCode).toBe(6)
    expect(stderr).toMatch(/^hookctl: the store .* cannot be trusted: its certificate is self-signed\nnext: .*\n$/)
  })

  test('a command over sslmode=require prints nothing but its answer', async () => {
    const {exitCode, stderr} = await spawnCli(['org', 'list', '--store', changed(url, {sslmode: 'require'}), '--json'])
    expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''})
  })

  test('a server that offers no TLS is not used without', async () => {
    await server.own!.encrypt(false)
    for (const sslmode of ['prefer', 'require', 'verify-full']) {
      expect(await refusal(open(changed(url, {sslmode})))).toMatchObject({kind: 'unreachable', code: 'store_tls'})
    }
  })
})

test.each([
  ['sslmode', 'sometimes', /"sometimes"/],
  ['sslmode', 'verify-ca', /needs the CA/],
  ['sslrootcert', '/nope.pem', /\/nope\.pem, which is not there/],
])('%s=%s is refused before anything is dialled', async (name, value, message) => {
  const error = await refusal(open(changed('postgres://127.0.0.1:1/x', {[name]: value})))
  expect(error).toMatchObject({kind: 'usage', message: expect.stringMatching(message)})
  expect(error.hint).toBeDefined()
})

describe('a database or schema', () => {
  const settings = `SELECT current_setting('idle_in_transaction_session_timeout') AS idle,
    current_setting('lock_timeout') AS lock, current_setting('work_mem') AS memory`

  test('options in the URL stand beside the time limits that keep one client from holding up all others', async () => {
    const url = await server.database()
    await query(url, 'CREATE SCHEMA hookctl')
    const store = await open(changed(url, {options: '-c search_path=hookctl -c work_mem=5MB -c lock_timeout=0'}))
    const database = connect(changed(url, {options: '-csearch_path=hookctl -c work_mem=5MB'}), null)
    expect(await database.one(settings)).toEqual({idle: '15s', lock: '10s', memory: '5MB'})
    await database.close()
    await store.close()
    const tables = await query(url, "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename = 'events'")
    expect(tables).toEqual([{schemaname: 'hookctl'}])
  })

  test('a schema that is not there is named, with how to make it', async () => {
    const error = await refusal(open(changed(await server.database(), {options: '-c search_path=hookctl'})))
    expect(error).toMatchObject({kind: 'unreachable', code: 'store_schema_missing'})
    expect(error.message).toContain('search_path is hookctl')
    expect(error.hint).toContain('CREATE SCHEMA')
  })

  test('a database that does not hold every character is refused, with how to make one that does', async () => {
    const url = await server.database("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    const error = await refusal(open(url))
    expect(error).toMatchObject({kind: 'unreachable', code: 'store_unsupported'})
    expect(error.message).toContain('LATIN1')
    expect(error.hint).toContain('--encoding UTF8')
  })
})

describe('a database behind a pooler', () => {
  test('is reached by one that takes nothing of a beginning connection that it does not know', async () => {
    const url = await server.database()
    await using pooler = await startPooler(url)
    const store = await open(pooler.url)
    expect(await store.organizations.bySlug('default')).not.toBeNull()
    await store.close()
  })

  test('is told of options that the pooler does not take, with where they can be set', async () => {
    await using pooler = await startPooler(await server.database())
    const error = await refusal(open(changed(pooler.url, {options: '-c search_path=hookctl'})))
    expect(error).toMatchObject({kind: 'unreachable', code: 'store_unsupported'})
    expect(error.hint).toContain('ALTER ROLE')
  })

  test.each(['PREPARE h0 AS SELECT 1; PREPARE h0 AS SELECT 2', 'EXECUTE h1'])(
    'that lends a connection for one transaction is told how it has to lend them, after "%s"',
    async sql => {
      const error = translate(await query(await server.database(), sql).catch(each => each), 'postgres://db')
      expect(error).toMatchObject({kind: 'unreachable', code: 'store_unsupported'})
      expect((error as HookctlError).hint).toContain('pool_mode = session')
    },
  )
})

test('a statement that takes longer than the database gives it is not taken for a database that is away', async () => {
  const url = changed(await server.database(), {options: '-c statement_timeout=50'})
  const database = connect(url, null)
  const error = await refusal(database.one('SELECT pg_sleep(5)'))
  expect(error).toMatchObject({kind: 'unreachable', code: 'store_busy'})
  expect(error.hint).toContain('statement_timeout')
  await database.close()
})

describe('the password', () => {
  /** A password file with one line, and the URL without the password. */
  async function withFile(mode: number, line?: string): Promise<string> {
    const url = await server.database()
    const {hostname, port, pathname, username, password} = new URL(url)
    const file = path.join(home.path, 'pgpass')
    writeFileSync(
      file,
      `# of the tests\n${line ?? [hostname, port, pathname.slice(1), username, password].join(':')}\n`,
    )
    chmodSync(file, mode)
    vi.stubEnv('PGPASSFILE', file)
    vi.stubEnv('PGPASSWORD', '')
    return changed(url, {password: ''})
  }

  test('comes from the file that PGPASSFILE names, and nothing of the library reaches stderr', async () => {
    const url = await withFile(0o600)
    await opens(url)
    const env = {PGPASSFILE: process.env.PGPASSFILE}
    const {exitCode, stderr} = await spawnCli(['org', 'list', '--store', url, '--json'], {env})
    expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''})
  })

  test('does not come from a file that others may read, and the way out is said', async () => {
    const url = await withFile(0o644)
    const error = await refusal(open(url))
    expect(error).toMatchObject({kind: 'usage', code: 'store_password_exposed'})
    expect(error.hint).toMatch(/^chmod 600 .*pgpass$/)
  })

  test('that is nowhere is asked for, not called a bug', async () => {
    const url = await withFile(0o600, 'elsewhere:*:*:*:x')
    const env = {PGPASSFILE: process.env.PGPASSFILE}
    const {exitCode, stderr} = await spawnCli(['org', 'list', '--store', url], {env})
    expect(stderr).toMatch(/^hookctl: the store .* asks for a password, and there is none\nnext: .*PGPASSFILE/)
    expect(exitCode).toBe(6)
  })

  test('cannot come from a file that is not there: the file is named', async () => {
    vi.stubEnv('PGPASSFILE', '/nope/pgpass')
    const error = await refusal(open('postgres://anna@127.0.0.1:1/x'))
    expect(error).toMatchObject({kind: 'usage', code: 'store_file_unreadable'})
    expect(error.message).toContain('/nope/pgpass')
  })
})

async function query(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** What PgBouncer does with the first packet of a connection: what it does not know it refuses, with this error. */
async function startPooler(url: string): Promise<AsyncDisposable & {readonly url: string}> {
  const {hostname, port} = new URL(url)
  const known = new Set(['user', 'database', 'client_encoding', 'datestyle', 'timezone', 'application_name'])
  const sockets = new Set<net.Socket>()
  const pooler = net.createServer(socket => {
    sockets.add(socket)
    socket
      .on('error', () => {})
      .once('data', first => {
        // After its length and the version come names and values, each with a NUL at its end.
        const words = first.subarray(8).toString().split('\0')
        const name = words.find((word, index) => index % 2 === 0 && word !== '' && !known.has(word))
        if (name !== undefined) return socket.end(refusalOf('08P01', `unsupported startup parameter: ${name}`))
        const there = net.connect(Number(port), hostname).on('error', () => {})
        sockets.add(there)
        there.write(first)
        socket.pipe(there).pipe(socket)
      })
  })
  pooler.listen(0, '127.0.0.1')
  await once(pooler, 'listening')
  const own = new URL(url)
  own.port = String((pooler.address() as net.AddressInfo).port)
  return {
    url: own.href,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      pooler.close()
    },
  }
}

/** An ErrorResponse of PostgreSQL's protocol. */
function refusalOf(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C${code}\0M${message}\0\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}
