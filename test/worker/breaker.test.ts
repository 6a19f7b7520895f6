import {describe, expect, it} from 'vitest'
import type {RetryPolicy} from '../../src/domain/policy.ts'
import {nextDelay, schedule} from '../../src/domain/retry.ts'
import {platforms} from '../../src/platforms/table.ts'
import {invoke} from '../../src/services/invoke.ts'
import {aHistoryEntry, anId, NOON, somePolicies} from '../harness/factories.ts'
import {aCaller} from '../harness/product.ts'
import {answers} from '../harness/receiver.ts'
import {aWorkshop} from './workshop.ts'

const MINUTE = 60_000
const minutes: RetryPolicy = {kind: 'list', delaysMs: [1, 2, 3, 4, 5, 6].map(count => count * MINUTE)}

/** A webhook with a dead receiver and so many deliveries due, and a worker that has tried as often as it may. */
async function dead(count: number, retry: RetryPolicy = minutes, random = () => 0.5) {
  const shop = await aWorkshop()
  const receiver = await shop.receiver()
  receiver.otherwise(answers.status(500))
  const webhook = await shop.webhook({name: 'dead', url: receiver.url, policies: somePolicies({retry})})
  const owed = await shop.owe(webhook, count)
  const worker = shop.worker({random})
  await worker.start()
  await worker.drained()
  const tried = () => receiver.requests.length
  const attempts = async () => Promise.all(owed.map(async ({id}) => (await shop.delivery(id)).attempts))
  return {
    shop,
    receiver,
    webhook,
    owed,
    worker,
    tried,
    attempts,
    [Symbol.asyncDispose]: () => shop[Symbol.asyncDispose](),
  }
}

describe('a webhook that failed five times in a row', () => {
  it('G2: is tried by one delivery after 30 seconds, then after 60: what waits is charged no attempt', async () => {
    await using test = await dead(50)
    const {shop, worker, tried, attempts} = test
    // Four at once to begin with: those under way when the fifth failure came have ended too.
    const first = tried()
    expect(first).toBeGreaterThanOrEqual(5)
    expect(first).toBeLessThan(9)
    expect((await attempts()).filter(count => count === 0)).toHaveLength(50 - first)
    await shop.pass(worker, 29_999)
    expect(tried()).toBe(first)
    await shop.pass(worker, 1)
    expect(tried()).toBe(first + 1)
    await shop.pass(worker, 59_999)
    expect(tried()).toBe(first + 1)
    await shop.pass(worker, 1)
    expect(tried()).toBe(first + 2)
    expect((await attempts()).reduce((sum, count) => sum + count)).toBe(first + 2)
  })

  it('G2: gets everything when one delivery is taken, and nothing of it is lost', async () => {
    await using test = await dead(50)
    const {shop, receiver, worker, owed} = test
    receiver.otherwise(answers.status(204))
    await shop.pass(worker, 30_000)
    await worker.drained()
    for (let minute = 0; minute < 2; minute++) await shop.pass(worker, MINUTE)
    for (const {id} of owed) expect(await shop.delivery(id)).toMatchObject({state: 'delivered'})
    expect(worker.breakers.size).toBe(0)
  })

  it('G2: is tried at once by what a person asks for, and goes on when that is taken', async () => {
    await using test = await dead(20)
    const {shop, receiver, worker, owed, tried} = test
    const first = tried()
    const again = (index: number) =>
      ({...owed[index]!, id: anId('dlv'), trigger: 'replay', replayOf: owed[index]!.id, dueAt: shop.clock.now}) as const
    const [failing, taken] = [again(0), again(1)]
    await shop.store.deliveries.add([{delivery: failing, bodyKey: null, bodyOf: failing.replayOf}], [])
    await worker.drained()
    expect(tried()).toBe(first + 1)
    expect(worker.breakers.size).toBe(1)
    receiver.otherwise(answers.status(204))
    await shop.store.deliveries.add([{delivery: taken, bodyKey: null, bodyOf: taken.replayOf}], [])
    await worker.drained()
    await worker.drained()
    expect(worker.breakers.size).toBe(0)
    expect(tried()).toBe(first + 2 + 20 - first)
  })

  it('G2: is tried at once when somebody has changed it', async () => {
    await using test = await dead(20)
    const {shop, receiver, worker, webhook} = test
    receiver.otherwise(answers.status(204))
    await shop.store.webhooks.replace({...webhook, description: 'mended', updatedAt: NOON + 1}, aHistoryEntry(), {
      was: webhook,
    })
    await worker.drained()
    await worker.drained()
    expect(await shop.store.deliveries.counts(1, webhook.id)).toMatchObject({
      delivered: 20 - 5 - (receiver.requests.length - 20),
    })
  })

  it('G2: is shown as resting until it is tried again, in its queue and with the webhook', async () => {
    await using test = await dead(20)
    const {shop, worker} = test
    const deps = {...shop.deps, breakers: () => worker.breakers}
    const restsUntil = new Date(NOON + 30_000).toISOString()
    const {queues} = await invoke(deps, 'worker.queues', {organization: 'default'}, aCaller())
    expect(queues[0]).toMatchObject({webhook: 'dead', state: 'resting', restsUntil})
    const shown = await invoke(deps, 'webhook.show', {organization: 'default', webhook: 'dead'}, aCaller())
    expect(shown.health).toMatchObject({failing: true, restsUntil})
    const {items} = await invoke(deps, 'delivery.list', {organization: 'default', state: ['pending']}, aCaller())
    const waiting = items.find(({attemptCount}) => attemptCount === 0)!
    expect(waiting.hint).toContain(`rests until ${restsUntil}: hookctl webhook test dead tries it now`)
    await shop.pass(worker, 30_000)
    shop.clock.now += 60_000
    const after = await invoke(deps, 'webhook.show', {organization: 'default', webhook: 'dead'}, aCaller())
    expect(after.health.restsUntil).toBeNull()
  })
})

describe('the retry plan', () => {
  it('G3: of a delivery that waits for nothing else is kept to the second, however often it fails', async () => {
    for (const retry of [minutes, {kind: 'until-success', everyMs: 20_000} as const]) {
      await using test = await dead(1, retry)
      const {shop, worker, tried} = test
      const delays = retry.kind === 'list' ? retry.delaysMs : Array.from({length: 20}, () => retry.everyMs)
      for (const [index, delayMs] of delays.entries()) {
        await shop.pass(worker, delayMs - 1)
        expect(tried()).toBe(index + 1)
        await shop.pass(worker, 1)
        expect(tried()).toBe(index + 2)
      }
    }
  })

  it.each(
    platforms.flatMap(platform =>
      platform.versions.map(
        version => [`${platform.name}@${version}`, platform.preset(version).policies.retry] as const,
      ),
    ),
  )('G3: of %s is kept to the millisecond, whatever the dice say', async (_, retry) => {
    for (const dice of [0, 0.37, 0.999_999]) {
      await using test = await dead(1, retry, () => dice)
      const {shop, worker, tried} = test
      for (const {attempt, earliestMs, latestMs} of schedule(retry, 12)) {
        const delayMs = nextDelay(retry, attempt - 1, () => dice)!
        expect(delayMs).toBeGreaterThanOrEqual(earliestMs)
        expect(delayMs).toBeLessThanOrEqual(latestMs)
        await shop.pass(worker, delayMs - 1)
        expect([attempt, tried()]).toEqual([attempt, attempt - 1])
        await shop.pass(worker, 1)
        expect([attempt, tried()]).toEqual([attempt, attempt])
      }
    }
  })
})
