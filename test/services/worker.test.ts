import {expect, test} from 'vitest'
import {aHistoryEntry, anId, aWebhook, NOON} from '../harness/factories.ts'
import {aProduct, type Product, refusal} from '../harness/product.ts'

const own = (product: Product) =>
  product.deps.store.worker.own({bootId: 'boot', pid: 7, host: 'here', since: NOON, heartbeatAt: NOON}, 0, null)

test('NEB-08: switched on without a process that sends it is activating, with one active, switched off inactive', async () => {
  await using product = await aProduct()
  expect(await product.ask('worker.status', {})).toEqual({state: 'activating', enabled: true, owner: null, owners: []})
  await own(product)
  expect(await product.ask('worker.status', {})).toMatchObject({state: 'active', owner: {pid: 7, host: 'here'}})
  expect(await product.ask('worker.disable', {})).toMatchObject({state: 'inactive', enabled: false})
  expect(await product.ask('worker.enable', {})).toMatchObject({state: 'active'})
})

test('a process whose heartbeat has stopped does not send any more', async () => {
  await using product = await aProduct()
  await own(product)
  product.clock.now += 60_000
  expect(await product.ask('worker.status', {})).toMatchObject({state: 'activating', owner: null})
})

test('NEB-09: enabling what is on and disabling what is off is refused: nothing to do', async () => {
  await using product = await aProduct()
  const on = await refusal(product.ask('worker.enable', {}))
  expect(on).toMatchObject({kind: 'conflict', code: 'worker_already_active'})
  expect(on.message).toContain('nothing to do')
  await product.ask('worker.disable', {})
  expect(await refusal(product.ask('worker.disable', {}))).toMatchObject({code: 'worker_already_inactive'})
})

test('who switched it stands in the history', async () => {
  await using product = await aProduct()
  await product.ask('worker.disable', {})
  const {items} = await product.ask('history.list', {organization: 'default', objectType: ['Worker']})
  expect(items).toMatchObject([
    {change: 'changed', actor: {name: 'anna'}, before: {enabled: true}, after: {enabled: false}},
  ])
})

test('status shows the backlog, its age, the webhooks and the store', async () => {
  await using product = await aProduct()
  const {store} = product.deps
  await store.webhooks.add(aWebhook(), aHistoryEntry())
  await store.webhooks.add(aWebhook({active: false, name: anId('off')}), aHistoryEntry())
  await store.webhooks.add(aWebhook({paused: {reason: 'gone', at: NOON}}), aHistoryEntry())
  await product.ask('event.send', {organization: 'default', type: 'node.added'})
  expect(await product.ask('status.show', {organization: 'default'})).toMatchObject({
    version: '0.0.0-test',
    store: {backend: 'memory', location: 'memory:'},
    deliveries: {pending: 2, held: 1, unfinished: 3, oldestUnfinishedAt: new Date(NOON).toISOString()},
    webhooks: {total: 3, active: 2, paused: 1},
  })
})
