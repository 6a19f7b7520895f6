import {expect, it} from 'vitest'
import type {Webhook} from '../../../src/domain/webhook.ts'
import {aHistoryEntry, NOON, somePolicies} from '../../harness/factories.ts'
import {
  aMove,
  anAcceptance,
  countsOf,
  dueIds,
  holding,
  type Open,
  off,
  switched,
  withDelivery,
  withWebhook,
} from './setting.ts'

export function moving(open: Open): void {
  it('moves a delivery only out of the states that were named', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const pending = await withDelivery(store, webhook)
    const failed = await withDelivery(store, webhook, {state: 'failed'})
    expect(await store.deliveries.move([aMove(pending.id), aMove(failed.id), aMove('dlv_nobody')])).toBe(1)
    expect(await store.deliveries.find(1, pending.id)).toEqual({
      ...pending,
      state: 'cancelled',
      reason: 'cancelled',
      dueAt: null,
      finishedAt: NOON + 1,
    })
    expect(await store.deliveries.find(1, failed.id)).toEqual(failed)
    expect(await countsOf(store)).toEqual({cancelled: 1, failed: 1})
    expect(await store.deliveries.move([aMove(pending.id)])).toBe(0)
  })

  it('makes all that waits due earlier by what the clock was set back, and leaves the rest', async () => {
    await using opened = await open()
    const {store} = opened
    if (store.worker.isShared) return expect(await store.deliveries.setBack(1)).toBe(0)
    const webhook = await withWebhook(store)
    const [soon, later] = [await withDelivery(store, webhook), await withDelivery(store, webhook, {dueAt: NOON + 5000})]
    const done = await withDelivery(store, webhook, {state: 'failed'})
    expect(await store.deliveries.setBack(86_400_000)).toBe(2)
    expect(await store.deliveries.find(1, soon.id)).toEqual({...soon, dueAt: NOON - 86_400_000})
    expect(await store.deliveries.find(1, later.id)).toEqual({...later, dueAt: NOON + 5000 - 86_400_000})
    expect(await store.deliveries.find(1, done.id)).toEqual(done)
    expect(await store.deliveries.nextDue(NOON - 86_400_000)).toBe(NOON + 5000 - 86_400_000)
  })

  it('holds the queue of one webhook that is off, and makes it due when it is on', async () => {
    await using opened = await open()
    const {store} = opened
    const [webhook, bystander] = [await withWebhook(store, holding), await withWebhook(store)]
    const mine = [await withDelivery(store, webhook), await withDelivery(store, webhook, {dueAt: NOON + 9999})]
    const other = await withDelivery(store, bystander)
    await switched(store, webhook, false)
    expect(await store.deliveries.hold(webhook.id)).toBe(2)
    for (const {id} of mine) {
      expect(await store.deliveries.find(1, id)).toMatchObject({
        state: 'held',
        dueAt: null,
        finishedAt: null,
        reason: null,
      })
    }
    expect(await dueIds(store)).toEqual([other.id])
    expect(await countsOf(store)).toEqual({held: 2, pending: 1})
    await switched(store, webhook, true)
    expect(await store.deliveries.resume(webhook.id, NOON + 3)).toBe(2)
    for (const {id} of mine)
      expect(await store.deliveries.find(1, id)).toMatchObject({state: 'pending', dueAt: NOON + 3})
    expect(await countsOf(store)).toEqual({pending: 3})
    expect(await store.deliveries.hold('wh_nobody')).toBe(0)
    expect(await store.deliveries.resume('wh_nobody', NOON)).toBe(0)
  })

  it('G3: a queue is held only while its webhook holds, and resumed only while it is on', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store, holding)
    await withDelivery(store, webhook)
    const asked = async (changes: Partial<Webhook>) => {
      const was = (await store.webhooks.find(1, webhook.id))!
      await store.webhooks.replace({...webhook, ...changes}, aHistoryEntry(), {was})
      return [await store.deliveries.resume(webhook.id, NOON), await store.deliveries.hold(webhook.id)]
    }
    const paused = {reason: 'gone', at: NOON} as const
    expect(await asked({})).toEqual([0, 0])
    expect(await asked({active: false, policies: somePolicies({offSwitch: 'delivery'})})).toEqual([0, 0])
    expect(await asked({active: false})).toEqual([0, 1])
    expect(await asked({active: false, policies: somePolicies({offSwitch: 'delivery'})})).toEqual([0, 0])
    expect(await asked({})).toEqual([1, 0])
    expect(await asked({paused})).toEqual([0, 1])
    expect(await asked({paused, active: false})).toEqual([0, 0])
    expect(await asked({})).toEqual([1, 0])
  })

  it('G3: a delivery that was found to be held stays due where its webhook was switched on meanwhile', async () => {
    await using opened = await open()
    const {store} = opened
    const [on, waits] = [await withWebhook(store, holding), await withWebhook(store, off)]
    const [due, waiting, done] = [
      await withDelivery(store, on),
      await withDelivery(store, waits),
      await withDelivery(store, on),
    ]
    const held = {state: 'held', reason: null, finishedAt: null} as const
    const moves = [aMove(due.id, held), aMove(waiting.id, held), aMove(done.id)]
    expect(await store.deliveries.move(moves)).toBe(2)
    expect(await store.deliveries.find(1, due.id)).toEqual(due)
    expect(await store.deliveries.find(1, waiting.id)).toMatchObject({state: 'held', dueAt: null})
    expect(await countsOf(store)).toEqual({pending: 1, held: 1, cancelled: 1})
  })

  it('G3: resumes what is held of every webhook that is on, and of no other', async () => {
    await using opened = await open()
    const {store} = opened
    const webhooks = [await withWebhook(store, off), await withWebhook(store, off), await withWebhook(store, off)]
    for (const webhook of webhooks) await withDelivery(store, webhook, {state: 'held'})
    expect(await store.deliveries.resume(null, NOON)).toBe(0)
    for (const webhook of webhooks.slice(1)) await switched(store, webhook, true)
    expect(await store.deliveries.resume(null, NOON + 3)).toBe(2)
    expect(await countsOf(store)).toEqual({pending: 2, held: 1})
    expect(await countsOf(store, 1, webhooks[0]?.id)).toEqual({held: 1})
    expect(await store.deliveries.nextDue(NOON)).toBe(NOON + 3)
    expect(await store.deliveries.resume(null, NOON + 4)).toBe(0)
  })

  it('moves ten thousand a call and says how many, so that the caller asks again', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store, off)
    await store.events.accept(Array.from({length: 10_003}, () => anAcceptance(webhook)))
    expect(await store.deliveries.hold(webhook.id)).toBe(10_000)
    expect(await countsOf(store)).toEqual({pending: 3, held: 10_000})
    expect(await store.deliveries.hold(webhook.id)).toBe(3)
    expect(await store.deliveries.hold(webhook.id)).toBe(0)
    await switched(store, webhook, true)
    const other = await withWebhook(store, off)
    await withDelivery(store, other, {state: 'held'})
    await switched(store, other, true)
    expect(await store.deliveries.resume(null, NOON)).toBe(10_000)
    expect(await store.deliveries.resume(null, NOON)).toBe(4)
  })
}
