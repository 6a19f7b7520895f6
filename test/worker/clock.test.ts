import {describe, expect, it, vi} from 'vitest'
import {somePolicies} from '../harness/factories.ts'
import {answers} from '../harness/receiver.ts'
import {aWorkshop} from './workshop.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

describe('F9: the clock jumps while 1,000 deliveries wait', () => {
  it.each([
    ['a day forward', DAY],
    ['a day back', -DAY],
    ['an hour back', -HOUR],
  ])('%s: none is lost, none is sent twice, and what is due goes out', async (_jump, by) => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const webhook = await shop.webhook({url: receiver.url})
    const worker = shop.worker()
    await worker.start()
    // Half of them are due now, half in ten minutes; the jump comes in the middle of the first half.
    await shop.owe(webhook, 500)
    await shop.owe(webhook, 500, {dueAt: shop.clock.now + 600_000})
    await receiver.received(100)
    shop.clock.now += by
    const noticed = () =>
      expect(shop.said.map(([, sentence]) => sentence)).toContain('the clock of this machine was set')
    await vi.waitFor(noticed, {timeout: 5000})
    await vi.waitFor(
      async () => expect((await shop.store.deliveries.counts(null)).delivered).toBeGreaterThanOrEqual(500),
      {timeout: 15_000},
    )
    // Forward the rest is overdue at once; back it is due in its ten minutes all the same.
    shop.clock.now += by > 0 ? 0 : 600_000
    await receiver.received(1000, 15_000)
    await worker.drained()
    const ids = receiver.requests.map(request => request.header('x-hook-delivery'))
    expect([ids.length, new Set(ids).size]).toEqual([1000, 1000])
    expect(await shop.store.deliveries.counts(null)).toMatchObject({delivered: 1000, pending: 0})
    console.log(
      'figure F9: the clock set a day forward, a day and an hour back under 1,000 deliveries: 0 lost, 0 sent twice, 0 put off',
    )
  })

  it('a deadline is kept by a clock that does not jump', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.otherwise(answers.silent())
    const policies = somePolicies({timeoutMs: 400, retry: {kind: 'manual'}})
    const [owed] = await shop.owe(await shop.webhook({url: receiver.url, policies}))
    const worker = shop.worker()
    await worker.start()
    await receiver.received(1)
    const began = performance.now()
    shop.clock.now -= DAY
    await vi.waitFor(async () => expect(await shop.delivery(owed!.id)).toMatchObject({state: 'failed'}), {
      timeout: 5000,
    })
    expect(performance.now() - began).toBeLessThan(3000)
  })
})
