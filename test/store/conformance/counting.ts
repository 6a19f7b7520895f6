import {expect, it} from 'vitest'
import {deliveryStates} from '../../../src/domain/delivery.ts'
import {aHistoryEntry, anOrganization, NOON, somePolicies} from '../../harness/factories.ts'
import {
  aMove,
  countsOf,
  failure,
  holding,
  type Open,
  off,
  success,
  switched,
  withDelivery,
  withWebhook,
} from './setting.ts'

export function counting(open: Open): void {
  it('counts deliveries by organization, by webhook and over all', async () => {
    await using opened = await open()
    const {store} = opened
    await store.organizations.add(anOrganization(), null)
    const [a, b, c] = [
      await withWebhook(store),
      await withWebhook(store),
      await withWebhook(store, {organizationId: 2}),
    ]
    for (const webhook of [a, a, b, c]) await withDelivery(store, webhook)
    await withDelivery(store, b, {state: 'skipped'})
    expect(await countsOf(store, 1)).toEqual({pending: 3, skipped: 1})
    expect(await countsOf(store, 1, b.id)).toEqual({pending: 1, skipped: 1})
    expect(await countsOf(store, 2)).toEqual({pending: 1})
    expect(await countsOf(store, 2, b.id)).toEqual({})
    expect(await countsOf(store, null)).toEqual({pending: 4, skipped: 1})
    expect(Object.keys(await store.deliveries.counts(1))).toEqual(deliveryStates)
  })

  it('keeps the counts equal to what a walk over all deliveries finds, whatever happens', async () => {
    await using opened = await open()
    const {store} = opened
    const webhooks = [await withWebhook(store), await withWebhook(store, holding), await withWebhook(store, off)]
    for (let turn = 0; turn < 12; turn++) {
      const made = await Promise.all(
        webhooks.map((webhook, index) =>
          withDelivery(store, webhook, {state: deliveryStates[(turn + index) % 7] ?? 'held'}),
        ),
      )
      const [a, b, c] = made as [(typeof made)[0], (typeof made)[0], (typeof made)[0]]
      await store.deliveries.record([success(a), failure(b)])
      await store.deliveries.move([aMove(c.id, {from: ['pending', 'held']}), aMove(a.id)])
      await switched(store, webhooks[1] as (typeof webhooks)[0], turn % 2 === 1)
      await (turn % 2 === 0 ? store.deliveries.hold(b.webhookId) : store.deliveries.resume(b.webhookId, NOON))
    }
    await store.webhooks.remove(webhooks[0] as (typeof webhooks)[0], aHistoryEntry(), NOON)
    for (const webhookId of [undefined, ...webhooks.map(({id}) => id)]) {
      const kept = await store.deliveries.counts(1, webhookId)
      for (const state of deliveryStates) {
        const {items} = await store.deliveries.list(1, {states: [state], webhookId}, {limit: 1000})
        expect([state, kept[state]]).toEqual([state, items.length])
        expect(await store.deliveries.count(1, {states: [state], webhookId})).toBe(items.length)
      }
    }
  })

  it('knows the oldest delivery that is not over', async () => {
    await using opened = await open()
    const {store} = opened
    expect(await store.deliveries.oldestUnfinished(1)).toBeNull()
    const webhook = await withWebhook(store, off)
    await withDelivery(store, webhook, {state: 'failed', createdAt: NOON - 9})
    expect(await store.deliveries.oldestUnfinished(1)).toBeNull()
    const held = await withDelivery(store, webhook, {state: 'held', createdAt: NOON - 5})
    await withDelivery(store, await withWebhook(store), {createdAt: NOON - 3})
    expect(await store.deliveries.oldestUnfinished(1)).toBe(NOON - 5)
    expect(await store.deliveries.oldestUnfinished(2)).toBeNull()
    await store.deliveries.move([aMove(held.id, {from: ['held']})])
    expect(await store.deliveries.oldestUnfinished(1)).toBe(NOON - 3)
  })

  it('knows since when a delivery is overdue, whatever waits for later or for its webhook', async () => {
    await using opened = await open()
    const {store} = opened
    expect(await store.deliveries.overdueSince(1, NOON)).toBeNull()
    await withDelivery(store, await withWebhook(store), {dueAt: NOON + 1})
    await withDelivery(store, await withWebhook(store, off), {state: 'held', dueAt: null})
    expect(await store.deliveries.overdueSince(1, NOON)).toBeNull()
    const webhook = await withWebhook(store)
    for (const dueAt of [NOON, NOON - 7, NOON - 3]) await withDelivery(store, webhook, {dueAt})
    await withDelivery(store, await withWebhook(store), {dueAt: NOON - 5})
    expect(await store.deliveries.overdueSince(1, NOON)).toBe(NOON - 7)
    expect(await store.deliveries.overdueSince(2, NOON)).toBeNull()
    expect(await store.deliveries.overdueSince(1, NOON - 8)).toBeNull()
  })

  it('takes nothing for late that stands behind the first in line of an ordered webhook', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store, {policies: somePolicies({ordered: 'halt'})})
    await withDelivery(store, webhook, {createdAt: NOON - 20, dueAt: NOON + 50})
    await withDelivery(store, webhook, {createdAt: NOON - 15, dueAt: NOON - 15})
    expect(await store.deliveries.overdueSince(1, NOON)).toBeNull()
    expect(await store.deliveries.overdueSince(1, NOON + 60)).toBe(NOON + 50)
    await withDelivery(store, webhook, {createdAt: NOON - 5, dueAt: NOON - 5, trigger: 'replay'})
    expect(await store.deliveries.overdueSince(1, NOON)).toBe(NOON - 5)
    await withDelivery(store, await withWebhook(store), {dueAt: NOON - 9})
    expect(await store.deliveries.overdueSince(1, NOON)).toBe(NOON - 9)
    expect(await store.deliveries.overdueSince(2, NOON)).toBeNull()
  })
}
