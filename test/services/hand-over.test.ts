import {expect, test} from 'vitest'
import type {Webhook} from '../../src/domain/webhook.ts'
import {createDriver, type Driver} from '../../src/services/hand-over.ts'
import type {Store} from '../../src/store/store.ts'
import {aHistoryEntry, aWebhook, NOON, somePolicies} from '../harness/factories.ts'
import {aProduct, type Product} from '../harness/product.ts'
import {anAcceptance, success} from '../store/conformance/setting.ts'

const organization = 'default'

/** A webhook to which so many deliveries failed for good. */
async function aFailing(store: Store, count: number): Promise<Webhook> {
  const webhook = aWebhook({policies: somePolicies({retry: {kind: 'manual'}})})
  await store.webhooks.add(webhook, aHistoryEntry())
  const over = {state: 'failed', reason: 'no_retry'} as const
  for (let made = 0; made < count; made += 1000) {
    const part = Array.from({length: Math.min(1000, count - made)}, () => anAcceptance(webhook, over))
    await store.events.accept(part)
  }
  return webhook
}

/** A receiver that takes everything at once, when it is due; answers when each came. */
async function take({deps, clock}: Product, arrivals: number[]): Promise<void> {
  for (;;) {
    const due = await deps.store.deliveries.due({
      now: clock.now,
      limit: 1000,
      perWebhook: 1000,
      exceptWebhooks: [],
      restingWebhooks: [],
      except: new Set(),
    })
    if (due.length === 0) return
    arrivals.push(...due.map(() => clock.now))
    await deps.store.deliveries.record(due.map(({delivery}) => success(delivery)))
  }
}

/** The most arrivals within any second. */
function mostInASecond(arrivals: readonly number[]): number {
  let most = 0
  let first = 0
  for (const [last, at] of arrivals.entries()) {
    while ((arrivals[first] ?? 0) <= at - 1000) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}

const none = new Map<string, number>()

/** Ticks as a worker does, and sends what is due in between, to the tenth of a second. */
async function work(
  product: Product,
  driver: Driver,
  arrivals: number[],
  isOver: () => Promise<boolean>,
): Promise<void> {
  while (!(await isOver())) {
    await driver.advance(none)
    for (let step = 0; step < 3; step++) {
      await take(product, arrivals)
      product.clock.now += 100
    }
  }
}

test('G4: of 10,000 replays a receiver gets 11 a second at most, also after nobody sent for a while and after a restart', {
  timeout: 120_000,
}, async () => {
  await using product = await aProduct()
  const {deps, clock, ask} = product
  await aFailing(deps.store, 10_000)
  const {id} = await ask('replay.create', {organization, selection: 'failed', confirm: 10_000})
  const arrivals: number[] = []
  const after = (count: number) => async () => arrivals.length >= count
  const first = createDriver(deps, 'first')
  await work(product, first, arrivals, after(3000))
  // Nobody sends for ten seconds, but what falls due is made as ever.
  for (let tick = 0; tick < 40; tick++) {
    await first.advance(none)
    clock.now += 250
  }
  await work(product, first, arrivals, after(6000))
  await work(product, createDriver(deps, 'second'), arrivals, after(10_000))
  expect(mostInASecond(arrivals)).toBeLessThanOrEqual(11)
  expect(arrivals).toHaveLength(10_000)
  expect((clock.now - NOON) / 1000).toBeLessThan(1100)
  const {state, delivered, handedOver} = await ask('replay.show', {organization, replay: id})
  expect([state, delivered, handedOver]).toEqual(['done', 10_000, 10_000])
  expect(await ask('replay.preview', {organization, selection: 'failed'})).toMatchObject({count: 0})
  console.log(`figure G4: 10,000 replays at 10/s: ${mostInASecond(arrivals)} a second at most`)
})

test('what is new for a webhook waits behind a second of a replay at most', async () => {
  await using product = await aProduct()
  const {deps, ask} = product
  await aFailing(deps.store, 500)
  await ask('replay.create', {organization, selection: 'failed', confirm: 500})
  await createDriver(deps, 'boot').advance(none)
  expect(await deps.store.deliveries.counts(1)).toMatchObject({pending: 10})
})

test('each webhook has the pace for itself, and one that is switched off meanwhile is refused', async () => {
  await using product = await aProduct()
  const {deps, clock, ask} = product
  const [one, two] = [await aFailing(deps.store, 30), await aFailing(deps.store, 20)]
  const {id} = await ask('replay.create', {organization, selection: 'failed', confirm: 50})
  const driver = createDriver(deps, 'boot')
  await driver.advance(none)
  expect(await deps.store.deliveries.counts(1)).toMatchObject({pending: 20})
  await ask('webhook.disable', {organization, webhook: two.id})
  await take(product, [])
  for (let tick = 0; tick < 20; tick++) {
    clock.now += 250
    await driver.advance(none)
    await take(product, [])
  }
  const replay = await ask('replay.show', {organization, replay: id})
  expect(replay).toMatchObject({state: 'done', refused: 10, handedOver: 40})
  expect(await deps.store.deliveries.counts(1, one.id)).toMatchObject({delivered: 30, failed: 30})
})
