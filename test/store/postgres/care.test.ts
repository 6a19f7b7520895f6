import {writeFileSync} from 'node:fs'
import pg from 'pg'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {Source} from '../../../src/domain/source.ts'
import {careFor} from '../../../src/store/care.ts'
import {openStore} from '../../../src/store/open.ts'
import {spawnCli} from '../../harness/cli.ts'
import {aHistoryEntry, anOAuth, aSecret, aSource, aWebhook, NOON} from '../../harness/factories.ts'
import {type EmptiedDatabase, emptiedDatabase, type PostgresServer, startPostgres} from '../../harness/postgres.ts'
import {refusal} from '../../harness/product.ts'
import {anAcceptance, failure, withDeletedWebhook, withDelivery, withWebhook} from '../conformance/setting.ts'

let server: PostgresServer
let database: EmptiedDatabase
let client: pg.Client

beforeAll(async () => {
  server = await startPostgres()
  const url = await server.database()
  await (await openStore(url, {now: () => NOON})).close()
  database = await emptiedDatabase(url)
  client = new pg.Client(url)
  await client.connect()
}, 60_000)
afterAll(async () => {
  await client.end()
  await database.end()
  await server[Symbol.asyncDispose]()
}, 60_000)

const open = (secretKey: string | null = null) => openStore(database.url, {now: () => NOON, secretKey})

const SECRET = 'test-webhook-secret'
const SOURCE_SECRET = 'test-source-secret'

/** Deliveries of one webhook, two of them tried. */
async function filled(count = 5): Promise<void> {
  await database.empty()
  const store = await open()
  const webhook = await withWebhook(store, {
    name: 'ops',
    secrets: [{value: SECRET, createdAt: NOON, expiresAt: null}],
    oauth: anOAuth({clientSecret: SECRET}),
  })
  const secrets = [{value: SOURCE_SECRET, createdAt: NOON, expiresAt: null}]
  await store.sources.add(aSource({name: 'in', secrets}), aHistoryEntry())
  const deliveries = []
  for (let n = 0; n < count; n++) deliveries.push(await withDelivery(store, webhook))
  await store.deliveries.record(deliveries.slice(0, 2).map(delivery => failure(delivery)))
  await store.close()
}

describe('E4: a store in PostgreSQL', () => {
  it('keeps nothing of a deleted webhook that lets somebody in', async () => {
    await database.empty()
    const store = await open()
    await withDeletedWebhook(store, 'canary')
    await store.close()
    const {rows} = await client.query('SELECT * FROM webhooks')
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain('canary')
  })
})

describe('H6: a store in PostgreSQL', () => {
  it('is looked through while it is in use, and found sound', async () => {
    await filled()
    const store = await open()
    const care = await careFor(database.url)
    expect(await care.check({quick: false})).toMatchObject({deliveries: 5, problems: []})
    await store.close()
  })

  it.each([
    [
      'a webhook that is gone',
      'UPDATE delivery_records SET webhook = 99 WHERE seq = 1',
      /deliveries\/1\/webhook: .*webhooks.*99/,
    ],
    ['a body that is gone', 'DELETE FROM bodies WHERE seq = 2', /deliveries\/2\/body/],
    ['a body that was changed', "UPDATE bodies SET bytes = 'x' WHERE seq = 3", /1 bodies are not as they were stored/],
    [
      'a state that nobody knows',
      "UPDATE delivery_states SET state = 'lost' WHERE seq = 4",
      /deliveries\/4\/state: "lost" is none of/,
    ],
    ['text that is no JSON', "UPDATE events SET data = '{' WHERE seq = 1", /events\/1\/data: it is not JSON/],
    ['JSON of another kind', "UPDATE webhooks SET headers = '{}'", /webhooks\/\d+\/headers: it is not JSON of a list/],
    [
      'half a delivery',
      'DELETE FROM delivery_states WHERE seq = 5',
      /delivery_records\/5\/seq: nothing says how it stands/,
    ],
    [
      'the other half of one',
      'DELETE FROM delivery_records WHERE seq = 5',
      /delivery_states\/5\/seq: nothing says what it is/,
    ],
  ])('is told of %s', async (_, damage, detail) => {
    await filled()
    await client.query(damage)
    const {problems} = await (await careFor(database.url)).check({quick: false})
    expect(problems.map(problem => problem.detail)).toContainEqual(expect.stringMatching(detail))
  })

  // Somebody else's files are not ours to break.
  it.skipIf(process.env.HOOKCTL_TEST_PG_URL !== undefined)(
    'is told of pages that cannot be read, and is looked through further all the same',
    async () => {
      await using own = await startPostgres()
      const url = await own.database()
      const store = await openStore(url, {now: () => NOON})
      const webhook = await withWebhook(store)
      for (let n = 0; n < 3; n++) await withDelivery(store, webhook)
      await store.close()
      const broken = new pg.Client(url)
      await broken.connect()
      await broken.query(
        "UPDATE delivery_counts SET n = 17; UPDATE delivery_states SET state = 'lost' WHERE seq = 1; CHECKPOINT",
      )
      const {rows} = await broken.query<{file: string}>(
        "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('bodies') AS file",
      )
      await broken.end()
      await own.own?.restart(async () => writeFileSync(rows[0]?.file ?? '', 'x'.repeat(4000), {flag: 'r+'}))
      const {problems, deliveries} = await (await careFor(url)).check({quick: false})
      expect(deliveries).toBe(3)
      expect(problems.map(({kind}) => kind)).toEqual(expect.arrayContaining(['pages', 'counts']))
      expect(problems.find(({kind}) => kind === 'pages')?.detail).toMatch(/is damaged: invalid page in block 0/)
    },
    60_000,
  )

  it('has wrong counts, and numbers that are taken already, told and set right', async () => {
    await filled()
    await client.query(
      "UPDATE delivery_counts SET n = 17; SELECT setval('events_seq_seq', 2); SELECT setval('bodies_seq_seq', 1, false)",
    )
    const care = await careFor(database.url)
    const {problems} = await care.check({quick: false})
    expect(problems).toEqual([
      {kind: 'counts', detail: expect.stringMatching(/^5 deliveries are pending .* counted are 17$/)},
      {kind: 'counts', detail: 'the next row of bodies would be number 1, and number 5 is there already'},
      {kind: 'counts', detail: 'the next row of events would be number 3, and number 5 is there already'},
    ])
    expect(await care.recount()).toBe(3)
    expect(await care.check({quick: false})).toMatchObject({problems: []})
    const store = await open()
    const [webhook] = await store.webhooks.all(1)
    await store.events.accept([anAcceptance(webhook!)])
    expect(await store.deliveries.counts(1)).toMatchObject({pending: 6})
    await store.close()
  })

  it('is checked by a command, which ends with 7 where something is wrong, and says what to do', async () => {
    await filled()
    const check = (...more: string[]) => spawnCli(['store', 'check', ...more, '--store', database.url])
    expect(await check()).toMatchObject({exitCode: 0, stdout: expect.stringContaining('is sound: 5 deliveries')})
    await client.query('UPDATE delivery_counts SET n = 17')
    expect(await check()).toMatchObject({exitCode: 7, stderr: expect.stringContaining('store check --recount')})
    expect(await check('--recount')).toMatchObject({exitCode: 0})
    await client.query('DELETE FROM webhooks')
    expect(await check()).toMatchObject({exitCode: 7, stderr: expect.stringContaining('pg_restore')})
  })

  it('leaves to the database what the database does, and names it', async () => {
    const care = await careFor(database.url)
    for (const [work, tool] of [
      [care.backUp({to: null, force: false, now: NOON}), 'pg_dump'],
      [care.restore('x', {now: NOON}), 'pg_restore'],
      [care.salvage('x'), 'pg_dump'],
    ] as const) {
      const error = await refusal(work)
      expect(error).toMatchObject({kind: 'usage', code: 'no_store_file'})
      expect(error.hint).toContain(tool)
    }
  })

  it('is looked for where there is none, and none is made', async () => {
    const care = await careFor(await server.database())
    expect(await refusal(care.check({quick: false}))).toMatchObject({kind: 'not_found', code: 'store_not_found'})
    expect(await refusal(care.check({quick: false}))).toMatchObject({kind: 'not_found'})
  })
})

describe('E2: the secrets of a store in PostgreSQL', () => {
  const [ONE, OTHER] = [1, 2].map(byte => Buffer.alloc(32, byte).toString('base64')) as [string, string]

  /** All that is kept of webhooks and sources, as text. */
  const kept = async () =>
    JSON.stringify([
      (await client.query('SELECT * FROM webhooks')).rows,
      (await client.query('SELECT * FROM sources')).rows,
    ])

  const secretOf = async (key: string | null) => {
    const store = await open(key)
    const [webhook] = await store.webhooks.all(1)
    const source = await store.sources.find(1, 'in')
    await store.close()
    expect(source?.secrets[0]?.value).toBe(SOURCE_SECRET)
    expect(webhook?.oauth?.clientSecret).toBe(SECRET)
    return webhook?.secrets[0]?.value
  }

  it('are encrypted, get another key, and are decrypted', async () => {
    await filled()
    expect(await kept()).toContain(SECRET)
    const care = await careFor(database.url)
    expect(await care.rekey(null, ONE)).toMatchObject({webhooks: 1, sources: 1, oldKeyId: null})
    expect(await kept()).not.toContain(SECRET)
    expect(await kept()).not.toContain(SOURCE_SECRET)
    expect(await secretOf(ONE)).toBe(SECRET)
    expect(await refusal(open())).toMatchObject({code: 'secret_key_missing'})
    await care.rekey(ONE, OTHER)
    expect(await refusal(open(ONE))).toMatchObject({kind: 'unreachable'})
    expect(await refusal(care.rekey(ONE, null))).toMatchObject({kind: 'unreachable'})
    expect(await secretOf(OTHER)).toBe(SECRET)
    expect(await care.rekey(OTHER, null)).toMatchObject({keyId: null})
    expect(await secretOf(null)).toBe(SECRET)
  })

  it('are not kept under the key of before by somebody who was away when it was changed', async () => {
    await filled()
    const store = await open()
    const source = (await store.sources.find(1, 'in')) as Source
    const [webhook] = await store.webhooks.all(1)
    // The connection that says that the store is open is lost, and comes back only in half a second.
    await client.query(`SELECT pg_terminate_backend(l.pid) FROM pg_locks l
      WHERE l.locktype = 'advisory' AND l.mode = 'ShareLock' AND l.pid <> pg_backend_pid()`)
    await (await careFor(database.url)).rekey(null, ONE)
    for (const kept of [
      store.webhooks.add(aWebhook({secrets: [aSecret()]}), aHistoryEntry()),
      store.webhooks.replace({...webhook!, description: 'x'}, aHistoryEntry(), {was: webhook!}),
      store.sources.add(aSource(), aHistoryEntry()),
      store.sources.replace({...source, name: 'x'}, aHistoryEntry(), {was: source}),
      store.changes.make([{part: 'sources', method: 'add', input: [aSource(), aHistoryEntry()]}]),
    ]) {
      expect(await refusal(kept)).toMatchObject({kind: 'unreachable', code: 'secret_key_missing'})
    }
    await store.close()
    expect(await secretOf(ONE)).toBe(SECRET)
    await (await careFor(database.url)).rekey(ONE, null)
  })

  it('keep their key while anybody has the store open', async () => {
    await filled()
    const before = await kept()
    const store = await open()
    const care = await careFor(database.url)
    expect(await refusal(care.rekey(null, ONE))).toMatchObject({kind: 'conflict', code: 'store_in_use'})
    expect(await kept()).toBe(before)
    await store.close()
    await care.rekey(null, ONE)
  })
})
