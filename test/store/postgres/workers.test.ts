import {randomUUID} from 'node:crypto'
import pg from 'pg'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {openStore} from '../../../src/store/open.ts'
import type {Store} from '../../../src/store/store.ts'
import type {Transport} from '../../../src/transport/request.ts'
import {createWorker, type Worker} from '../../../src/worker/worker.ts'
import {aDelivery, aHistoryEntry, anEvent, anId, aWebhook, NOON} from '../../harness/factories.ts'
import {type PostgresServer, startPostgres} from '../../harness/postgres.ts'
import {openTargets} from '../../harness/product.ts'
import {pruneAll} from '../conformance/retention.ts'
import {aMove, countsOf, failure, off, success, withDelivery, withWebhook} from '../conformance/setting.ts'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
}, 60_000)
afterAll(() => server[Symbol.asyncDispose](), 60_000)

/** A receiver that takes everything and counts. */
function counting(arrivals: Map<string, number>): Transport {
  return {
    async send({headers}) {
      const id = headers.find(([name]) => name === 'X-Hook-Delivery')?.[1] ?? ''
      arrivals.set(id, (arrivals.get(id) ?? 0) + 1)
      await new Promise<void>(resolve => setImmediate(resolve))
      return {
        startedAt: Date.now(),
        durationMs: 1,
        status: 204,
        errorClass: null,
        error: null,
        responseHeaders: [],
        responseBody: new Uint8Array(),
        responseBytes: 0,
        responseTruncated: false,
        remoteAddress: null,
      }
    },
    async close() {},
  }
}

const workerOn = (store: Store, transport: Transport): Worker =>
  createWorker({
    store,
    now: Date.now,
    newId: anId,
    newUuid: randomUUID,
    randomBytes: length => Buffer.alloc(length, 7),
    version: '0.0.0-test',
    targets: openTargets,
    transport,
    random: () => 0.5,
    bootId: randomUUID(),
    pid: process.pid,
    host: 'test-host',
    isAlive: () => true,
    log: {info() {}, warn() {}, error() {}},
  })

async function owe(store: Store, count: number): Promise<void> {
  const webhooks = Array.from({length: 10}, () => aWebhook({url: 'http://127.0.0.1:9/'}))
  for (const webhook of webhooks) await store.webhooks.add(webhook, aHistoryEntry())
  for (let made = 0; made < count; made += 1000) {
    await store.events.accept(
      Array.from({length: Math.min(1000, count - made)}, (_, index) => {
        const event = anEvent({acceptedAt: Date.now()})
        const webhookId = webhooks[index % webhooks.length]!.id
        const at = Date.now()
        const delivery = aDelivery({webhookId, eventId: event.id, eventType: event.type, dueAt: at, createdAt: at})
        return {
          event,
          bodies: [{key: 'k', bytes: Buffer.from('{}')}],
          deliveries: [{delivery, bodyKey: 'k'}],
          history: [],
        }
      }),
    )
  }
}

const until = async (condition: () => Promise<boolean>, endsAt: number): Promise<void> => {
  while (!(await condition())) {
    if (Date.now() > endsAt) throw new Error('not in time')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

const isDone = async (store: Store): Promise<boolean> => {
  try {
    const {pending, delivering} = await store.deliveries.counts(null)
    return pending + delivering === 0
  } catch {
    // Its connection was cut just now.
    return false
  }
}

test('F8: four workers on one database deliver 20,000 deliveries once each, while connections are cut at random', {
  timeout: 180_000,
}, async () => {
  const count = 20_000
  const url = await server.database()
  const database = new URL(url).pathname.slice(1)
  const arrivals = new Map<string, number>()
  const stores = await Promise.all(Array.from({length: 4}, () => openStore(url, {now: Date.now})))
  const [first] = stores as [Store]
  await owe(first, count)
  const workers = stores.map(store => workerOn(store, counting(arrivals)))
  let cuts = 0
  const cutting = setInterval(() => {
    const some = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = '${database}' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1`
    void server.query(some).then(
      ({rowCount}) => {
        cuts += rowCount ?? 0
      },
      () => {},
    )
  }, 200)
  await Promise.all(workers.map(worker => worker.start()))
  await until(() => isDone(first), Date.now() + 150_000)
  clearInterval(cutting)
  await Promise.all(workers.map(worker => worker.stop({graceMs: 5000})))
  const {delivered} = await first.deliveries.counts(null)
  const twice = [...arrivals.values()].filter(times => times > 1).length
  console.log(`figure F8: ${delivered} of ${count} delivered by 4 workers, ${twice} twice, ${cuts} connections cut`)
  expect(delivered).toBe(count)
  expect(arrivals.size).toBe(count)
  // No worker died: nothing may have been sent twice.
  expect(twice).toBe(0)
  await Promise.all(stores.map(store => store.close()))
})

test('F4: what a worker that died had claimed is due to the others once it is not heard of for too long', async () => {
  const url = await server.database()
  const [dying, living] = await Promise.all([openStore(url, {now: Date.now}), openStore(url, {now: Date.now})])
  await owe(dying, 30)
  const question = everything()
  await dying.worker.own(ownerOf('dying'), 0, null)
  await living.worker.own(ownerOf('living'), 0, null)
  const claimed = await dying.deliveries.due({...question, owner: 'dying'})
  expect(claimed).toHaveLength(30)
  expect(await living.deliveries.due({...question, owner: 'living'})).toHaveLength(0)
  await server.query('SELECT 1')
  await ageOwner(url, 'dying')
  expect(await living.worker.renew('living', Date.now())).toBe(true)
  expect(await living.deliveries.due({...question, owner: 'living'})).toHaveLength(30)
  // Whoever was taken for dead notices, and what it still brings home changes no state.
  expect(await dying.worker.renew('dying', Date.now())).toBe(false)
  const {delivery} = claimed[0]!
  await dying.deliveries.record([success(delivery)], 'dying')
  expect(await living.deliveries.find(1, delivery.id)).toMatchObject({state: 'pending', attempts: 1})
  await living.deliveries.record([success(delivery)], 'living')
  expect(await living.deliveries.find(1, delivery.id)).toMatchObject({state: 'delivered', attempts: 2})
  await Promise.all([dying.close(), living.close()])
})

test('F8: an outcome that is told again, as after a connection that was cut at its commit, is recorded once', async () => {
  const store = await openStore(await server.database(), {now: Date.now})
  await owe(store, 1)
  await store.worker.own(ownerOf('one'), 0, null)
  const [due] = await store.deliveries.due({...everything(), owner: 'one'})
  const outcome = failure(due!.delivery)
  await store.deliveries.record([outcome], 'one')
  await store.deliveries.record([outcome], 'one')
  expect(await store.deliveries.find(1, due!.delivery.id)).toMatchObject({attempts: 1})
  expect(await store.deliveries.attempts(due!.delivery.id)).toHaveLength(1)
  await store.close()
})

test('H5: of a delivery that was pruned while it was on its way no attempt is left without one', async () => {
  const url = await server.database()
  const store = await openStore(url, {now: Date.now})
  const webhook = await withWebhook(store)
  const sent = await withDelivery(store, webhook, {createdAt: NOON - 1000}, {acceptedAt: NOON - 1000})
  await withDelivery(store, webhook)
  expect(await store.deliveries.due({...everything(), owner: 'boot-1'})).toHaveLength(2)
  await store.deliveries.move([aMove(sent.id, {state: 'skipped', reason: 'inactive', finishedAt: NOON - 1000})])
  await pruneAll(store, 'records')
  await store.deliveries.record([success(sent)], 'boot-1')
  const client = new pg.Client(url)
  await client.connect()
  const {rows} = await client.query('SELECT * FROM attempts')
  await client.end()
  expect(rows).toEqual([])
  await store.close()
})

test('G3: an event is due where its webhook is switched on while it is being stored', async () => {
  const url = await server.database()
  const store = await openStore(url, {now: Date.now})
  const webhook = await withWebhook(store, off)
  const client = new pg.Client(url)
  await client.connect()
  // Whoever switches a webhook writes alone; what only adds rows writes them meanwhile, and waits before it commits.
  await client.query('BEGIN; SELECT pg_advisory_xact_lock(7146001)')
  const accepted = withDelivery(store, webhook, {state: 'held'})
  await until(async () => {
    const {rowCount} = await client.query(
      "SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted",
    )
    return rowCount !== 0
  }, Date.now() + 10_000)
  await client.query('UPDATE webhooks SET active = 1 WHERE id = $1', [webhook.id])
  await client.query('COMMIT')
  const {id, createdAt} = await accepted
  expect(await store.deliveries.find(1, id)).toMatchObject({state: 'pending', dueAt: createdAt})
  expect(await countsOf(store)).toEqual({pending: 1})
  await client.end()
  await store.close()
})

test('F8: of one webhook, what two workers record at the same moment counts, all of it', async () => {
  const url = await server.database()
  const stores = await Promise.all([openStore(url, {now: Date.now}), openStore(url, {now: Date.now})])
  const [first] = stores as [Store, Store]
  const webhook = await withWebhook(first)
  const all = await Promise.all(Array.from({length: 40}, () => withDelivery(first, webhook)))
  await Promise.all(
    all.map((delivery, index) => stores[index % 2]!.deliveries.record([failure(delivery)], `worker ${index % 2}`)),
  )
  expect((await first.webhooks.health([webhook.id])).get(webhook.id)).toMatchObject({failures: 40})
  await Promise.all(stores.map(store => store.close()))
})

const ownerOf = (bootId: string) => ({bootId, pid: 1, host: 'h', since: Date.now(), heartbeatAt: Date.now()})

/** Whatever is due, of every webhook. */
const everything = () => ({
  now: Date.now() + 1000,
  limit: 100,
  perWebhook: 100,
  exceptWebhooks: [],
  restingWebhooks: [],
  except: new Set<string>(),
})

/** By ageing the row, not by waiting. */
async function ageOwner(url: string, bootId: string): Promise<void> {
  const {default: pg} = await import('pg')
  const client = new pg.Client(url)
  await client.connect()
  await client.query(`UPDATE owners SET seen_at = seen_at - interval '1 minute' WHERE boot_id = $1`, [bootId])
  await client.end()
}

test('a store goes on by itself when its server was restarted', {timeout: 60_000}, async ctx => {
  if (server.own === null) return ctx.skip('the server is not ours to restart')
  const url = await server.database()
  const store = await openStore(url, {now: Date.now})
  await store.history.add([aHistoryEntry()])
  await server.own.restart()
  await until(async () => {
    try {
      await store.history.add([aHistoryEntry()])
      return true
    } catch {
      return false
    }
  }, Date.now() + 30_000)
  expect((await store.history.list(1, {}, {limit: 10})).items.length).toBeGreaterThanOrEqual(2)
  await store.close()
})
