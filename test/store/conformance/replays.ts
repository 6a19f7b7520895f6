import {expect, it} from 'vitest'
import type {Delivery} from '../../../src/domain/delivery.ts'
import type {Replay} from '../../../src/domain/replay.ts'
import type {Webhook} from '../../../src/domain/webhook.ts'
import type {HandOver, NewReplayItem, Store} from '../../../src/store/store.ts'
import {aDelivery, aHistoryEntry, anEvent, anId, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {
  aMove,
  anAcceptance,
  bytesOf,
  dueIds,
  failure,
  type Open,
  success,
  withDelivery,
  withWebhook,
} from './setting.ts'

const aReplay = (changes: Partial<Replay> = {}): Replay => ({
  id: anId('rpl'),
  organizationId: 1,
  selection: 'failed',
  filter: {webhook: 'ops', type: ['node.*']},
  toUrl: null,
  now: false,
  ratePerSecond: 10,
  state: 'selecting',
  total: 0,
  handedOver: 0,
  refused: 0,
  createdAt: NOON,
  finishedAt: null,
  ...changes,
})

const itemOf = ({id, webhookId, createdAt}: Delivery): NewReplayItem => ({
  webhookId,
  at: createdAt,
  deliveryId: id,
  eventId: null,
})

const over = {state: 'failed', reason: 'exhausted', dueAt: null, finishedAt: NOON} as const

async function failures(store: Store, webhook: Webhook, count: number): Promise<Delivery[]> {
  const made: Delivery[] = []
  for (let index = 0; index < count; index++) {
    const delivery = await withDelivery(store, webhook, {createdAt: NOON - index})
    await store.deliveries.record([failure(delivery, over)])
    made.unshift(delivery)
  }
  return made
}

/** A replay of these, begun. */
async function begun(store: Store, items: readonly NewReplayItem[], changes: Partial<Replay> = {}): Promise<Replay> {
  const replay = aReplay(changes)
  await store.replays.add(replay)
  await store.replays.addItems(replay.id, items)
  return store.replays.begin(replay.id, NOON, aHistoryEntry())
}

const part = (replay: Replay, webhook: Webhook, changes: Partial<HandOver> = {}): HandOver => ({
  replayId: replay.id,
  bootId: 'boot',
  webhookId: webhook.id,
  now: NOON + 1,
  again: [],
  fresh: [],
  bodies: [],
  refused: [],
  ...changes,
})

const drive = (store: Store, bootId = 'boot', now = NOON) => store.replays.drive(bootId, now, now - 15_000)

const found = async (store: Store, {id}: Replay) => (await store.replays.find(1, id)) as Replay

/** What a replay has still to send, is sent once, and is told of. */
export function replays(open: Open): void {
  it('keeps a replay with all that was asked for, and lists the newest first', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const [one] = await failures(store, webhook, 1)
    const first = await begun(store, [itemOf(one!)], {toUrl: 'http://127.0.0.1:9/', ratePerSecond: 0.5, now: true})
    expect(first).toMatchObject({
      state: 'running',
      total: 1,
      toUrl: 'http://127.0.0.1:9/',
      ratePerSecond: 0.5,
      now: true,
    })
    expect(first.filter).toEqual({webhook: 'ops', type: ['node.*']})
    const second = await begun(store, [], {createdAt: NOON + 1, ratePerSecond: null})
    expect(second).toMatchObject({state: 'done', total: 0, finishedAt: NOON, ratePerSecond: null})
    const page = await store.replays.list(1, {limit: 1})
    expect(page.items).toEqual([second])
    expect((await store.replays.list(1, {limit: 1, cursor: page.next ?? ''})).items).toEqual([first])
    expect(await store.replays.find(2, first.id)).toBeNull()
    await store.replays.discard(second.id)
    expect(await store.replays.find(1, second.id)).toBeNull()
  })

  it('D6: what is cancelled while it is still chosen takes nothing more and does not begin', async () => {
    await using opened = await open()
    const {store} = opened
    const [one] = await failures(store, await withWebhook(store), 1)
    const replay = aReplay()
    await store.replays.add(replay)
    const change = {from: ['selecting' as const], to: 'cancelled' as const, now: NOON, entry: null}
    await store.replays.change(replay.id, change)
    const over = {kind: 'conflict', code: 'replay_over'}
    expect(await refusal(store.replays.addItems(replay.id, [itemOf(one!)]))).toMatchObject(over)
    expect(await refusal(store.replays.begin(replay.id, NOON, aHistoryEntry()))).toMatchObject(over)
    expect(await found(store, replay)).toMatchObject({state: 'cancelled', total: 0})
    expect((await store.history.list(1, {}, {limit: 9})).items.filter(({object}) => object.type === 'Replay')).toEqual(
      [],
    )
  })

  it('hands each item over once: frozen body, same event, linked to what it repeats', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const [one, two, three] = await failures(store, webhook, 3)
    const replay = await begun(store, [three!, one!, two!].map(itemOf))
    expect((await drive(store)).map(({id}) => id)).toEqual([replay.id])
    const items = await store.replays.items(replay.id, webhook.id, 2)
    expect(items.map(({deliveryId}) => deliveryId)).toEqual([one?.id, two?.id])
    const again = items.map(({number}, index) => ({number, id: anId('dlv'), dueAt: NOON + 10 + index}))
    expect(await store.deliveries.count(1, {undelivered: true})).toBe(3)
    expect(await store.replays.handOver(part(replay, webhook, {again}))).toBe(true)
    expect(await store.deliveries.count(1, {undelivered: true})).toBe(1)
    expect(
      await store.replays.handOver(part(replay, webhook, {again: again.map(each => ({...each, id: anId('dlv')}))})),
    ).toBe(true)
    expect(await found(store, replay)).toMatchObject({state: 'running', handedOver: 2, refused: 0})
    const made = await store.deliveries.find(1, again[0]?.id ?? '')
    expect(made).toMatchObject({
      eventId: one?.eventId,
      replayOf: one?.id,
      trigger: 'replay',
      state: 'pending',
      dueAt: NOON + 10,
      attempts: 0,
      bodyBytes: one?.bodyBytes,
    })
    expect(await store.deliveries.body(again[0]?.id ?? '')).toEqual(bytesOf('{}'))
    expect(await dueIds(store, {now: NOON + 100})).toEqual(again.map(({id}) => id))
    expect(await store.replays.queues(replay.id, NOON + 10)).toEqual([
      {webhookId: webhook.id, untried: 2, overdue: 1, lastDueAt: NOON + 11},
    ])
    await store.deliveries.record([success(made!)])
    expect(await store.replays.counts(replay.id)).toMatchObject({delivered: 1, pending: 1, untried: 1})
    expect((await store.deliveries.list(1, {replayId: replay.id}, {limit: 10})).items).toHaveLength(2)
    const [last] = await store.replays.items(replay.id, webhook.id, 10)
    await store.replays.handOver(part(replay, webhook, {again: [{number: last!.number, id: anId('dlv'), dueAt: NOON}]}))
    expect(await found(store, replay)).toMatchObject({state: 'done', handedOver: 3, finishedAt: NOON + 1})
    expect(await store.replays.queues(replay.id, NOON)).toEqual([])
    expect(await drive(store)).toEqual([])
  })

  it('is driven by one process at a time, and by the next once that one is silent', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const [one] = await failures(store, webhook, 1)
    const replay = await begun(store, [itemOf(one!)])
    await store.worker.own({bootId: 'boot', pid: 1, host: 'h', since: NOON, heartbeatAt: NOON}, NOON - 1, null)
    expect(await drive(store)).toHaveLength(1)
    expect(await drive(store, 'other')).toEqual([])
    const [item] = await store.replays.items(replay.id, webhook.id, 1)
    const again = [{number: item!.number, id: anId('dlv'), dueAt: NOON}]
    expect(await store.replays.handOver(part(replay, webhook, {again, bootId: 'other'}))).toBe(false)
    expect(await drive(store, 'other', NOON + 16_000)).toHaveLength(1)
    expect(await store.replays.handOver(part(replay, webhook, {again}))).toBe(false)
    expect(await store.replays.handOver(part(replay, webhook, {again, bootId: 'other'}))).toBe(true)
  })

  it('refuses what is not over after all, what is gone, and what is asked to be refused', async () => {
    await using opened = await open()
    const {store} = opened
    const [webhook, gone] = [await withWebhook(store), await withWebhook(store)]
    const [one, two] = await failures(store, webhook, 2)
    const waiting = await withDelivery(store, webhook)
    const [third] = await failures(store, gone, 1)
    const replay = await begun(store, [one!, two!, waiting, third!].map(itemOf))
    await drive(store)
    await store.webhooks.remove(gone, aHistoryEntry(), NOON)
    const items = await store.replays.items(replay.id, webhook.id, 10)
    const again = items.slice(1).map(({number}) => ({number, id: anId('dlv'), dueAt: NOON}))
    await store.replays.handOver(part(replay, webhook, {again, refused: [items[0]!.number]}))
    const [left] = await store.replays.items(replay.id, gone.id, 10)
    await store.replays.handOver(part(replay, gone, {again: [{number: left!.number, id: anId('dlv'), dueAt: NOON}]}))
    expect(await found(store, replay)).toMatchObject({state: 'done', handedOver: 1, refused: 3})
    expect(await store.replays.counts(replay.id)).toMatchObject({pending: 1, cancelled: 0})
  })

  it('with now it also sends again what is still to be retried', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const waiting = await withDelivery(store, webhook)
    const replay = await begun(store, [itemOf(waiting)], {now: true})
    await drive(store)
    const [item] = await store.replays.items(replay.id, webhook.id, 10)
    await store.replays.handOver(part(replay, webhook, {again: [{number: item!.number, id: anId('dlv'), dueAt: NOON}]}))
    expect(await found(store, replay)).toMatchObject({handedOver: 1, refused: 0})
  })

  it('takes what was never rendered with a body of its own', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const event = anEvent()
    await store.events.accept([{event, bodies: [], deliveries: [], history: []}])
    const item = {webhookId: webhook.id, at: NOON, deliveryId: null, eventId: event.id}
    const replay = await begun(store, [item], {selection: 'missing'})
    await drive(store)
    const [{number} = {number: -1}] = await store.replays.items(replay.id, webhook.id, 10)
    const delivery = aDelivery({webhookId: webhook.id, eventId: event.id, trigger: 'replay', dueAt: NOON})
    const fresh = [{number, deliveries: [{delivery, bodyKey: 'k'}]}]
    await store.replays.handOver(part(replay, webhook, {fresh, bodies: [{key: 'k', bytes: bytesOf('[1]')}]}))
    expect(await store.deliveries.body(delivery.id)).toEqual(bytesOf('[1]'))
    expect(await store.replays.counts(replay.id)).toMatchObject({pending: 1, untried: 1})
    expect(await found(store, replay)).toMatchObject({state: 'done', handedOver: 1})
  })

  it('paused it hands nothing over; cancelled it forgets what waits and cancels what is not over', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const replay = await begun(store, (await failures(store, webhook, 3)).map(itemOf))
    await drive(store)
    const items = await store.replays.items(replay.id, webhook.id, 3)
    const again = items.slice(0, 2).map(({number}) => ({number, id: anId('dlv'), dueAt: NOON}))
    await store.replays.handOver(part(replay, webhook, {again}))
    const pause = {from: ['running'], to: 'paused', now: NOON, entry: aHistoryEntry()} as const
    expect(await store.replays.change(replay.id, pause)).toEqual({changed: true, more: false})
    expect(await store.replays.change(replay.id, pause)).toEqual({changed: false, more: false})
    expect(await drive(store)).toEqual([])
    expect(await store.replays.handOver(part(replay, webhook, {refused: [items[2]!.number]}))).toBe(false)
    await store.deliveries.record([success((await store.deliveries.find(1, again[0]!.id))!)])
    const cancel = {from: ['paused'], to: 'cancelled', now: NOON + 5, entry: null} as const
    expect(await store.replays.change(replay.id, cancel)).toEqual({changed: true, more: false})
    expect(await found(store, replay)).toMatchObject({state: 'cancelled', finishedAt: NOON + 5})
    expect(await store.replays.counts(replay.id)).toMatchObject({delivered: 1, cancelled: 1, pending: 0})
    expect(await store.replays.queues(replay.id, NOON)).toEqual([])
  })

  it('knows which deliveries webhooks have of events, in batches too', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const skipped = await withDelivery(store, webhook)
    await store.deliveries.move([aMove(skipped.id, {state: 'skipped', reason: 'inactive'})])
    const batch = {everyMs: 1000, maxEvents: 9}
    const joined = [anAcceptance(webhook, {state: 'collecting'}), anAcceptance(webhook, {state: 'collecting'})]
    for (const {event, deliveries} of joined) {
      const collecting = deliveries.map(({delivery}) => ({delivery, bodyKey: null, batch}))
      await store.events.accept([{event, bodies: [], history: [], deliveries: collecting}])
    }
    const ids = [skipped.eventId, ...joined.map(({event}) => event.id), 'evt_nobody']
    const all = await store.deliveries.ofEvents(ids)
    const first = joined[0]?.deliveries[0]?.delivery.id
    expect(all.map(({eventId, id, state}) => [eventId, id, state]).toSorted()).toEqual(
      [
        [skipped.eventId, skipped.id, 'skipped'],
        [joined[0]?.event.id, first, 'collecting'],
        [joined[1]?.event.id, first, 'collecting'],
      ].toSorted(),
    )
  })
}
