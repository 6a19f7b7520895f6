import {expect, it} from 'vitest'
import type {Store} from '../../../src/store/store.ts'
import {aHistoryEntry, NOON, somePolicies} from '../../harness/factories.ts'
import {
  aMove,
  anAcceptance,
  anything,
  dueIds,
  failure,
  type Open,
  off,
  success,
  withDelivery,
  withWebhook,
} from './setting.ts'

/** `queues[n]` deliveries for the n-th webhook; answers their ids by webhook. */
async function withQueues(store: Store, queues: readonly number[]) {
  return Promise.all(
    queues.map(async length => {
      const webhook = await withWebhook(store)
      const acceptances = Array.from({length}, (_, index) => anAcceptance(webhook, {dueAt: NOON - length + index}))
      await store.events.accept(acceptances)
      return {webhook, ids: acceptances.map(({deliveries}) => deliveries[0]?.delivery.id ?? '')}
    }),
  )
}

export function due(open: Open): void {
  it('answers what is due with its body, and writes nothing', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const delivery = await withDelivery(store, webhook)
    await withDelivery(store, webhook, {dueAt: NOON + 1})
    for (const state of ['failed', 'skipped', 'delivering'] as const) await withDelivery(store, webhook, {state})
    await withDelivery(store, await withWebhook(store, off), {state: 'held'})
    for (let asked = 0; asked < 2; asked++) {
      const [found, ...more] = await store.deliveries.due(anything)
      expect(more).toEqual([])
      expect(found?.delivery).toEqual(delivery)
      expect(Buffer.from(found?.body ?? []).toString()).toBe('{}')
    }
  })

  it('gives the oldest due of a webhook first, accepted order where they are due together', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const late = await withDelivery(store, webhook, {dueAt: NOON})
    const early = await withDelivery(store, webhook, {dueAt: NOON - 10})
    const same = [
      await withDelivery(store, webhook, {dueAt: NOON - 5}),
      await withDelivery(store, webhook, {dueAt: NOON - 5}),
    ]
    expect(await dueIds(store)).toEqual([early, ...same, late].map(({id}) => id))
    await store.deliveries.record([failure(early)])
    expect((await dueIds(store))[0]).toBe(same[0]?.id)
  })

  it('G2: of a webhook that rests gives only what a person asked for', async () => {
    await using opened = await open()
    const {store} = opened
    const [resting, other] = await withQueues(store, [20, 1])
    const {webhook} = resting!
    const asked = [
      await withDelivery(store, webhook, {trigger: 'test'}),
      await withDelivery(store, webhook, {trigger: 'replay', dueAt: NOON - 1}),
    ]
    await withDelivery(store, webhook, {trigger: 'replay', dueAt: NOON + 1})
    const found = await dueIds(store, {restingWebhooks: [webhook.id]})
    expect(found).toEqual([asked[1]!.id, other!.ids[0], asked[0]!.id])
  })

  it('F7: of an ordered webhook gives the one in front, and none before it is over', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store, {policies: somePolicies({ordered: 'skip'})})
    const other = await withDelivery(store, await withWebhook(store))
    // Accepted in this order; what is due is not what decides.
    const [one, two, three] = [
      await withDelivery(store, webhook, {dueAt: NOON, createdAt: NOON - 3}),
      await withDelivery(store, webhook, {dueAt: NOON - 9, createdAt: NOON - 2}),
      await withDelivery(store, webhook, {dueAt: NOON - 8, createdAt: NOON - 2}),
    ] as const
    const ids = async (except: readonly string[] = []) =>
      (await dueIds(store, {except: new Set(except)})).filter(id => id !== other.id)
    expect(await ids()).toEqual([one.id])
    expect(await ids([one.id])).toEqual([])
    await store.deliveries.record([failure(one, {dueAt: NOON + 1})])
    expect(await ids()).toEqual([])
    const halted = {...webhook, paused: {reason: 'halted', at: NOON} as const}
    await store.webhooks.replace(halted, aHistoryEntry(), {was: webhook})
    await store.deliveries.move([aMove(one.id, {state: 'held', reason: null, finishedAt: null})])
    expect(await ids()).toEqual([])
    const asked = await withDelivery(store, webhook, {trigger: 'replay', createdAt: NOON + 1})
    expect(await ids()).toEqual([asked.id])
    await store.deliveries.move([aMove(asked.id), aMove(one.id, {from: ['held']})])
    expect(await ids()).toEqual([two.id])
    await store.deliveries.record([success(two)])
    expect(await ids()).toEqual([three.id])
    expect(await dueIds(store, {restingWebhooks: [webhook.id]})).toEqual([other.id])
  })

  it('F9: of an ordered webhook none overtakes those that are not over, though the clock was set back', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store, {policies: somePolicies({ordered: 'skip'})})
    const one = await withDelivery(store, webhook, {dueAt: NOON, createdAt: NOON})
    const two = await withDelivery(store, webhook, {dueAt: NOON - 5, createdAt: NOON - 5})
    expect(await dueIds(store)).toEqual([one.id])
    const halted = {...webhook, paused: {reason: 'halted', at: NOON} as const}
    await store.webhooks.replace(halted, aHistoryEntry(), {was: webhook})
    await store.deliveries.move([aMove(one.id, {state: 'held', reason: null, finishedAt: null}), aMove(two.id)])
    const three = await withDelivery(store, webhook, {dueAt: NOON - 7, createdAt: NOON - 7})
    expect(await dueIds(store)).toEqual([])
    await store.deliveries.move([aMove(one.id, {from: ['held']})])
    expect(await dueIds(store)).toEqual([three.id])
  })

  it('F9: what waits for nobody is dated by the clock', async () => {
    await using opened = await open()
    const {store} = opened
    const ordered = await withWebhook(store, {policies: somePolicies({ordered: 'skip'})})
    const over = await withDelivery(store, ordered, {createdAt: NOON})
    await store.deliveries.record([success(over)])
    const unordered = await withWebhook(store)
    await withDelivery(store, unordered, {createdAt: NOON})
    const early = [
      await withDelivery(store, ordered, {createdAt: NOON - 7}),
      await withDelivery(store, ordered, {createdAt: NOON - 8, trigger: 'replay'}),
      await withDelivery(store, unordered, {createdAt: NOON - 9}),
    ]
    const found = await Promise.all(early.map(({organizationId, id}) => store.deliveries.find(organizationId, id)))
    expect(found.map(delivery => delivery?.createdAt)).toEqual([NOON - 7, NOON - 8, NOON - 9])
  })

  it('G1: a full queue does not hide the others', async () => {
    await using opened = await open()
    const {store} = opened
    const [full, one, two] = await withQueues(store, [50, 1, 2])
    const found = await dueIds(store, {limit: 6})
    expect(found).toEqual([full?.ids[0], one?.ids[0], two?.ids[0], full?.ids[1], two?.ids[1], full?.ids[2]])
  })

  it('gives no webhook more than its share, and leaves out those whose queue is full', async () => {
    await using opened = await open()
    const {store} = opened
    const [a, b] = await withQueues(store, [9, 9])
    expect(await dueIds(store, {perWebhook: 2})).toEqual([a?.ids[0], b?.ids[0], a?.ids[1], b?.ids[1]])
    const except = {exceptWebhooks: [a?.webhook.id ?? '', 'wh_nobody']}
    expect(await dueIds(store, {perWebhook: 2, ...except})).toEqual(b?.ids.slice(0, 2))
  })

  it('never answers what is in memory already, however much that is', async () => {
    await using opened = await open()
    const {store} = opened
    const [long, short] = await withQueues(store, [5000, 3])
    const except = new Set([...(long?.ids.slice(0, 4990) ?? []), ...(short?.ids ?? [])])
    expect(await dueIds(store, {except, limit: 20})).toEqual(long?.ids.slice(4990))
    expect(await dueIds(store, {except, limit: 4})).toEqual(long?.ids.slice(4990, 4994))
    expect(await dueIds(store, {except: new Set([...(long?.ids ?? []), ...(short?.ids ?? [])])})).toEqual([])
  })

  it('lets no webhook wait for ever when there are more of them than it may answer', async () => {
    await using opened = await open()
    const {store} = opened
    const queues = await withQueues(
      store,
      Array.from({length: 10}, () => 3),
    )
    const seen = new Set<string>()
    for (let asked = 0; asked < 4; asked++) {
      for (const {delivery} of await store.deliveries.due({...anything, limit: 3})) seen.add(delivery.webhookId)
    }
    expect(seen).toEqual(new Set(queues.map(({webhook}) => webhook.id)))
  })

  it('finds what is due behind webhooks of which everything is in memory', async () => {
    await using opened = await open()
    const {store} = opened
    const queues = await withQueues(store, [2, 2, 2, 2, 1])
    const except = new Set(queues.slice(0, 4).flatMap(({ids}) => ids))
    for (let asked = 0; asked < 3; asked++) expect(await dueIds(store, {except, limit: 2})).toEqual(queues[4]?.ids)
  })

  it('drains every queue once when each answer is kept in memory', async () => {
    await using opened = await open()
    const {store} = opened
    const queues = await withQueues(store, [1, 40, 7, 300, 2])
    const except = new Set<string>()
    for (let asked = 0; asked < 60 && except.size < 350; asked++) {
      for (const id of await dueIds(store, {except, limit: 16, perWebhook: 10})) {
        expect(except.has(id)).toBe(false)
        except.add(id)
      }
    }
    expect(except).toEqual(new Set(queues.flatMap(({ids}) => ids)))
  })

  it('does not keep others from writing after a partial answer', async () => {
    await using opened = await open()
    const {store} = opened
    const [queue] = await withQueues(store, [20])
    await dueIds(store, {limit: 1})
    await store.deliveries.move([aMove(queue?.ids[0] ?? '')])
    expect(await dueIds(store, {limit: 1})).toEqual([queue?.ids[1]])
  })

  it('knows when the next delivery falls due', async () => {
    await using opened = await open()
    const {store} = opened
    expect(await store.deliveries.nextDue(NOON)).toBeNull()
    const [a, b] = [await withWebhook(store), await withWebhook(store)]
    await withDelivery(store, a, {dueAt: NOON})
    await withDelivery(store, a, {dueAt: NOON + 50})
    await withDelivery(store, b, {dueAt: NOON + 20})
    await withDelivery(store, await withWebhook(store, off), {state: 'held'})
    expect(await store.deliveries.nextDue(NOON - 1)).toBe(NOON)
    expect(await store.deliveries.nextDue(NOON)).toBe(NOON + 20)
    expect(await store.deliveries.nextDue(NOON + 20)).toBe(NOON + 50)
    expect(await store.deliveries.nextDue(NOON + 50)).toBeNull()
  })
}
