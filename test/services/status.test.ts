import {expect, test, vi} from 'vitest'
import {aProduct, type Product} from '../harness/product.ts'

/** How often the store is asked anything about deliveries for one status. */
async function questionsOf(product: Product): Promise<number> {
  const {deliveries} = product.deps.store
  const names = Object.keys(deliveries) as (keyof typeof deliveries)[]
  const spies = names.map(name => vi.spyOn(deliveries, name))
  await product.ask('status.show', {organization: 'default'})
  const asked = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0)
  for (const spy of spies) spy.mockRestore()
  return asked
}

test('status asks the store no more often with fifty webhooks than with one', async () => {
  await using product = await aProduct()
  const addWebhook = (n: number) =>
    product.ask('webhook.create', {
      ...{organization: 'default', name: `w${n}`, platform: 'netbox', eventTypes: ['*']},
      url: 'https://hooks.example.com/in',
    })
  await addWebhook(0)
  const ofOne = await questionsOf(product)
  for (let n = 1; n < 50; n++) await addWebhook(n)
  expect(await questionsOf(product)).toBe(ofOne)
})
