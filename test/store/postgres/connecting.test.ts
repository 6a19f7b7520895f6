import {chmodSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import {afterAll, afterEach, beforeAll, describe, expect, test, vi} from 'vitest'
import {openStore} from '../../../src/store/open.ts'
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
    const {connect} = await import('../../../src/store/postgres/connection.ts')
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
  const {rows} = await client.query(sql)
  await client.end()
  return rows
}
