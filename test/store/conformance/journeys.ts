import {expect, it} from 'vitest'
import type {Delivery} from '../../../src/domain/delivery.ts'
import type {Webhook} from '../../../src/domain/webhook.ts'
import type {Store} from '../../../src/store/store.ts'
import {aDelivery, aHistoryEntry, anOrganization, NOON} from '../../harness/factories.ts'
import {aMove, failure, type Open, success, withDelivery, withWebhook} from './setting.ts'

const over = {state: 'failed', reason: 'exhausted', dueAt: null, finishedAt: NOON} as const

async function aReplay(store: Store, of: Delivery, changes: Partial<Delivery> = {}): Promise<Delivery> {
  const {webhookId, eventId} = of
  const delivery = aDelivery({webhookId, eventId, trigger: 'replay', replayOf: of.id, ...changes})
  await store.deliveries.add([{delivery, bodyKey: null, bodyOf: of.id}], [])
  return delivery
}

const undelivered = async (store: Store): Promise<readonly string[]> => {
  const {items} = await store.deliveries.list(1, {undelivered: true}, {limit: 100})
  expect(await store.deliveries.count(1, {undelivered: true})).toBe(items.length)
  const live = (await store.webhooks.all(1)).map(({id}) => id)
  const lost = items.filter(({state, webhookId}) => state === 'failed' && live.includes(webhookId))
  expect(await store.deliveries.lost(1)).toBe(lost.length)
  return items.map(({id}) => id)
}

async function aFailure(store: Store, webhook: Webhook): Promise<Delivery> {
  const delivery = await withDelivery(store, webhook)
  await store.deliveries.record([failure(delivery, over)])
  return delivery
}

/** What its receiver never got: a journey is a delivery with what was sent again in its place. */
export function journeys(open: Open): void {
  it('a failure is undelivered until a replay of it, or a replay of that one, is on its way or delivered', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const failed = await aFailure(store, webhook)
    expect(await undelivered(store)).toEqual([failed.id])
    const replay = await aReplay(store, failed)
    expect(await undelivered(store)).toEqual([])
    await store.deliveries.record([failure(replay, over)])
    expect(await undelivered(store)).toEqual([failed.id])
    const second = await aReplay(store, replay)
    expect(await undelivered(store)).toEqual([])
    await store.deliveries.record([success(second)])
    expect(await undelivered(store)).toEqual([])
    const third = await aReplay(store, failed)
    await store.deliveries.record([failure(third, over)])
    expect(await undelivered(store)).toEqual([])
  })

  it('counts as lost what failed of the webhooks of an organization that are still there', async () => {
    await using opened = await open()
    const {store} = opened
    await store.organizations.add(anOrganization(), null)
    const [gone, one, other] = [await withWebhook(store), await withWebhook(store), await withWebhook(store)]
    for (const webhook of [gone, one, one, other]) await aFailure(store, webhook)
    await aFailure(store, await withWebhook(store, {organizationId: 2}))
    const {id} = await withDelivery(store, one)
    await store.deliveries.move([aMove(id)])
    expect(await store.deliveries.lost(1)).toBe(4)
    await store.webhooks.remove(gone, aHistoryEntry(), NOON)
    expect(await store.deliveries.lost(1)).toBe(3)
    expect(await undelivered(store)).toContain(id)
    expect(await store.deliveries.lost(2)).toBe(1)
  })

  it('a replay to another URL delivers nothing to the receiver that is owed', async () => {
    await using opened = await open()
    const {store} = opened
    const failed = await aFailure(store, await withWebhook(store))
    const elsewhere = await aReplay(store, failed, {toUrl: 'http://127.0.0.1:9/'})
    await store.deliveries.record([success(elsewhere)])
    expect(await undelivered(store)).toEqual([failed.id])
  })

  it('what was cancelled is undelivered, what was skipped, tested or is still to be tried is not', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const [cancelled, skipped, waiting] = [
      await withDelivery(store, webhook),
      await withDelivery(store, webhook),
      await withDelivery(store, webhook),
    ]
    const test = await withDelivery(store, webhook, {trigger: 'test'})
    await store.deliveries.move([
      aMove(cancelled.id),
      aMove(skipped.id, {state: 'skipped', reason: 'inactive'}),
      aMove(test.id),
    ])
    await store.deliveries.record([failure(waiting)])
    expect(await undelivered(store)).toEqual([cancelled.id])
  })

  it('a queue that is cancelled with its webhook takes its journeys along', async () => {
    await using opened = await open()
    const {store} = opened
    const [one, two] = [await withWebhook(store), await withWebhook(store)]
    const [failed, waiting, elsewhere] = [
      await aFailure(store, one),
      await withDelivery(store, one),
      await aFailure(store, two),
    ]
    await aReplay(store, failed)
    await aReplay(store, elsewhere)
    await store.webhooks.remove(two, aHistoryEntry(), NOON)
    expect(await undelivered(store)).toEqual([elsewhere.id])
    await store.webhooks.remove(one, aHistoryEntry(), NOON)
    expect((await undelivered(store)).toSorted()).toEqual([failed.id, waiting.id, elsewhere.id].toSorted())
  })

  it('a delivery that fails as it enters the store is undelivered', async () => {
    await using opened = await open()
    const {store} = opened
    const failed = await withDelivery(store, await withWebhook(store), {state: 'failed', reason: 'render_failed'})
    expect(await undelivered(store)).toEqual([failed.id])
  })
}
