import {expect, it} from 'vitest'
import type {JsonText} from '../../../src/domain/json.ts'
import type {Acceptance} from '../../../src/store/store.ts'
import {aDelivery, aHistoryEntry, anEvent, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {anAcceptance, bytesOf, countsOf, type Open, withDelivery, withWebhook} from './setting.ts'

/** An event with a key, that nobody wants. */
const keyed = (idempotencyKey: string, changes: Partial<Acceptance['event']> = {}): Acceptance => ({
  event: anEvent({idempotencyKey, ...changes}),
  bodies: [],
  deliveries: [],
  history: [],
})

export function accepting(open: Open): void {
  it('keeps an event as it was said, number by number', async () => {
    await using opened = await open()
    const event = anEvent({
      contextId: 'ctx',
      occurredAtMicros: 1_999_999_999_999_999,
      actor: {kind: 'token', name: null, email: null, id: 'tok'},
      object: null,
      data: '{"a":1.0,"b":12345678901234567890,"c":"\\ud800"}' as JsonText,
      before: '{}' as JsonText,
      after: 'null' as JsonText,
      extra: '{"request":{}}' as JsonText,
      idempotencyKey: 'k',
    })
    await opened.store.events.accept([{event, bodies: [], deliveries: [], history: []}])
    expect(await opened.store.events.find(1, event.id)).toEqual(event)
    expect(await opened.store.events.find(2, event.id)).toBeNull()
  })

  it('writes event, deliveries, bodies and history together', async () => {
    await using opened = await open()
    const {store} = opened
    const [first, second] = [await withWebhook(store), await withWebhook(store)]
    const event = anEvent()
    const a = aDelivery({webhookId: first.id, eventId: event.id})
    const b = aDelivery({webhookId: second.id, eventId: event.id})
    const skipped = aDelivery({
      ...b,
      id: 'dlv_skipped',
      state: 'skipped',
      reason: 'condition',
      dueAt: null,
      bodyBytes: null,
    })
    const entry = aHistoryEntry({eventId: event.id})
    const answers = await store.events.accept([
      {
        event,
        bodies: [{key: 'shared', bytes: new Uint8Array([0, 255, 13, 10])}],
        deliveries: [
          {delivery: a, bodyKey: 'shared'},
          {delivery: b, bodyKey: 'shared'},
          {delivery: skipped, bodyKey: null},
        ],
        history: [entry],
      },
    ])
    expect(answers).toEqual([{eventId: event.id, duplicate: false, conflict: false}])
    expect(await store.deliveries.find(1, a.id)).toEqual(a)
    expect(await store.deliveries.find(1, skipped.id)).toEqual(skipped)
    expect(await store.deliveries.find(2, a.id)).toBeNull()
    for (const delivery of [a, b]) {
      expect([...((await store.deliveries.body(delivery.id)) ?? [])]).toEqual([0, 255, 13, 10])
    }
    expect(await store.deliveries.body(skipped.id)).toBeNull()
    expect(await store.deliveries.body('dlv_nobody')).toBeNull()
    expect(await store.history.find(1, entry.id)).toEqual(entry)
    expect(await countsOf(store)).toEqual({pending: 2, skipped: 1})
  })

  it('B1: gives back exactly the bytes of a body, whatever they are', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    // A view in the middle of a larger buffer, as every Buffer of Node is; and nothing at all.
    const bodies = [
      Uint8Array.from({length: 600}, (_, n) => n % 256).subarray(17, 401),
      new Uint8Array(),
      bytesOf('\ufeff{"ä":1}\r\n'),
    ]
    for (const bytes of bodies) {
      const acceptance = anAcceptance(webhook)
      await store.events.accept([{...acceptance, bodies: [{key: 'b', bytes}]}])
      const found = await store.deliveries.body(acceptance.deliveries[0]?.delivery.id ?? '')
      expect(Buffer.from(found ?? []).toString('hex')).toBe(Buffer.from(bytes).toString('hex'))
    }
  })

  it('F5: takes an idempotency key once, and says so the second time', async () => {
    await using opened = await open()
    const {events} = opened.store
    const first = keyed('order-1')
    await events.accept([first])
    const again = keyed('order-1', {acceptedAt: NOON + 5, occurredAtMicros: 1, requestId: 'other', source: 'cli'})
    expect(await events.accept([again])).toEqual([{eventId: first.event.id, duplicate: true, conflict: false}])
    expect(await events.find(1, again.event.id)).toBeNull()
    expect(await events.idByKey(1, 'order-1')).toBe(first.event.id)
    expect([await events.idByKey(2, 'order-1'), await events.idByKey(1, 'order')]).toEqual([null, null])
    const other = keyed('order-1', {organizationId: 2})
    expect(await events.accept([other])).toEqual([{eventId: other.event.id, duplicate: false, conflict: false}])
  })

  it('F5: refuses an idempotency key with other content, and then writes nothing of the call', async () => {
    await using opened = await open()
    const {events} = opened.store
    const first = keyed('order-1')
    await events.accept([first])
    const differences: Partial<Acceptance['event']>[] = [
      {type: 'node.removed'},
      {data: '{}' as JsonText},
      {before: '{}' as JsonText},
      {after: '{}' as JsonText},
      {extra: '{}' as JsonText},
      {contextId: 'ctx'},
      {object: null},
      {actor: {kind: 'user', name: 'berta'}},
    ]
    for (const difference of differences) {
      const fresh = keyed(`fresh ${JSON.stringify(difference)}`)
      const answers = await events.accept([fresh, keyed('order-1', difference)])
      expect(answers[1]).toEqual({eventId: first.event.id, duplicate: false, conflict: true})
      expect(await events.find(1, fresh.event.id)).toBeNull()
    }
  })

  it('F5: sees keys that come twice in one call and in calls at the same time', async () => {
    await using opened = await open()
    const {events} = opened.store
    const [a, b] = [keyed('k'), keyed('k')]
    expect(await events.accept([a, b])).toEqual([
      {eventId: a.event.id, duplicate: false, conflict: false},
      {eventId: a.event.id, duplicate: true, conflict: false},
    ])
    const [c, d] = [keyed('l'), keyed('l', {data: '1' as JsonText})]
    expect((await events.accept([c, d])).map(({conflict}) => conflict)).toEqual([false, true])
    expect(await events.find(1, c.event.id)).toBeNull()

    const crowd = Array.from({length: 200}, () => keyed('m'))
    const answers = (await Promise.all(crowd.map(one => events.accept([one])))).flat()
    expect(answers.filter(({duplicate}) => !duplicate)).toHaveLength(1)
    expect(new Set(answers.map(({eventId}) => eventId)).size).toBe(1)
  })

  it('does not let an acceptance that cannot be written fail its neighbours', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const taken = anAcceptance(webhook)
    await store.events.accept([taken])
    const good = [anAcceptance(webhook), anAcceptance(webhook)]
    const outcomes = await Promise.allSettled([
      store.events.accept([good[0] as Acceptance]),
      store.events.accept([anAcceptance(webhook), taken]),
      store.events.accept([good[1] as Acceptance]),
    ])
    expect(outcomes.map(({status}) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    for (const {event} of good) expect(await store.events.find(1, event.id)).toEqual(event)
    expect(await countsOf(store)).toEqual({pending: 3})
  })

  it('takes ten thousand events in one call, all or none', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const many = Array.from({length: 10_000}, () => anAcceptance(webhook))
    await refusal(store.events.accept([...many, many[0] as Acceptance]))
    expect(await countsOf(store)).toEqual({})
    expect(await store.events.accept(many)).toHaveLength(10_000)
    expect(await countsOf(store)).toEqual({pending: 10_000})
  })

  it('accepts nothing as nothing', async () => {
    await using opened = await open()
    expect(await opened.store.events.accept([])).toEqual([])
  })

  it('adds replays that borrow the body of the delivery they repeat, and tests with a body of their own', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const original = await withDelivery(store, webhook, {state: 'failed'})
    const {webhookId, eventId} = original
    const replay = aDelivery({
      webhookId,
      eventId,
      trigger: 'replay',
      replayOf: original.id,
      toUrl: 'http://127.0.0.1:1/',
    })
    const test = aDelivery({webhookId, eventId, trigger: 'test', bodyBytes: 4})
    await store.deliveries.add(
      [
        {delivery: replay, bodyKey: null, bodyOf: original.id},
        {delivery: test, bodyKey: 'own', bodyOf: null},
      ],
      [{key: 'own', bytes: bytesOf('test')}],
    )
    expect(await store.deliveries.find(1, replay.id)).toEqual(replay)
    expect(await store.deliveries.find(1, test.id)).toEqual(test)
    expect(Buffer.from((await store.deliveries.body(replay.id)) ?? []).toString()).toBe('{}')
    expect(Buffer.from((await store.deliveries.body(test.id)) ?? []).toString()).toBe('test')
    expect(await countsOf(store)).toEqual({failed: 1, pending: 2})
  })

  it('refuses a replay of what is not there, whole', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const {eventId} = await withDelivery(store, webhook)
    const good = aDelivery({webhookId: webhook.id, eventId})
    const add = (delivery: typeof good, bodyOf: string | null) =>
      store.deliveries.add(
        [
          {delivery: good, bodyKey: null, bodyOf: null},
          {delivery, bodyKey: null, bodyOf},
        ],
        [],
      )
    expect(await refusal(add(aDelivery({webhookId: webhook.id, eventId}), 'dlv_nobody'))).toMatchObject({
      code: 'delivery_not_found',
    })
    expect(await refusal(add(aDelivery({webhookId: webhook.id}), null))).toMatchObject({code: 'event_not_found'})
    expect(await store.deliveries.find(1, good.id)).toBeNull()
  })
}
