import {expect, test} from 'vitest'
import {invoke} from '../../src/services/invoke.ts'
import {aHistoryEntry, aWebhook, somePolicies} from '../harness/factories.ts'
import {aCaller, aProduct} from '../harness/product.ts'
import {anAcceptance, countsOf} from '../store/conformance/setting.ts'

const switching = {organization: 'default', webhook: 'ops'}

test('G3: switched off and on at once, both end, and a queue of many moves is left as the webhook is', async () => {
  await using product = await aProduct()
  const {store} = product.deps
  const webhook = aWebhook({name: 'ops', policies: somePolicies({offSwitch: 'hold'})})
  await store.webhooks.add(webhook, aHistoryEntry())
  await store.events.accept(Array.from({length: 25_000}, () => anAcceptance(webhook)))
  let switchedOn: Promise<{readonly resumed: number}> | undefined
  const hold = (id: string) => {
    switchedOn ??= product.ask('webhook.enable', switching)
    return store.deliveries.hold(id)
  }
  const deps = {...product.deps, store: {...store, deliveries: {...store.deliveries, hold}}}
  const {held} = await invoke(deps, 'webhook.disable', switching, aCaller())
  expect(held).toBeGreaterThan(0)
  expect((await switchedOn)?.resumed).toBe(held)
  expect(await store.webhooks.find(1, webhook.id)).toMatchObject({active: true})
  expect(await countsOf(store)).toEqual({pending: 25_000})
})
