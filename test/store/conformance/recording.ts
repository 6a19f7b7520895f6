import {expect, it} from 'vitest'
import {aHistoryEntry, anAttempt, NOON} from '../../harness/factories.ts'
import {pruneAll} from './retention.ts'
import {aMove, countsOf, dueIds, failure, type Open, success, withDelivery, withWebhook} from './setting.ts'

export function recording(open: Open): void {
  it('records an attempt with the state that follows from it', async () => {
    await using opened = await open()
    const {store} = opened
    const delivery = await withDelivery(store, await withWebhook(store))
    const failed = failure(delivery)
    await store.deliveries.record([failed])
    const after = {...delivery, attempts: 1, lastStatus: 500, lastErrorClass: 'status', dueAt: NOON + 1000}
    expect(await store.deliveries.find(1, delivery.id)).toEqual(after)
    const done = success(delivery)
    await store.deliveries.record([done])
    expect(await store.deliveries.find(1, delivery.id)).toEqual({
      ...after,
      state: 'delivered',
      attempts: 2,
      lastStatus: 200,
      lastErrorClass: null,
      dueAt: null,
      finishedAt: NOON + 5,
    })
    expect((await store.deliveries.attempts(delivery.id)).map(({id}) => id)).toEqual([
      failed.attempt.id,
      done.attempt.id,
    ])
    expect(await countsOf(store)).toEqual({delivered: 1})
  })

  it('gives an attempt back as it was', async () => {
    await using opened = await open()
    const {store} = opened
    const delivery = await withDelivery(store, await withWebhook(store))
    const attempts = [
      anAttempt({
        deliveryId: delivery.id,
        requestHeaders: [
          ['a', '1'],
          ['a', '2'],
        ],
        responseBody: new Uint8Array([0, 200]),
      }),
      anAttempt({
        deliveryId: delivery.id,
        number: 2,
        status: null,
        errorClass: 'dns',
        error: 'no such host \u001b[31m',
        responseBody: new Uint8Array(),
        responseHeaders: [],
        responseTruncated: true,
        remoteAddress: null,
        durationMs: 0.125,
      }),
    ]
    await store.deliveries.record(attempts.map(attempt => failure(delivery, {attempt})))
    const found = await store.deliveries.attempts(delivery.id)
    expect(found.map(({responseBody}) => [...responseBody])).toEqual([[0, 200], []])
    const withoutBody = (attempt: object) => ({...attempt, responseBody: null})
    expect(found.map(withoutBody)).toEqual(attempts.map(withoutBody))
    expect(await store.deliveries.attempts('dlv_nobody')).toEqual([])
  })

  it.each(['cancelled', 'delivered'] as const)(
    'leaves a delivery %s meanwhile as it is, and still keeps its attempt',
    async state => {
      await using opened = await open()
      const {store} = opened
      const delivery = await withDelivery(store, await withWebhook(store))
      await store.deliveries.move([aMove(delivery.id, {state, reason: null})])
      await store.deliveries.record([failure(delivery)])
      expect(await store.deliveries.find(1, delivery.id)).toMatchObject({state, dueAt: null, attempts: 1})
      expect(await store.deliveries.attempts(delivery.id)).toHaveLength(1)
      expect(await countsOf(store)).toEqual({[state]: 1})
    },
  )

  it('records many outcomes together, and goes past a delivery that is no longer there', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const deliveries = [await withDelivery(store, webhook), await withDelivery(store, webhook)]
    await store.deliveries.record([
      success({...(deliveries[0] as (typeof deliveries)[0]), id: 'dlv_pruned'}),
      ...deliveries.map(delivery => success(delivery)),
    ])
    expect(await countsOf(store)).toEqual({delivered: 2})
  })

  it.each([undefined, 'boot-1'])(
    'an outcome meets its delivery as others have left it since %s fetched it',
    async owner => {
      await using opened = await open()
      const {store} = opened
      const webhook = await withWebhook(store)
      const past = {createdAt: NOON - 1000}
      const cancelled = await withDelivery(store, webhook, past)
      const pruned = await withDelivery(store, webhook, past, {acceptedAt: NOON - 1000})
      const tried = await withDelivery(store, webhook)
      const other = await withDelivery(store, webhook)
      const worker = owner === undefined ? {} : {owner}
      expect(await dueIds(store, worker)).toHaveLength(4)
      await store.deliveries.move([
        aMove(pruned.id, {state: 'skipped', reason: 'inactive', finishedAt: NOON - 1000}),
        aMove(cancelled.id),
      ])
      await store.deliveries.record([failure(tried)], owner)
      await pruneAll(store, 'records')
      expect(await store.deliveries.find(1, pruned.id)).toBeNull()
      await store.deliveries.record(
        [pruned, cancelled, tried, other].map(delivery => success(delivery)),
        owner,
      )
      expect(await store.deliveries.find(1, cancelled.id)).toMatchObject({state: 'cancelled', attempts: 1})
      expect(await store.deliveries.find(1, tried.id)).toMatchObject({state: 'delivered', attempts: 2})
      expect(await countsOf(store)).toEqual({cancelled: 1, delivered: 2})
      const told = await store.feed({organizationId: 1, kinds: ['attempt'], cursor: null, limit: 100})
      expect(told.items).toHaveLength(4)
    },
  )

  it('G3: a 410 pauses the webhook in the same transaction, once', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const entries = [aHistoryEntry(), aHistoryEntry()]
    const outcomes = []
    for (const [index, entry] of entries.entries()) {
      const delivery = await withDelivery(store, webhook)
      const pause = {pause: {reason: 'gone', at: NOON + index} as const, entry}
      outcomes.push(failure(delivery, {state: 'failed', reason: 'gone', dueAt: null, finishedAt: NOON, pause}))
    }
    expect((await store.webhooks.all(1))[0]?.paused).toBeNull()
    await store.deliveries.record(outcomes)
    expect(await store.webhooks.find(1, webhook.id)).toMatchObject({
      paused: {reason: 'gone', at: NOON},
      updatedAt: NOON,
    })
    expect((await store.webhooks.all(1))[0]?.paused).toEqual({reason: 'gone', at: NOON})
    expect(await store.history.find(1, entries[0]?.id ?? '')).toEqual(entries[0])
    expect(await store.history.find(1, entries[1]?.id ?? '')).toBeNull()
  })
}
