import pg from 'pg'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {openStore} from '../../../src/store/open.ts'
import {connect} from '../../../src/store/postgres/connection.ts'
import {migrate} from '../../../src/store/postgres/migrate.ts'
import {migrations} from '../../../src/store/postgres/migrations/index.ts'
import type {Store} from '../../../src/store/store.ts'
import {NOON} from '../../harness/factories.ts'
import {type PostgresServer, startPostgres} from '../../harness/postgres.ts'
import {aMove, countsOf, dueIds, failure, success, withDelivery, withWebhook} from '../conformance/setting.ts'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
}, 60_000)
afterAll(() => server[Symbol.asyncDispose](), 60_000)

const open = (url: string) => openStore(url, {now: () => NOON})

/** Of a schema as it was: whoever upgrades has been away for so many steps. */
async function databaseOf(steps: number): Promise<string> {
  const url = await server.database()
  const database = connect(url, null)
  await migrate(database, NOON, migrations.slice(0, steps))
  await database.close()
  return url
}

/** In tables that may be views by now; columns that a schema of before did not have stay behind. */
const tables = ['webhooks', 'events', 'bodies', 'deliveries', 'delivery_counts', 'attempts', 'feed', 'claims']

async function carry(from: string, to: string): Promise<void> {
  const [source, target] = [new pg.Client(from), new pg.Client(to)]
  await Promise.all([source.connect(), target.connect()])
  for (const table of tables) {
    const {rows} = await source.query(`SELECT to_json(t) AS row FROM ${table} t`)
    const {fields} = await target.query(`SELECT * FROM ${table} LIMIT 0`)
    for (const {row} of rows) {
      const names = fields.map(({name}) => name).filter(name => name in row)
      await target.query(
        `INSERT INTO ${table} (${names}) SELECT ${names} FROM json_populate_record(NULL::${table}, $1)`,
        [row],
      )
    }
  }
  for (const table of ['webhooks', 'events', 'bodies', 'deliveries', 'attempts']) {
    await target.query(`SELECT setval(pg_get_serial_sequence('${table}', 'seq'), 1000)`)
  }
  await target.query('UPDATE store_state SET feed_seq = 1000')
  await Promise.all([source.end(), target.end()])
}

/** Deliveries in every state that have attempts, a replay and what is undelivered among them. */
async function filled(store: Store): Promise<void> {
  const webhook = await withWebhook(store)
  const [sent, failed, retried] = [
    await withDelivery(store, webhook, {createdAt: NOON - 5}),
    await withDelivery(store, webhook, {createdAt: NOON - 4}),
    await withDelivery(store, webhook, {createdAt: NOON - 3}),
  ]
  await store.deliveries.record([success(sent), failure(failed), failure(retried, {state: 'pending', dueAt: NOON + 9})])
  const cancelled = await withDelivery(store, webhook, {createdAt: NOON - 2})
  await store.deliveries.move([aMove(cancelled.id)])
  await withDelivery(store, webhook, {trigger: 'replay', replayOf: failed.id, createdAt: NOON - 1})
  await withDelivery(store, webhook, {createdAt: NOON, dueAt: NOON - 1})
}

async function seenOf(store: Store) {
  const page = {limit: 50}
  const all = await store.deliveries.list(1, {}, page)
  return {
    all: all.items,
    failed: (await store.deliveries.list(1, {states: ['failed']}, page)).items,
    undelivered: (await store.deliveries.list(1, {undelivered: true}, page)).items,
    attempts: await Promise.all(all.items.map(({id}) => store.deliveries.attempts(id))),
    due: await dueIds(store),
    counts: await countsOf(store),
    next: await store.deliveries.nextDue(NOON),
  }
}

test('H4: a database of the schema before deliveries had a table for how they stand keeps every one of them', async () => {
  const [now, before] = [await server.database(), await databaseOf(3)]
  const made = await open(now)
  await filled(made)
  const wanted = await seenOf(made)
  await made.close()
  expect(wanted.all).toHaveLength(6)
  await carry(now, before)
  const upgraded = await open(before)
  expect(await seenOf(upgraded)).toEqual(wanted)
  await upgraded.deliveries.record([success(wanted.all[0]!)])
  const added = await withDelivery(upgraded, await withWebhook(upgraded, {name: 'another'}))
  expect(await upgraded.deliveries.find(1, added.id)).toMatchObject({state: 'pending', id: added.id})
  await upgraded.close()
})
