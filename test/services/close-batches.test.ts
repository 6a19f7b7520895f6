import {expect, test} from 'vitest'
import {closeBatches} from '../../src/services/close-batches.ts'
import {aHistoryEntry, aWebhook, somePolicies} from '../harness/factories.ts'
import {aProduct, type Product} from '../harness/product.ts'

const organization = 'default'

/** A webhook that collects what its platform cannot put into one body: no command would make it. */
async function aBrokenBatcher({deps}: Product) {
  const webhook = aWebhook({
    platform: 'nebularstack@1',
    eventTypes: ['*'],
    mode: 'batch',
    policies: somePolicies({batch: {everyMs: 1000, maxEvents: 10}}),
  })
  await deps.store.webhooks.add(webhook, aHistoryEntry())
  return webhook
}

const send = ({ask}: Product, data: object) =>
  ask('event.send', {organization, type: 'radius-authentication.subscriber-nas-updated', data})

test('a batch that cannot be rendered has failed, and is not tried again and again', async () => {
  await using product = await aProduct()
  await aBrokenBatcher(product)
  const {event} = await send(product, {id: 'a'})
  await send(product, {id: 'b'})
  product.clock.now += 1000
  const {closed, failures} = await closeBatches(product.deps)
  expect([closed, failures]).toEqual([1, [{delivery: expect.any(String), error: expect.any(Error)}]])
  const {deliveries} = await product.ask('event.show', {organization, event: event.id})
  expect(deliveries).toMatchObject([{state: 'failed', reason: 'render_failed'}])
  expect(await closeBatches(product.deps)).toEqual({closed: 0, failures: []})
})

test('an event that cannot be rendered fails by itself and does not spoil the batch of the others', async () => {
  await using product = await aProduct()
  const webhook = aWebhook({
    platform: 'netbox@4.6',
    eventTypes: ['*'],
    mode: 'batch',
    settings: {bodyTemplate: '{{ data.name | tojson }} {% if data.id > 2 %}{{ data.nothing.of.it }}{% endif %}'},
    policies: somePolicies({batch: {everyMs: 1000, maxEvents: 10}}),
  })
  await product.deps.store.webhooks.add(webhook, aHistoryEntry())
  const states = []
  for (const id of [1, 3]) {
    const sent = await product.ask('event.send', {organization, type: 'dcim.site.created', data: {id, name: 'a'}})
    states.push(sent.deliveries[0])
  }
  expect(states).toMatchObject([{state: 'collecting'}, {state: 'failed', reason: 'render_failed'}])
  product.clock.now += 1000
  expect(await closeBatches(product.deps)).toEqual({closed: 1, failures: []})
  const {items} = await product.ask('delivery.list', {organization, state: ['pending']})
  expect(items).toMatchObject([{eventCount: 1}])
})

test('what was in a batch that could not be rendered can be sent when its webhook is right', async () => {
  await using product = await aProduct()
  const webhook = await aBrokenBatcher(product)
  for (const id of ['a', 'b']) await send(product, {id})
  product.clock.now += 1000
  await closeBatches(product.deps)
  const [failed] = (await product.ask('delivery.list', {organization, state: ['failed']})).items
  const right = {...webhook, platform: 'procustodibus@1'}
  await product.deps.store.webhooks.replace(right, aHistoryEntry(), {was: webhook})
  const {deliveries} = await product.ask('delivery.replay', {organization, deliveries: [failed?.id ?? '']})
  const {body, events} = await product.ask('delivery.show', {organization, delivery: deliveries[0]?.id ?? ''})
  expect(events).toHaveLength(2)
  expect(JSON.parse(body?.content ?? '')).toMatchObject([{attributes: {id: 'a'}}, {attributes: {id: 'b'}}])
})

test('nothing is written while nothing is due', async () => {
  await using product = await aProduct()
  await aBrokenBatcher(product)
  await send(product, {id: 'a'})
  let writes = 0
  product.deps.store.onWrite(() => {
    writes += 1
  })
  for (let asked = 0; asked < 3; asked += 1) await closeBatches(product.deps)
  expect(writes).toBe(0)
})
