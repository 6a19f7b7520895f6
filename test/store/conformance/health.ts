import {expect, it} from 'vitest'
import {untried} from '../../../src/domain/health.ts'
import type {Webhook} from '../../../src/domain/webhook.ts'
import type {Recorded, Store} from '../../../src/store/store.ts'
import {aHistoryEntry, anAttempt, NOON} from '../../harness/factories.ts'
import {anAcceptance, failure, type Open, success, withDelivery, withWebhook} from './setting.ts'

/** Attempts that end at these times, failures but for the last where `well`. */
async function attempts(store: Store, webhook: Webhook, times: readonly number[], well = false) {
  const delivery = await withDelivery(store, webhook)
  const outcomes = times.map((startedAt, index): Recorded => {
    const outcome = well && index === times.length - 1 ? success(delivery) : failure(delivery)
    return {...outcome, attempt: {...outcome.attempt, startedAt, durationMs: 0}}
  })
  return store.deliveries.record(outcomes)
}

const healthOf = async (store: Store, {id}: Webhook) => (await store.webhooks.health([id])).get(id)

const was = {told: 0, down: false}

export function health(open: Open): void {
  it('G3: keeps how a webhook is doing in the transaction of its outcomes, and answers which of them fail', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    expect(await healthOf(store, webhook)).toBeUndefined()
    const failing = {...untried, failingSince: NOON, failures: 2, lastFailureAt: NOON + 1000}
    expect(await attempts(store, webhook, [NOON, NOON + 1000])).toEqual([
      {...failing, webhookId: webhook.id, organizationId: 1},
    ])
    expect(await healthOf(store, webhook)).toEqual(failing)
    // Nobody was told of anything: nothing is to be taken back.
    expect(await attempts(store, webhook, [NOON + 2000], true)).toEqual([])
    expect(await healthOf(store, webhook)).toEqual({
      ...untried,
      lastFailureAt: NOON + 1000,
      lastSuccessAt: NOON + 2000,
    })
  })

  it('G3: says that something was told once, however many ask', async () => {
    await using opened = await open()
    const {store} = opened
    const [webhook, listener] = [await withWebhook(store), await withWebhook(store)]
    await attempts(store, webhook, [NOON])
    const raised = [anAcceptance(listener)]
    const note = {webhookId: webhook.id, was, now: {told: 50, down: true}, pause: null, raised}
    const told = await Promise.all([store.webhooks.tellHealth(note), store.webhooks.tellHealth({...note, raised: []})])
    expect(told).toEqual([true, false])
    expect(await healthOf(store, webhook)).toMatchObject({failures: 1, told: 50, down: true})
    expect(await store.events.find(1, raised[0]!.event.id)).not.toBeNull()
    expect(await attempts(store, webhook, [NOON + 1], true)).toMatchObject([{failures: 0, told: 0, down: true}])
  })

  it('G3: pauses a webhook with what is told, and begins a new run when the pause is lifted', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    await attempts(store, webhook, [NOON, NOON + 1])
    const pause = {pause: {reason: 'failing', at: NOON} as const, entry: aHistoryEntry()}
    await store.webhooks.tellHealth({webhookId: webhook.id, was, now: {told: 100, down: true}, pause, raised: []})
    const paused = await store.webhooks.find(1, webhook.id)
    expect(paused?.paused).toEqual(pause.pause)
    expect(await store.history.find(1, pause.entry.id)).toEqual(pause.entry)
    const still = {...paused!, description: 'still paused'}
    await store.webhooks.replace(still, aHistoryEntry(), {was: paused!})
    expect(await healthOf(store, webhook)).toMatchObject({failures: 2, told: 100})
    await store.webhooks.replace(webhook, aHistoryEntry(), {was: still})
    expect(await healthOf(store, webhook)).toMatchObject({failingSince: null, failures: 0, told: 0, down: true})
  })

  it('G3: a pause with an outcome stands in the health too; of a deleted webhook nothing is told', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const delivery = await withDelivery(store, webhook)
    const pause = {pause: {reason: 'gone', at: NOON} as const, entry: aHistoryEntry()}
    await store.deliveries.record([failure(delivery, {pause})])
    expect(await healthOf(store, webhook)).toMatchObject({failures: 1, told: 100, down: true})
    await store.webhooks.remove({...webhook, paused: pause.pause}, aHistoryEntry(), NOON)
    expect(await healthOf(store, webhook)).toBeUndefined()
    const note = {webhookId: webhook.id, was: {told: 100, down: true}, now: was, pause: null, raised: []}
    expect(await store.webhooks.tellHealth(note)).toBe(false)
  })

  it('writes the events that an outcome raises, but not where it no longer changes its delivery', async () => {
    await using opened = await open()
    const {store} = opened
    const [webhook, listener] = [await withWebhook(store), await withWebhook(store)]
    const [given, late] = [anAcceptance(listener), anAcceptance(listener)]
    const delivery = await withDelivery(store, webhook)
    const over = {state: 'failed', reason: 'exhausted', dueAt: null, finishedAt: NOON} as const
    await store.deliveries.record([failure(delivery, {...over, raised: [given]}), success(delivery)])
    await store.deliveries.record([failure(delivery, {attempt: anAttempt({deliveryId: delivery.id}), raised: [late]})])
    expect(await store.events.find(1, given.event.id)).not.toBeNull()
    expect(await store.events.find(1, late.event.id)).toBeNull()
  })
}
