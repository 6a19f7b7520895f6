import {expect, test} from 'vitest'
import {invoke} from '../../src/services/invoke.ts'
import type {DeliveryStore, Store} from '../../src/store/store.ts'
import {somePolicies} from '../harness/factories.ts'
import {aCaller} from '../harness/product.ts'
import {answers} from '../harness/receiver.ts'
import {countsOf} from '../store/conformance/setting.ts'
import {aWorkshop, type Workshop} from './workshop.ts'

/** Webhooks that a person switches on while something of theirs is about to be held: none of it may be left behind. */

const switchOn = (shop: Workshop, webhook: string) =>
  invoke(shop.deps, 'webhook.enable', {organization: 'default', webhook}, aCaller())

/** A question of the store that a webhook is switched on before, the first time that it is asked. */
function switchedOnBefore<Q extends readonly unknown[], A>(
  shop: Workshop,
  webhook: string,
  ask: (...question: Q) => Promise<A>,
) {
  let switched: Promise<unknown> | undefined
  return async (...question: Q): Promise<A> => {
    switched ??= switchOn(shop, webhook)
    await switched
    return ask(...question)
  }
}

const withDeliveries = ({store}: Workshop, changes: Partial<DeliveryStore>): Store => ({
  ...store,
  deliveries: {...store.deliveries, ...changes},
})

test('G3: a pause that is lifted while the queue is being held leaves nothing held', async () => {
  await using shop = await aWorkshop()
  const receiver = await shop.receiver()
  receiver.next(answers.status(410))
  const webhook = await shop.webhook({name: 'cmdb', url: receiver.url})
  await shop.owe(webhook)
  await shop.owe(webhook, 3, {dueAt: shop.clock.now + 60_000})
  const hold = switchedOnBefore(shop, 'cmdb', shop.store.deliveries.hold)
  const worker = shop.worker({store: withDeliveries(shop, {hold})})
  await worker.start()
  await worker.drained()
  expect(await shop.store.webhooks.find(1, webhook.id)).toMatchObject({paused: null})
  await shop.pass(worker, 60_000)
  expect(await countsOf(shop.store)).toEqual({failed: 1, delivered: 3})
})

test('G3: a delivery that the worker found off is sent where its webhook is switched on before it is held', async () => {
  await using shop = await aWorkshop()
  const receiver = await shop.receiver()
  const policies = somePolicies({offSwitch: 'hold'})
  const webhook = await shop.webhook({name: 'cmdb', url: receiver.url, active: false, policies})
  await shop.owe(webhook, 3)
  const move = switchedOnBefore(shop, 'cmdb', shop.store.deliveries.move)
  const worker = shop.worker({store: withDeliveries(shop, {move})})
  await worker.start()
  await worker.drained()
  expect(await countsOf(shop.store)).toEqual({delivered: 3})
  expect(receiver.requests).toHaveLength(3)
})

test('G3: an event is sent where its webhook, off when it came, is switched on before it is stored', async () => {
  await using shop = await aWorkshop()
  const receiver = await shop.receiver()
  const policies = somePolicies({offSwitch: 'hold'})
  await shop.webhook({name: 'cmdb', url: receiver.url, active: false, policies})
  const accept = switchedOnBefore(shop, 'cmdb', shop.store.events.accept)
  const store = {...shop.store, events: {...shop.store.events, accept}}
  await invoke({...shop.deps, store}, 'event.send', {organization: 'default', type: 'node.added'}, aCaller())
  const worker = shop.worker()
  await worker.start()
  await worker.drained()
  expect(await countsOf(shop.store)).toEqual({delivered: 1})
  expect(receiver.requests).toHaveLength(1)
})
