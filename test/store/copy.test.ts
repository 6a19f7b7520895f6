import {existsSync, readdirSync} from 'node:fs'
import pg from 'pg'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {careFor} from '../../src/store/care.ts'
import {migrateStore, TABLES} from '../../src/store/copy/copy.ts'
import {openStore} from '../../src/store/open.ts'
import {startCli} from '../harness/cli.ts'
import {NOON} from '../harness/factories.ts'
import {type PostgresServer, startPostgres} from '../harness/postgres.ts'
import {refusal} from '../harness/product.ts'
import {withDelivery, withWebhook} from './conformance/setting.ts'
import {fill} from './copying.ts'
import {aFolder} from './folder.ts'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
}, 60_000)
afterAll(() => server[Symbol.asyncDispose](), 60_000)

/** Keeps everybody else out of a table, until it is closed or its server stops. */
async function locked(url: string, table: string): Promise<pg.Client> {
  const client = new pg.Client(url)
  client.on('error', () => {})
  await client.connect()
  await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`)
  return client
}

/** The process of the server whose statement waits in this database, once there is one. */
async function waiting(url: string): Promise<number> {
  for (;;) {
    const {rows} = await server.query(`SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
      WHERE NOT l.granted AND d.datname = '${new URL(url).pathname.slice(1)}'`)
    if (rows.length > 0) return rows[0].pid as number
  }
}

/** A pair of stores of which one, named first, is in PostgreSQL, and the one copied from is filled. */
async function aPair(direction: 'from' | 'to', folder: {file(name: string): string}) {
  const [url, file] = [await server.database(), `sqlite:${folder.file('a.db')}`]
  const [from, to] = direction === 'from' ? [url, file] : [file, url]
  await fill(from)
  if (direction === 'to') await (await openStore(url, {now: () => NOON})).close()
  return {url, from, to}
}

describe('a connection that is lost in the middle of a copy', () => {
  test.each(['from', 'to'] as const)(
    '%s PostgreSQL: it fails, and nothing is there but what can be copied again',
    async direction => {
      await using folder = await aFolder()
      const {url, from, to} = await aPair(direction, folder)
      const lock = await locked(url, 'attempts')
      const copying = refusal(migrateStore(from, to, NOON))
      await server.query(`SELECT pg_terminate_backend(${await waiting(url)})`)
      expect(await copying).toMatchObject({kind: 'unreachable', code: 'store_unreachable'})
      await lock.end()
      expect((await migrateStore(from, to, NOON)).tables).toContainEqual(
        expect.objectContaining({table: 'attempts', rows: 2}),
      )
    },
  )

  test.each(['from', 'to'] as const)(
    '%s PostgreSQL that stops: the command says so and ends with 6',
    async direction => {
      if (server.own === null) return
      await using folder = await aFolder()
      const {url, from, to} = await aPair(direction, folder)
      await locked(url, 'attempts')
      await using cli = startCli(['store', 'migrate', '--from', from, '--to', to, '--json'], {stdin: ''})
      await waiting(url)
      await server.own.restart()
      const ended = await cli.ended
      expect([ended.exitCode, ended.stdout]).toEqual([6, ''])
      expect(ended.error()).toMatchObject({code: 'store_unreachable'})
      if (direction === 'from') expect(existsSync(to.replace('sqlite:', ''))).toBe(false)
    },
  )
})

test('H3: a migration that is killed leaves no store, and nothing that is in the way of the next one', async () => {
  await using folder = await aFolder()
  const {url, from, to} = await aPair('from', folder)
  const lock = await locked(url, 'attempts')
  await using cli = startCli(['store', 'migrate', '--from', from, '--to', to], {stdin: ''})
  await waiting(url)
  cli.kill('SIGKILL')
  expect(await cli.ended).toMatchObject({exitCode: 137})
  expect(existsSync(folder.file('a.db'))).toBe(false)
  await lock.end()
  await migrateStore(from, to, NOON)
  expect(readdirSync(folder.file(''))).toEqual(['a.db'])
  expect(await (await careFor(to)).check({quick: false})).toMatchObject({problems: [], deliveries: 2})
})

describe('store migrate', () => {
  test('takes a store from SQLite to PostgreSQL and back: every table has the same rows and digests', async () => {
    await using folder = await aFolder()
    const [first, last] = [`sqlite:${folder.file('a.db')}`, `sqlite:${folder.file('b.db')}`]
    const id = await fill(first)
    const url = await server.database()
    const there = await migrateStore(first, url, NOON)
    const back = await migrateStore(url, last, NOON)
    expect(back.tables).toEqual(there.tables)
    const rows = new Map(there.tables.map(({table, rows}) => [table, rows]))
    expect([rows.get('webhooks'), rows.get('deliveries'), rows.get('attempts')]).toEqual([1, 2, 2])
    for (const location of [url, last]) {
      const store = await openStore(location, {now: () => NOON})
      expect((await store.deliveries.find(1, id))?.state).toBe('delivered')
      expect(await store.worker.enabled()).toBe(false)
      // What comes next goes on counting behind what was copied.
      const more = await withDelivery(store, await withWebhook(store))
      expect((await store.deliveries.find(1, more.id))?.state).toBe('pending')
      expect(
        (await store.feed({organizationId: 1, cursor: null, limit: 1000, kinds: ['history', 'attempt']})).items.length,
      ).toBeGreaterThan(3)
      await store.close()
    }
  })

  test('refuses a store that has something in it, and changes nothing of it', async () => {
    await using folder = await aFolder()
    const [a, b] = [`sqlite:${folder.file('a.db')}`, `sqlite:${folder.file('b.db')}`]
    await fill(a)
    await fill(b)
    expect(await refusal(migrateStore(a, b, NOON))).toMatchObject({kind: 'conflict', code: 'store_not_empty'})
    const url = await server.database()
    await fill(url)
    expect(await refusal(migrateStore(a, url, NOON))).toMatchObject({kind: 'conflict', code: 'store_not_empty'})
  })

  test('refuses a store that somebody sends from', async () => {
    await using folder = await aFolder()
    const location = `sqlite:${folder.file('a.db')}`
    const store = await openStore(location, {now: Date.now})
    const at = Date.now()
    await store.worker.own({bootId: 'b', pid: process.pid, host: 'here', since: at, heartbeatAt: at}, 0, null)
    const to = `sqlite:${folder.file('b.db')}`
    expect(await refusal(migrateStore(location, to, NOON))).toMatchObject({kind: 'conflict', code: 'store_in_use'})
    await store.close()
  })

  test('copies every table that both backends have', async () => {
    const url = await server.database()
    await (await openStore(url, {now: () => NOON})).close()
    const client = new pg.Client(url)
    await client.connect()
    const {rows} = await client.query('SELECT tablename FROM pg_tables WHERE schemaname = current_schema()')
    await client.end()
    // Deliveries are two tables there, behind a view.
    const ofPostgres = ['owners', 'claims', 'hookctl_schema', 'delivery_records', 'delivery_states']
    const known = new Set(['store_state', ...ofPostgres, ...TABLES.map(({name}) => name)])
    expect(rows.map(({tablename}) => tablename).filter(name => !known.has(name))).toEqual([])
  })
})
