import {expect, it} from 'vitest'
import type {Attempt, Delivery} from '../../../src/domain/delivery.ts'
import {latencyBin} from '../../../src/domain/latency.ts'
import {
  DAY_MS,
  HOUR_MS,
  type Statistics,
  type StatisticsFilter,
  type StatisticsKey,
  statisticsKeys,
} from '../../../src/domain/statistics.ts'
import {wants} from '../../../src/domain/subscription.ts'
import {countAttempts} from '../../../src/services/attempt-statistics.ts'
import type {Acceptance, Store} from '../../../src/store/store.ts'
import {randomFrom} from '../../domain/random.ts'
import {aHistoryEntry, anAttempt, NOON} from '../../harness/factories.ts'
import {aMove, anAcceptance, failure, type Open, success, withDelivery, withWebhook} from './setting.ts'

const always = {since: 0, until: NOON + 1000 * DAY_MS}

interface Tried {
  readonly attempt: Attempt
  readonly delivery: Delivery
  readonly isGivenUp: boolean
}

const keys: Record<StatisticsKey, (tried: Tried) => string | number | null> = {
  webhook: ({delivery}) => delivery.webhookId,
  event: ({delivery}) => delivery.eventType,
  class: ({attempt}) => attempt.errorClass,
  status: ({attempt}) => attempt.status,
}

/** The same from a list of all attempts, in the plainest way. */
function naive(all: readonly Tried[], filter: StatisticsFilter, by: StatisticsKey, stretchMs: number): Statistics {
  const {webhookId, eventTypes, triggers, statuses, errorClasses, since, until} = filter
  const found = all.filter(
    ({attempt, delivery}) =>
      attempt.startedAt >= since &&
      attempt.startedAt < until &&
      (webhookId === undefined || delivery.webhookId === webhookId) &&
      (eventTypes === undefined || wants({eventTypes}, delivery.eventType)) &&
      (triggers === undefined || triggers.includes(delivery.trigger)) &&
      (errorClasses === undefined || errorClasses.some(each => each === attempt.errorClass)) &&
      (statuses === undefined ||
        statuses.some(([from, to]) => attempt.status !== null && attempt.status >= from && attempt.status <= to)),
  )
  const grouped = Map.groupBy(found, tried => {
    const {startedAt} = tried.attempt
    return JSON.stringify([keys[by](tried), startedAt - (startedAt % stretchMs)])
  })
  const answered = Map.groupBy(
    found.filter(({attempt}) => attempt.status !== null),
    tried => JSON.stringify([keys[by](tried), latencyBin(tried.attempt.durationMs)]),
  )
  return {
    counts: [...grouped].map(([group, tried]) => ({
      key: JSON.parse(group)[0],
      at: JSON.parse(group)[1],
      attempts: tried.length,
      delivered: tried.filter(({attempt}) => attempt.success).length,
      givenUp: tried.filter(({isGivenUp}) => isGivenUp).length,
    })),
    latencies: [...answered].map(([group, tried]) => ({
      key: JSON.parse(group)[0],
      bin: JSON.parse(group)[1],
      answers: tried.length,
    })),
  }
}

const sorted = ({counts, latencies}: Statistics) => ({
  counts: counts.map(row => JSON.stringify(row)).toSorted(),
  latencies: latencies.map(row => JSON.stringify(row)).toSorted(),
})

const answers = [
  {success: true, status: 200, errorClass: null},
  {success: true, status: 204, errorClass: null},
  {success: false, status: 500, errorClass: 'status'},
  {success: false, status: 301, errorClass: 'redirect'},
  {success: false, status: null, errorClass: 'timeout'},
] as const

const HOURS = [0, 1, 30] as const

interface Told {
  readonly store: Store
  readonly seed: number
  /** Which of HOURS an attempt of a round began in: any of them unless said. */
  readonly turn?: (round: number) => number
}

/** Attempts at a few deliveries each of several webhooks, over days, in any order and many to a commit. */
async function someHistory({store, seed, turn: hourOf}: Told): Promise<Tried[]> {
  const random = randomFrom(seed)
  const webhooks = [await withWebhook(store), await withWebhook(store), await withWebhook(store)]
  const types = ['node.added', 'node.removed', 'group.created']
  const triggers = ['event', 'replay', 'test'] as const
  const all: Tried[] = []
  for (let round = 0; round < 10; round++) {
    const acceptances: Acceptance[] = []
    const outcomes = []
    for (let turn = 0; turn < 30; turn++) {
      const type = types[random(3)] as string
      const webhook = webhooks[random(3)] as (typeof webhooks)[0]
      const acceptance = anAcceptance(webhook, {trigger: triggers[random(3)] ?? 'event'}, {type})
      acceptances.push(acceptance)
      const delivery = acceptance.deliveries[0]?.delivery as Delivery
      const attempt = anAttempt({
        deliveryId: delivery.id,
        startedAt: NOON + (HOURS[hourOf?.(round) ?? random(3)] ?? 0) * HOUR_MS + random(1000),
        durationMs: [0.2, 3, 800][random(3)] ?? 0,
        ...answers[random(answers.length)],
      })
      const isGivenUp = !attempt.success && random(2) === 0
      all.push({attempt, delivery, isGivenUp})
      if (attempt.success) outcomes.push(success(delivery, {attempt}))
      else if (isGivenUp) outcomes.push(failure(delivery, {attempt, state: 'failed', reason: 'no_retry', dueAt: null}))
      else outcomes.push(failure(delivery, {attempt}))
    }
    await store.events.accept(acceptances)
    await store.deliveries.record(outcomes)
  }
  return all
}

const filters: readonly Partial<StatisticsFilter>[] = [
  {},
  {since: NOON + DAY_MS, until: NOON + 2 * DAY_MS},
  {eventTypes: ['node.*']},
  {eventTypes: ['nothing.like.it']},
  {triggers: ['event']},
  {statuses: [[500, 599]]},
  {
    statuses: [
      [500, 599],
      [301, 301],
    ],
  },
  {statuses: [[200, 299]], triggers: ['replay', 'test']},
  {errorClasses: ['timeout']},
  {errorClasses: ['timeout', 'status']},
]

export function statistics(open: Open): void {
  const each = statisticsKeys.join(', ')

  it(`statistics by each of ${each} agree with a count over all attempts`, async () => {
    await using opened = await open()
    const {store} = opened
    const all = await someHistory({store, seed: 11})
    const one = all[0]?.delivery.webhookId
    for (const by of statisticsKeys) {
      for (const changes of [...filters, {webhookId: one}, {webhookId: 'wh_nobody'}]) {
        const filter = {...always, ...changes}
        for (const stretchMs of [HOUR_MS, 6 * HOUR_MS, DAY_MS]) {
          const told = await store.statistics.attempts(1, {filter, by, stretchMs})
          expect([by, sorted(told)]).toEqual([by, sorted(naive(all, filter, by, stretchMs))])
        }
      }
      expect((await store.statistics.attempts(2, {filter: always, by, stretchMs: DAY_MS})).counts).toEqual([])
    }
  })

  it(`what is kept by each of ${each} and what the attempts themselves say are the same figures`, async () => {
    await using opened = await open()
    const {store} = opened
    const all = await someHistory({store, seed: 12, turn: round => Math.floor(round / 4)})
    const delivery = all.find(({attempt}) => attempt.success)?.delivery as Delivery
    const late = anAttempt({deliveryId: delivery.id, number: 2, startedAt: NOON + 31 * HOUR_MS})
    await store.deliveries.record([
      failure(delivery, {attempt: late, state: 'failed', reason: 'exhausted', dueAt: null}),
    ])
    const few = {since: NOON + HOUR_MS, until: NOON + 2 * HOUR_MS}
    for (const by of statisticsKeys) {
      for (const changes of [...filters, few, {webhookId: delivery.webhookId}, {webhookId: 'wh_nobody'}]) {
        const filter = {...always, ...changes}
        for (const stretchMs of [HOUR_MS, DAY_MS]) {
          const time = {since: filter.since, until: filter.until, stretchMs}
          const kept = sorted(await store.statistics.attempts(1, {filter, by, stretchMs}))
          expect([by, filter, sorted(await countAttempts({store}, 1, {filter, by, time}))]).toEqual([by, filter, kept])
        }
      }
      const time = {...always, stretchMs: DAY_MS}
      expect((await countAttempts({store}, 2, {filter: {}, by, time})).counts).toEqual([])
    }
  })

  it('counts an attempt at a delivery that was cancelled meanwhile, and none at one that is gone', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const delivery = await withDelivery(store, webhook)
    await store.deliveries.move([aMove(delivery.id)])
    await store.deliveries.record([
      failure(delivery, {state: 'failed', reason: 'exhausted', dueAt: null}),
      success({...delivery, id: 'dlv_pruned'}),
    ])
    const {counts} = await store.statistics.attempts(1, {filter: always, by: 'webhook', stretchMs: HOUR_MS})
    expect(counts).toEqual([{key: webhook.id, at: NOON, attempts: 1, delivered: 0, givenUp: 0}])
  })

  it('keeps hours for 14 days and days for 400, from the first attempt of a day on', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const tried = async (startedAt: number) => {
      const delivery = await withDelivery(store, webhook)
      await store.deliveries.record([success(delivery, {attempt: anAttempt({deliveryId: delivery.id, startedAt})})])
    }
    const times = async () => {
      const question = {filter: always, by: 'webhook', stretchMs: HOUR_MS} as const
      const {counts} = await store.statistics.attempts(1, question)
      return counts.map(({at, attempts}) => [(at - NOON) / HOUR_MS, attempts])
    }
    for (const at of [NOON, NOON + 1, NOON + 2 * HOUR_MS, NOON + DAY_MS]) await tried(at)
    expect(await times()).toEqual([
      [0, 2],
      [2, 1],
      [24, 1],
    ])
    await tried(NOON + 15 * DAY_MS)
    expect(await times()).toEqual([
      [-12, 3],
      [24, 1],
      [15 * 24, 1],
    ])
    await tried(NOON + 401 * DAY_MS)
    expect(await times()).toEqual([
      [12, 1],
      [15 * 24 - 12, 1],
      [401 * 24, 1],
    ])
  })

  it('a deleted webhook keeps its statistics, a deleted organization does not', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    await store.deliveries.record([success(await withDelivery(store, webhook))])
    await store.webhooks.remove(webhook, aHistoryEntry(), NOON)
    const told = () => store.statistics.attempts(1, {filter: always, by: 'webhook', stretchMs: DAY_MS})
    expect((await told()).counts).toMatchObject([{key: webhook.id, attempts: 1}])
    const organization = await store.organizations.byId(1)
    if (organization !== null) await store.organizations.remove(organization, aHistoryEntry(), NOON)
    expect((await told()).counts).toEqual([])
  })
}
