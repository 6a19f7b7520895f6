import {expect, test} from 'vitest'
import {invoke} from '../../src/services/invoke.ts'
import type {DeliveryStore, Store} from '../../src/store/store.ts'
import {aCaller} from '../harness/product.ts'
import {answers} from '../harness/receiver.ts'
import {countsOf} from '../store/conformance/setting.ts'
import {aWorkshop, type Workshop} from './workshop.ts'

/** Webhooks that a person switches on while something of theirs is about to be held: none of it may be left behind. */

const switchOn = (shop: Workshop, webhook: string) =>
  invoke(shop.deps, 'webhook.enable', {organization: 'default', webhook}, aCaller())

/** The shop's store, in which a webhook is switched on before the first call of one method is made. */
function switchedOnBefore(shop: Workshop, method: 'hold', webhook: string): Store {
  let switched: Promise<unknown> | undefined
  const before =
    <Q extends readonly unknown[], A>(ask: (...question: Q) => Promise<A>) =>
    async (...question: Q): Promise<A> => {
      switched ??= switchOn(shop, webhook)
      await switched
      return ask(...question)
    }
  const {deliveries} = shop.store
  const changed: Pick<DeliveryStore, 'hold'> = {hold: before(deliveries.hold)}
  return {...shop.store, deliveries: {...deliveries, [method]: changed[method]}}
}

test('G3: a pause that is lifted while the queue is being held leaves nothing held', async () => {
  await using shop = await aWorkshop()
  const receiver = await shop.receiver()
  receiver.next(answers.status(410))
  const webhook = await shop.webhook({name: 'cmdb', url: receiver.url})
  await shop.owe(webhook)
  await shop.owe(webhook, 3, {dueAt: shop.clock.now + 60_000})
  const worker = shop.worker({store: switchedOnBefore(shop, 'hold', 'cmdb')})
  await worker.start()
  await worker.drained()
  expect(await shop.store.webhooks.find(1, webhook.id)).toMatchObject({paused: null})
  await shop.pass(worker, 60_000)
  expect(await countsOf(shop.store)).toEqual({failed: 1, delivered: 3})
})
