import {expect, it} from 'vitest'
import type {BatchPolicy} from '../../../src/domain/policy.ts'
import type {Webhook} from '../../../src/domain/webhook.ts'
import type {Frozen, Store} from '../../../src/store/store.ts'
import {aDelivery, aHistoryEntry, anEvent, NOON, somePolicies} from '../../harness/factories.ts'
import {
  aMove,
  bytesOf,
  countsOf,
  dueIds,
  failure,
  type Open,
  off,
  success,
  withDelivery,
  withWebhook,
} from './setting.ts'

const batch: BatchPolicy = {everyMs: 1000, maxEvents: 3}

const aBatcher = (store: Store, changes: Partial<Webhook> = {}) =>
  withWebhook(store, {mode: 'batch', policies: somePolicies({batch, offSwitch: 'hold'}), ...changes})

/** Collects an event at a time; answers it, and the delivery that owes it. */
async function collect(store: Store, webhook: Webhook, at = NOON, policy = batch, key: string | null = null) {
  const event = anEvent({organizationId: webhook.organizationId, acceptedAt: at, idempotencyKey: key})
  const delivery = aDelivery({
    organizationId: webhook.organizationId,
    webhookId: webhook.id,
    eventId: event.id,
    state: 'collecting',
    createdAt: at,
    dueAt: at + policy.everyMs,
    bodyBytes: null,
  })
  const deliveries = [{delivery, bodyKey: null, batch: policy}]
  const [answer] = await store.events.accept([{event, bodies: [], deliveries, history: []}])
  return {event: event.id, delivery: answer?.joined?.[0]?.deliveryId ?? delivery.id, answer, offered: delivery.id}
}

const frozen = (deliveryId: string, changes: Partial<Frozen> = {}): Frozen => ({
  deliveryId,
  body: bytesOf('[1]'),
  state: 'pending',
  reason: null,
  dueAt: NOON,
  finishedAt: null,
  ...changes,
})

const sealedIds = async (store: Store, now = NOON + 1000, limit = 100) =>
  (await store.deliveries.seal(now, limit)).map(({id}) => id)

export function batches(open: Open): void {
  it('lets events join the open batch of their webhook, and says which delivery owes them', async () => {
    await using opened = await open()
    const {store} = opened
    const [one, two] = [await aBatcher(store), await aBatcher(store)]
    const first = await collect(store, one)
    const second = await collect(store, one, NOON + 500)
    const other = await collect(store, two)
    expect(first.answer?.joined).toBeUndefined()
    expect(second.answer?.joined).toEqual([{offered: second.offered, deliveryId: first.delivery}])
    expect(other.delivery).toBe(other.offered)
    expect(await store.deliveries.find(1, first.delivery)).toMatchObject({
      state: 'collecting',
      eventId: first.event,
      eventCount: 2,
      dueAt: NOON + 1000,
      bodyBytes: null,
    })
    expect(await store.deliveries.find(1, second.offered)).toBeNull()
    expect(await countsOf(store)).toEqual({collecting: 2})
  })

  it('gives the events of a batch in the order in which they were accepted, at most so many', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await aBatcher(store)
    const collected = [
      await collect(store, webhook),
      await collect(store, webhook, NOON - 5),
      await collect(store, webhook),
    ]
    const id = collected[0]?.delivery ?? ''
    const events = async (limit: number) => (await store.deliveries.events(id, limit)).map(event => event.id)
    expect(await events(10)).toEqual(collected.map(({event}) => event))
    expect(await events(2)).toEqual(collected.slice(0, 2).map(({event}) => event))
    const single = await withDelivery(store, webhook)
    expect((await store.deliveries.events(single.id, 10)).map(event => event.id)).toEqual([single.eventId])
    expect(await store.deliveries.events('dlv_unknown', 10)).toEqual([])
  })

  it('makes a full batch due at once, and the next event begins another', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await aBatcher(store)
    const all = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(() => collect(store, webhook)))
    const ids = [...new Set(all.map(({delivery}) => delivery))]
    expect(all.map(({delivery}) => ids.indexOf(delivery))).toEqual([0, 0, 0, 1, 1, 1, 2])
    const found = await Promise.all(ids.map(id => store.deliveries.find(1, id)))
    expect(found.map(delivery => [delivery?.eventCount, delivery?.dueAt])).toEqual([
      [3, NOON],
      [3, NOON],
      [1, NOON + 1000],
    ])
  })

  it('keeps to the policy of now: a smaller maximum ends the open batch, a shorter interval brings it forward', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await aBatcher(store)
    const first = await collect(store, webhook)
    await collect(store, webhook)
    const next = await collect(store, webhook, NOON + 10, {everyMs: 1000, maxEvents: 1})
    expect(next.delivery).not.toBe(first.delivery)
    expect(await store.deliveries.find(1, first.delivery)).toMatchObject({eventCount: 2, dueAt: NOON + 10})
    const other = await aBatcher(store)
    const slow = await collect(store, other)
    await collect(store, other, NOON + 10, {everyMs: 100, maxEvents: 3})
    expect(await store.deliveries.find(1, slow.delivery)).toMatchObject({dueAt: NOON + 100})
  })

  it('lets nothing join for an event that was known by its key', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await aBatcher(store)
    const first = await collect(store, webhook, NOON, batch, 'key')
    expect((await collect(store, webhook, NOON, batch, 'key')).answer).toMatchObject({
      duplicate: true,
      eventId: first.event,
    })
    expect(await store.deliveries.find(1, first.delivery)).toMatchObject({eventCount: 1})
  })

  it('seals what is due: the oldest of each webhook, again until it is frozen, and nothing joins it any more', async () => {
    await using opened = await open()
    const {store} = opened
    const [one, two] = [await aBatcher(store), await aBatcher(store)]
    const due = await collect(store, one)
    const later = await collect(store, two, NOON + 1)
    expect(await sealedIds(store, NOON + 999)).toEqual([])
    expect(await sealedIds(store)).toEqual([due.delivery])
    expect(await sealedIds(store)).toEqual([due.delivery])
    const next = await collect(store, one)
    expect(next.delivery).not.toBe(due.delivery)
    expect(await sealedIds(store, NOON + 5000)).toEqual([due.delivery, later.delivery])
    expect(await sealedIds(store, NOON + 5000, 1)).toEqual([due.delivery])
  })

  it('freezes a batch into a delivery like every other', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await aBatcher(store)
    const {delivery} = await collect(store, webhook)
    await sealedIds(store)
    await store.deliveries.freeze([frozen(delivery)])
    expect(await store.deliveries.find(1, delivery)).toMatchObject({state: 'pending', dueAt: NOON, bodyBytes: 3})
    expect(await store.deliveries.body(delivery)).toEqual(bytesOf('[1]'))
    expect(await dueIds(store)).toEqual([delivery])
    expect(await countsOf(store)).toEqual({pending: 1})
    await store.deliveries.freeze([frozen(delivery, {body: bytesOf('other')})])
    expect(await store.deliveries.body(delivery)).toEqual(bytesOf('[1]'))
  })

  it('keeps batches in their order: none is sealed while an earlier delivery of the webhook is not over', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await aBatcher(store)
    const first = await collect(store, webhook)
    await sealedIds(store)
    const second = await collect(store, webhook)
    await store.deliveries.freeze([frozen(first.delivery)])
    expect(await sealedIds(store, NOON + 5000)).toEqual([])
    const pending = await store.deliveries.find(1, first.delivery)
    await store.deliveries.record([failure(pending!)])
    expect(await sealedIds(store, NOON + 5000)).toEqual([])
    await store.deliveries.record([success(pending!)])
    expect(await sealedIds(store, NOON + 5000)).toEqual([second.delivery])
  })

  it('holds no batch back for replays and tests', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await aBatcher(store)
    for (const trigger of ['replay', 'test'] as const) await withDelivery(store, webhook, {trigger})
    const {delivery} = await collect(store, webhook)
    expect(await sealedIds(store)).toEqual([delivery])
  })

  it.each<[string, Partial<Webhook>, boolean]>([
    ['active', {}, true],
    ['paused', {paused: {reason: 'gone', at: NOON}}, false],
    ['off, which holds', {active: false}, false],
    ['off, looked at when sent', {active: false, policies: somePolicies({batch, offSwitch: 'delivery'})}, true],
  ])('seals batches of a webhook that is %s: %j', async (_, changes, seals) => {
    await using opened = await open()
    const {store} = opened
    const webhook = await aBatcher(store, changes)
    const {delivery} = await collect(store, webhook)
    expect(await sealedIds(store)).toEqual(seals ? [delivery] : [])
    const lifted = {...webhook, active: true, paused: null}
    await store.webhooks.replace(lifted, aHistoryEntry(), {was: webhook})
    expect(await sealedIds(store)).toEqual([delivery])
  })

  it('flushes the batches of one webhook: due now, and how many events', async () => {
    await using opened = await open()
    const {store} = opened
    const [one, two] = [await aBatcher(store), await aBatcher(store)]
    const all = await Promise.all([1, 2, 3, 4].map(() => collect(store, one)))
    await collect(store, two)
    const ids = [...new Set(all.map(({delivery}) => delivery))]
    expect(await store.deliveries.flush(one.id, NOON + 1)).toEqual({deliveryIds: ids, events: 4})
    expect(await sealedIds(store, NOON + 1)).toEqual([ids[0]])
    expect(await store.deliveries.find(1, ids[0] ?? '')).toMatchObject({dueAt: NOON})
    expect(await store.deliveries.flush('wh_unknown', NOON)).toEqual({deliveryIds: [], events: 0})
  })

  it('begins another batch with what comes after a flush', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await aBatcher(store)
    const before = await collect(store, webhook)
    await store.deliveries.flush(webhook.id, NOON)
    const [after, next] = [await collect(store, webhook), await collect(store, webhook)]
    expect(after.delivery).not.toBe(before.delivery)
    expect(next.delivery).toBe(after.delivery)
    expect((await store.deliveries.events(before.delivery, 10)).map(({id}) => id)).toEqual([before.event])
  })

  it('knows when the next batch is to be closed', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await aBatcher(store)
    expect(await store.deliveries.nextDue(NOON)).toBeNull()
    await collect(store, webhook)
    expect(await store.deliveries.nextDue(NOON)).toBe(NOON + 1000)
    expect(await store.deliveries.nextDue(NOON + 1000)).toBeNull()
    await withDelivery(store, webhook, {dueAt: NOON + 7})
    expect(await store.deliveries.nextDue(NOON)).toBe(NOON + 7)
    expect(await store.deliveries.oldestUnfinished(1)).toBe(NOON)
  })

  it('finds the batch and its replays by each of its events, newest first, page by page', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await aBatcher(store)
    const first = await collect(store, webhook)
    const second = await collect(store, webhook)
    await sealedIds(store)
    await store.deliveries.freeze([frozen(first.delivery)])
    const original = await store.deliveries.find(1, first.delivery)
    const replay = {
      ...original!,
      id: 'dlv_replay',
      trigger: 'replay' as const,
      replayOf: first.delivery,
      createdAt: NOON + 9,
    }
    await store.deliveries.add([{delivery: replay, bodyKey: null, bodyOf: first.delivery}], [])
    for (const {event} of [first, second]) {
      const {items} = await store.deliveries.list(1, {eventId: event}, {limit: 10})
      expect(items.map(({id}) => id)).toEqual(['dlv_replay', first.delivery])
      const page = await store.deliveries.list(1, {eventId: event}, {limit: 1})
      const rest = await store.deliveries.list(1, {eventId: event}, {limit: 1, cursor: page.next ?? ''})
      expect([...page.items, ...rest.items].map(({id}) => id)).toEqual(['dlv_replay', first.delivery])
      expect(await store.deliveries.count(1, {eventId: event})).toBe(2)
    }
    expect((await store.deliveries.events('dlv_replay', 10)).map(({id}) => id)).toEqual([first.event, second.event])
  })

  it('cancels open batches with their webhook, and collects nothing more for it', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await aBatcher(store)
    const {delivery} = await collect(store, webhook)
    expect(await store.webhooks.remove(webhook, aHistoryEntry(), NOON + 1)).toBe(1)
    const late = await collect(store, webhook)
    for (const id of [delivery, late.delivery]) {
      expect(await store.deliveries.find(1, id)).toMatchObject({state: 'cancelled', reason: 'webhook_deleted'})
    }
    expect(await sealedIds(store)).toEqual([])
  })

  it('lets no event join a batch that a person cancelled', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await aBatcher(store)
    const first = await collect(store, webhook)
    await store.deliveries.move([aMove(first.delivery, {from: ['collecting'], state: 'cancelled', finishedAt: NOON})])
    expect((await collect(store, webhook)).delivery).not.toBe(first.delivery)
  })

  it('tells what waits for each webhook', async () => {
    await using opened = await open()
    const {store} = opened
    const [batcher, plain, idle] = [await aBatcher(store), await withWebhook(store, off), await withWebhook(store)]
    for (const _ of [1, 2, 3, 4]) await collect(store, batcher, NOON + 1)
    await withDelivery(store, plain, {createdAt: NOON - 3, state: 'held'})
    await withDelivery(store, plain, {createdAt: NOON - 2})
    await withDelivery(store, plain, {createdAt: NOON - 9, state: 'delivered'})
    await withDelivery(store, idle, {state: 'failed'})
    expect(await store.deliveries.queues(1)).toEqual([
      {webhookId: batcher.id, depth: 0, held: 0, batches: 2, collecting: 4, closesAt: NOON + 1, oldestAt: NOON + 1},
      {webhookId: plain.id, depth: 1, held: 1, batches: 0, collecting: 0, closesAt: null, oldestAt: NOON - 3},
    ])
    expect(await store.deliveries.queues(2)).toEqual([])
  })
}
