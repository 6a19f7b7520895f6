import {describe, expect, it} from 'vitest'
import {invoke} from '../../src/services/invoke.ts'
import {noticesOf} from '../../src/services/notices.ts'
import {aHistoryEntry, anId, somePolicies} from '../harness/factories.ts'
import {aCaller} from '../harness/product.ts'
import {answers, type Receiver} from '../harness/receiver.ts'
import {aWorkshop, type Workshop} from './workshop.ts'

/** How webhooks are doing, and what operators are told: by ordinary events, to an ordinary webhook. */

const HOUR = 3_600_000
const DAY = 24 * HOUR
const hourly = {kind: 'exponential', baseMs: HOUR, factor: 1, capMs: HOUR, attempts: 1000, jitter: 0} as const

interface Told {
  readonly type: string
  readonly data: Record<string, unknown> & {readonly object: {readonly type: string; readonly id: string}}
}

const told = ({requests}: Receiver): Told[] => requests.map(({body}) => JSON.parse(body.toString()))
const typesOf = (receiver: Receiver) => told(receiver).map(({type}) => type.replace('hookctl.', ''))

/** A receiver of an on-call channel, with a webhook that subscribes to everything of hookctl's own. */
async function onCall(shop: Workshop, name = 'on-call') {
  const receiver = await shop.receiver()
  const webhook = await shop.webhook({
    name,
    url: receiver.url,
    platform: 'standard@1',
    eventTypes: [
      'hookctl.*.failing',
      'hookctl.*.paused',
      'hookctl.*.recovered',
      'hookctl.*.exhausted',
      'hookctl.*.stopped',
    ],
  })
  return {receiver, webhook}
}

async function started(shop: Workshop, options: Parameters<Workshop['worker']>[0] = {}) {
  const worker = shop.worker(options)
  await worker.start()
  await worker.drained()
  return worker
}

/** Passes time in steps, so that every retry comes at its time. */
async function pass(shop: Workshop, worker: Awaited<ReturnType<typeof started>>, ms: number, step = HOUR) {
  for (let passed = 0; passed < ms; passed += step) await shop.pass(worker, step)
}

const enable = (shop: Workshop, webhook: string) =>
  invoke(shop.deps, 'webhook.enable', {organization: 'default', webhook}, aCaller())

describe('a webhook without a success', () => {
  it('G3: is told of at 50, 70, 90 and 100 % of five days, each once, then paused: all it is owed is held, and sent when it is resumed', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.otherwise(answers.status(500))
    const {receiver: pager} = await onCall(shop)
    const webhook = await shop.webhook({name: 'cmdb', url: receiver.url, policies: somePolicies({retry: hourly})})
    const [failing] = await shop.owe(webhook)
    const worker = await started(shop)
    await pass(shop, worker, 5 * DAY - HOUR)
    expect(typesOf(pager)).toEqual(['webhook.failing', 'webhook.failing', 'webhook.failing'])
    expect(told(pager).map(({data}) => data.percent)).toEqual([50, 70, 90])
    expect((await shop.store.webhooks.find(1, webhook.id))!.paused).toBeNull()

    const later = await shop.owe(webhook, 1000, {dueAt: shop.clock.now + 30 * DAY, createdAt: shop.clock.now})
    // The clock of the test stands still while a request is on its way; the first failure may have taken longer.
    await pass(shop, worker, 2 * HOUR)
    await worker.drained()
    expect((await shop.store.webhooks.find(1, webhook.id))!.paused).toMatchObject({reason: 'failing'})
    expect(typesOf(pager).slice(3).sort()).toEqual(['webhook.failing', 'webhook.paused'])
    const paused = told(pager).find(({type}) => type === 'hookctl.webhook.paused')!
    expect(paused.data).toMatchObject({object: {type: 'Webhook', id: webhook.id, name: 'cmdb'}, reason: 'failing'})
    expect(await shop.store.deliveries.counts(1, webhook.id)).toMatchObject({held: 1001, pending: 0, failed: 0})

    const {length} = receiver.requests
    await pass(shop, worker, DAY)
    expect(receiver.requests).toHaveLength(length)
    receiver.otherwise(answers.status(204))
    expect((await enable(shop, 'cmdb')).resumed).toBe(1001)
    await worker.drained()
    expect(await shop.store.deliveries.counts(1, webhook.id)).toMatchObject({held: 0, delivered: 1001})
    for (const {id} of [failing!, ...later]) expect((await shop.delivery(id)).state).toBe('delivered')
    expect(typesOf(pager).slice(5)).toEqual(['webhook.recovered'])
  }, 60_000)

  it('G3 PRO-03: is never paused where the same is sent until it succeeds, by the time no more than by 410; it is told all the same', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.otherwise(answers.status(500))
    const {receiver: pager} = await onCall(shop)
    const retry = {kind: 'until-success', everyMs: 6 * HOUR} as const
    const webhook = await shop.webhook({url: receiver.url, policies: somePolicies({retry, pauseAfterMs: null})})
    await shop.owe(webhook)
    const worker = await started(shop)
    await pass(shop, worker, 6 * DAY, 6 * HOUR)
    receiver.next(answers.status(410))
    await pass(shop, worker, 6 * HOUR, 6 * HOUR)
    expect((await shop.store.webhooks.find(1, webhook.id))!.paused).toBeNull()
    expect(told(pager).map(({data}) => [data.percent, data.pausesAt])).toEqual([50, 70, 90, 100].map(at => [at, null]))
    expect(receiver.requests.length).toBeGreaterThan(24)
  })

  it('G3: delivers again: that is told once, to who was told of the trouble', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.otherwise(answers.status(500))
    const {receiver: pager} = await onCall(shop)
    const webhook = await shop.webhook({url: receiver.url, policies: somePolicies({retry: hourly})})
    await shop.owe(webhook)
    const worker = await started(shop)
    await pass(shop, worker, 3 * DAY)
    receiver.otherwise(answers.status(204))
    await pass(shop, worker, HOUR)
    await shop.owe(webhook, 3)
    await worker.drained()
    expect(typesOf(pager)).toEqual(['webhook.failing', 'webhook.recovered'])
    expect((await shop.store.webhooks.health([webhook.id])).get(webhook.id)).toMatchObject({failures: 0, down: false})
  })

  it('G3: a 410 is told as a pause, with its reason', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.otherwise(answers.status(410))
    const {receiver: pager} = await onCall(shop)
    const webhook = await shop.webhook({url: receiver.url})
    await shop.owe(webhook)
    await started(shop)
    expect(typesOf(pager).sort()).toEqual(['delivery.exhausted', 'webhook.paused'])
    const paused = told(pager).find(({type}) => type === 'hookctl.webhook.paused')!
    expect(paused.data).toMatchObject({reason: 'gone', failures: 1, lastSuccessAt: null})
  })
})

describe('a delivery that is given up', () => {
  it('is told to the others with what went wrong; one that a person asked for is not', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.otherwise(answers.status(503))
    const {receiver: pager} = await onCall(shop)
    const webhook = await shop.webhook({name: 'cmdb', url: receiver.url})
    const [owed] = await shop.owe(webhook)
    const worker = await started(shop)
    await shop.pass(worker, 1000)
    expect(typesOf(pager)).toEqual([])
    await shop.pass(worker, 2000)
    await worker.drained()
    expect(told(pager)).toMatchObject([
      {
        type: 'hookctl.delivery.exhausted',
        data: {
          object: {type: 'WebhookDelivery', id: owed!.id},
          webhook: {id: webhook.id, name: 'cmdb'},
          event: {id: owed!.eventId, type: 'node.added'},
          reason: 'exhausted',
          attempts: 3,
          status: 503,
          error: 'the receiver answered 503',
        },
      },
    ])
    const replay = {...owed!, id: anId('dlv'), trigger: 'replay', replayOf: owed!.id, dueAt: shop.clock.now} as const
    await shop.store.deliveries.add([{delivery: replay, bodyKey: null, bodyOf: owed!.id}], [])
    await worker.drained()
    for (const ms of [1000, 2000]) await shop.pass(worker, ms)
    expect(await shop.delivery(replay.id)).toMatchObject({state: 'failed', reason: 'exhausted'})
    expect(typesOf(pager)).toEqual(['delivery.exhausted'])
  })
})

describe('on-call webhooks that fail themselves', () => {
  it('are told of each other, and everything comes to rest (G3)', async () => {
    await using shop = await aWorkshop()
    const channels = [await onCall(shop, 'one'), await onCall(shop, 'two')]
    for (const {receiver} of channels) receiver.otherwise(answers.status(500))
    const policies = somePolicies({pauseAfterMs: null, retry: {kind: 'list', delaysMs: [10_000, 10_000]}})
    const receiver = await shop.receiver()
    receiver.otherwise(answers.status(500))
    const dead = await shop.webhook({url: receiver.url, policies})
    await shop.owe(dead, 10)
    const worker = await started(shop)
    await pass(shop, worker, 30 * DAY, 6 * HOUR)
    const requests = channels.map(({receiver}) => receiver.requests.length)
    await pass(shop, worker, 30 * DAY, 6 * HOUR)
    expect(channels.map(({receiver}) => receiver.requests.length)).toEqual(requests)
    const {items} = await shop.store.events.list(1, {}, {limit: 1000})
    const own = items.filter(({source}) => source === 'hookctl')
    // None of itself, none of a delivery of hookctl's own events, and each further from what began it.
    expect(own.map(({type}) => type)).toContain('hookctl.delivery.exhausted')
    for (const {type, data} of channels.flatMap(({receiver}) => told(receiver))) {
      if (type === 'hookctl.delivery.exhausted') expect((data.event as {type: string}).type).toBe('node.added')
    }
    expect(own.length).toBeLessThan(40)
    expect(Math.max(...own.map(({hops = 0}) => hops))).toBeLessThanOrEqual(3)
  })

  it('are told nothing of themselves, however long they fail (G3)', async () => {
    await using shop = await aWorkshop()
    const {receiver, webhook} = await onCall(shop)
    receiver.otherwise(answers.status(500))
    await shop.store.webhooks.replace({...webhook, policies: somePolicies({retry: hourly})}, aHistoryEntry(), {
      was: webhook,
    })
    await shop.owe(webhook)
    const worker = await started(shop)
    await pass(shop, worker, 5 * DAY + 2 * HOUR)
    expect((await shop.store.webhooks.find(1, webhook.id))!.paused).toMatchObject({reason: 'failing'})
    expect((await shop.store.events.list(1, {}, {limit: 10})).items.filter(({source}) => source === 'hookctl')).toEqual(
      [],
    )
  })

  it('lead to nothing more after three steps (G3)', async () => {
    await using shop = await aWorkshop()
    await onCall(shop)
    const seen = (hops: number) => ({
      kind: 'webhook.failing' as const,
      organizationId: 1,
      object: {type: 'Webhook', id: 'wh_1', name: 'x'},
      said: {},
      hops,
    })
    const hops = await Promise.all(
      [0, 1, 2, 3].map(async each => (await noticesOf(shop.deps, seen(each)))[0]?.event.hops),
    )
    expect(hops).toEqual([1, 2, 3, undefined])
  })
})

describe('a worker that stops', () => {
  it('says so before it does, and the event is on its way before it has ended', async () => {
    await using shop = await aWorkshop()
    const {receiver: pager} = await onCall(shop)
    const worker = await started(shop, {tellsItsEnd: true})
    await worker.stop({graceMs: 5000})
    expect(told(pager)).toMatchObject([
      {type: 'hookctl.worker.stopped', data: {reason: 'stopped', pid: process.pid, host: 'test-host'}},
    ])
    expect(await shop.store.deliveries.counts(1)).toMatchObject({delivered: 1, pending: 0})
  })

  it('says nothing where it sends only as long as a command waits', async () => {
    await using shop = await aWorkshop()
    const {receiver: pager} = await onCall(shop)
    const worker = await started(shop)
    await worker.stop({graceMs: 5000})
    await started(shop)
    expect(typesOf(pager)).toEqual([])
  })

  it.each([
    ['killed', 'test-host', 0, 'died'],
    ['silent', 'elsewhere', 16_000, 'silent'],
  ])('%s is told by the next one that starts, once', async (bootId, host, silentMs, reason) => {
    await using shop = await aWorkshop()
    const {receiver: pager} = await onCall(shop)
    const heartbeatAt = shop.clock.now - silentMs
    await shop.store.worker.own({bootId, pid: 999_999, host, since: 1, heartbeatAt}, 0, null)
    const worker = await started(shop, {isAlive: () => false})
    expect(told(pager)).toMatchObject([{type: 'hookctl.worker.stopped', data: {reason, host, pid: 999_999}}])
    await worker.stop({graceMs: 0})
    await started(shop)
    expect(typesOf(pager)).toEqual(['worker.stopped'])
  })
})
