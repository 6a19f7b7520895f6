import type {DatabaseSync} from 'node:sqlite'
import {expect, it} from 'vitest'
import {deliveryStates} from '../../../src/domain/delivery.ts'
import type {DeliveryFilter, EventFilter, HistoryFilter} from '../../../src/domain/filters.ts'
import type {Webhook} from '../../../src/domain/webhook.ts'
import {openStore} from '../../../src/store/open.ts'
import {type Connection, connect} from '../../../src/store/sqlite/connection.ts'
import {assemble} from '../../../src/store/sqlite/store.ts'
import type {Store} from '../../../src/store/store.ts'
import {aHistoryEntry, NOON} from '../../harness/factories.ts'
import {
  anAcceptance,
  anything,
  failure,
  off,
  success,
  switched,
  withDelivery,
  withWebhook,
} from '../conformance/setting.ts'
import {aFolder} from '../folder.ts'

/** Tables that grow with history. Of the others a walk is a walk over a few rows. */
const GROWING = ['deliveries', 'events', 'history', 'attempts', 'bodies', 'feed', 'd', 'e', 'r', 'a', 'b']

/** What SQLite says it will do, where that is to walk a growing table or to sort. */
function faultsOf(database: DatabaseSync, sql: string): readonly string[] {
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as unknown as readonly {detail: string}[]
  return plan
    .map(({detail}) => detail)
    .filter(detail => detail.includes('TEMP B-TREE') || GROWING.includes(/^SCAN (\w+)/.exec(detail)?.[1] ?? ''))
}

/** A connection that remembers every statement it was asked for. */
function remembering(connection: Connection): {readonly connection: Connection; readonly statements: Set<string>} {
  const statements = new Set<string>()
  const prepare: Connection['prepare'] = sql => {
    statements.add(sql)
    return connection.prepare(sql)
  }
  return {connection: {...connection, prepare}, statements}
}

async function aReplay(store: Store): Promise<void> {
  const [webhook] = await store.webhooks.all(1)
  const {items} = await store.deliveries.list(1, {webhookId: webhook?.id, states: ['pending']}, {limit: 1})
  const replay = {id: 'rpl_1', organizationId: 1, selection: 'all', filter: {}, toUrl: null, now: true} as const
  const counts = {total: 0, handedOver: 0, refused: 0, createdAt: NOON, finishedAt: null, ratePerSecond: null}
  await store.replays.add({...replay, ...counts, state: 'selecting'})
  const item = {webhookId: webhook?.id ?? '', at: NOON, deliveryId: items[0]?.id ?? '', eventId: null}
  await store.replays.addItems('rpl_1', [item])
  await store.replays.begin('rpl_1', NOON, aHistoryEntry())
}

async function fill(store: Store): Promise<void> {
  const [one, two] = [await withWebhook(store), await withWebhook(store, off)]
  // More than what is looked through row by row, so that the ranges by type are taken.
  await store.events.accept(Array.from({length: 1100}, () => anAcceptance(one)))
  for (const state of deliveryStates) await withDelivery(store, two, {id: `dlv_${state}`, state}, {id: `evt_${state}`})
  for (const [index, id] of ['evt_opens', 'evt_joins'].entries()) {
    const {event, deliveries} = anAcceptance(two, {id: `dlv_batch${index}`, state: 'collecting'}, {id})
    const batch = {everyMs: 1, maxEvents: 9}
    await store.events.accept([
      {event, bodies: [], history: [], deliveries: deliveries.map(({delivery}) => ({delivery, bodyKey: null, batch}))},
    ])
  }
  const delivery = await withDelivery(store, two)
  await store.deliveries.record([failure(delivery), success(delivery)])
  await store.history.add([aHistoryEntry()])
}

const time = [{}, {since: NOON - 5}, {until: NOON + 5}, {since: NOON - 5, until: NOON + 5}]

const deliveries: readonly DeliveryFilter[] = [
  {},
  {states: ['failed', 'pending']},
  {webhookId: 'webhook'},
  {webhookId: 'webhook', states: ['failed']},
  {webhookId: 'webhook', eventTypes: ['node.*']},
  {eventTypes: ['node.*']},
  {eventTypes: ['node.added'], states: ['pending']},
  {eventId: 'evt_failed'},
  {eventId: 'evt_joins'},
  {replayOf: 'dlv_failed'},
  {statuses: [[500, 599]]},
  {
    statuses: [
      [500, 599],
      [404, 404],
    ],
  },
  {statuses: [[200, 299]], triggers: ['event']},
  {errorClasses: ['status']},
  {errorClasses: ['status', 'timeout']},
  {undelivered: true},
  {replayId: 'rpl_1'},
  {replayId: 'rpl_1', states: ['failed']},
  {webhookId: 'webhook', undelivered: true, states: ['failed']},
  {contextId: 'campus'},
  {object: {type: 'Node', id: '7'}},
  {host: '127.0.0.1'},
  {host: '*.example.com', eventTypes: ['node.*']},
  {where: [{text: 'a=1', path: ['a'], op: '=', value: '1', quoted: false}]},
]
const events: readonly EventFilter[] = [
  {},
  {types: ['node.*']},
  {objectType: 'Node'},
  {objectId: '7'},
  {requestId: '6a4b2f0e-2c65-4f5f-9f0e-1d2c3b4a5968', types: ['node.*']},
  {source: 'api'},
  {source: 'inbound:netbox'},
  {source: 'inbound:netbox', types: ['node.*']},
]
const history: readonly HistoryFilter[] = [
  {},
  {objectTypes: ['Node'], changes: ['created']},
  {objectId: '7'},
  {changes: ['created']},
  {actor: 'ann'},
]

it('asks nothing that walks a table or sorts: lists, what is due, the feed, records', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  await (await openStore(file, {now: () => NOON})).close()
  const {connection, statements} = remembering(connect(file, file))
  const store = assemble(connection)
  await fill(store)
  await aReplay(store)
  const webhookId = (await store.webhooks.all(1))[0]?.id ?? ''
  const named = <F extends DeliveryFilter>(filter: F) =>
    filter.webhookId === undefined ? filter : {...filter, webhookId}

  for (const range of time) {
    for (const filter of deliveries) {
      const {next} = await store.deliveries.list(1, {...named(filter), ...range}, {limit: 1})
      if (next !== null) await store.deliveries.list(1, {...named(filter), ...range}, {limit: 1, cursor: next})
      await store.deliveries.count(1, {...named(filter), ...range})
      await store.deliveries.matching(1, {...named(filter), ...range}, ['dlv_failed'])
    }
    for (const filter of events) {
      const {next} = await store.events.list(1, {...filter, ...range}, {limit: 1})
      if (next !== null) await store.events.list(1, {...filter, ...range}, {limit: 1, cursor: next})
    }
    for (const filter of history) {
      const {next} = await store.history.list(1, {...filter, ...range}, {limit: 1})
      if (next !== null) await store.history.list(1, {...filter, ...range}, {limit: 1, cursor: next})
    }
  }
  await store.deliveries.due({...anything, perWebhook: 1})
  await store.deliveries.nextDue(NOON)
  await store.deliveries.seal(NOON + 1_000_000, 10)
  await store.deliveries.events('dlv_collecting', 10)
  await store.deliveries.flush(webhookId, NOON)
  await store.deliveries.queues(1)
  await store.deliveries.oldestUnfinished(1)
  await store.deliveries.overdueSince(1, NOON)
  await store.deliveries.attempts('dlv_failed')
  await store.deliveries.body('dlv_failed')
  await store.deliveries.hold(webhookId)
  await switched(store, (await store.webhooks.all(1))[0] as Webhook, true)
  await store.deliveries.resume(webhookId, NOON)
  await store.deliveries.resume(null, NOON)
  await store.replays.list(1, {limit: 1})
  await store.replays.drive('boot', NOON, NOON)
  const [item] = await store.replays.items('rpl_1', webhookId, 10)
  await store.replays.queues('rpl_1', NOON)
  await store.replays.counts('rpl_1')
  const part = {replayId: 'rpl_1', bootId: 'boot', webhookId, now: NOON, fresh: [], bodies: [], refused: []}
  await store.replays.handOver({...part, again: [{number: item?.number ?? 0, id: 'dlv_again', dueAt: NOON}]})
  await store.replays.change('rpl_1', {from: ['done'], to: 'cancelled', now: NOON, entry: null})
  await store.deliveries.ofEvents(['evt_failed'])
  await store.feed({organizationId: 1, cursor: null, limit: 10, kinds: ['attempt', 'skipped', 'history']})
  await store.feedEnd()

  // Webhooks are few, and are sorted once for the cache.
  const asked = [...statements].filter(sql => /^(SELECT|UPDATE|DELETE)/.test(sql) && !/FROM webhooks/.test(sql))
  expect(asked.length).toBeGreaterThan(60)
  const faults = asked.map(sql => ({sql, faults: faultsOf(connection.database, sql)}))
  expect(faults.filter(found => found.faults.length > 0)).toEqual([])
  await store.close()
})
