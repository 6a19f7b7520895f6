import type {Attempt, Delivery} from '../domain/delivery.ts'
import type {DeliveryFilter} from '../domain/filters.ts'
import {latencyBin} from '../domain/latency.ts'
import {
  type AttemptCount,
  HOUR_MS,
  type LatencyCount,
  type Statistics,
  type StatisticsKey,
} from '../domain/statistics.ts'
import type {FeedItem} from '../store/store.ts'
import type {Deps} from './deps.ts'
import {chosen} from './stream.ts'

export interface AttemptQuestion {
  /** Of the deliveries, but for status and class: those are asked of the attempt. Its times are those of `time`. */
  readonly filter: DeliveryFilter
  readonly by: StatisticsKey
  readonly time: {readonly since: number; readonly until: number; readonly stretchMs: number}
}

const PAGE = 200
const KINDS = ['attempt'] as const

/** Clocks of those who wrote may differ by so much. */
const SLACK_MS = 60_000

/** No attempt takes longer: one that began so long after the time asked for was recorded after all that are asked for. */
const LONGEST_MS = 2 * HOUR_MS

/**
 * The same figures as the store keeps, from the attempts themselves: of the deliveries that any filter chooses, as far as
 * they are kept. Walks every attempt of the time asked for, a page at a time.
 */
export async function countAttempts(
  deps: Pick<Deps, 'store'>,
  organizationId: number,
  {filter, by, time}: AttemptQuestion,
): Promise<Statistics> {
  const tallies = tally(by, time.stretchMs)
  const wanted = {...filter, since: undefined, until: undefined}
  for await (const items of attemptPages(deps, organizationId, time)) {
    for (const item of await chosen(deps, organizationId, wanted, items)) tallies.add(item)
  }
  return tallies
}

type AttemptItem = Extract<FeedItem, {kind: 'attempt'}>

/** In the order they were recorded, which is that of their ends. */
async function* attemptPages(
  {store}: Pick<Deps, 'store'>,
  organizationId: number,
  {since, until}: AttemptQuestion['time'],
): AsyncGenerator<readonly AttemptItem[]> {
  let cursor = await store.feedAt({organizationId, kinds: KINDS, instant: Math.max(0, since - SLACK_MS)})
  for (;;) {
    const page = await store.feed({organizationId, cursor, limit: PAGE, kinds: KINDS})
    const items = page.items.filter(item => item.kind === 'attempt')
    yield items.filter(({attempt: {startedAt}}) => startedAt >= since && startedAt < until)
    // A page may be empty where retention took what it told of: only the cursor says that nothing follows.
    if (page.cursor === cursor || items.some(({attempt}) => attempt.startedAt >= until + LONGEST_MS)) return
    cursor = page.cursor
  }
}

const keyOf: Readonly<Record<StatisticsKey, (attempt: Attempt, delivery: Delivery) => AttemptCount['key']>> = {
  webhook: (_, {webhookId}) => webhookId,
  event: (_, {eventType}) => eventType,
  class: ({errorClass}) => errorClass,
  status: ({status}) => status,
}

/** Given up with its last attempt; what was over before is not in this state. */
const isGivenUp = ({number, success}: Attempt, {state, attempts}: Delivery): boolean =>
  state === 'failed' && !success && number === attempts

function tally(by: StatisticsKey, stretchMs: number) {
  const counts = new Map<string, {-readonly [K in keyof AttemptCount]: AttemptCount[K]}>()
  const latencies = new Map<string, {-readonly [K in keyof LatencyCount]: LatencyCount[K]}>()
  return {
    add({attempt, delivery}: AttemptItem) {
      const key = keyOf[by](attempt, delivery)
      const at = attempt.startedAt - (attempt.startedAt % stretchMs)
      const count = entry(counts, `${at} ${key}`, () => ({key, at, attempts: 0, delivered: 0, givenUp: 0}))
      count.attempts++
      if (attempt.errorClass === null) count.delivered++
      if (isGivenUp(attempt, delivery)) count.givenUp++
      if (attempt.status === null) return
      const bin = latencyBin(attempt.durationMs)
      entry(latencies, `${bin} ${key}`, () => ({key, bin, answers: 0})).answers++
    },
    get counts() {
      return [...counts.values()]
    },
    get latencies() {
      return [...latencies.values()]
    },
  }
}

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  const made = map.get(key) ?? make()
  map.set(key, made)
  return made
}
