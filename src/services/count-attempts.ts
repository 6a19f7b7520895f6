import type {Delivery} from '../domain/delivery.ts'
import type {DeliveryFilter} from '../domain/filters.ts'
import {latencyBin} from '../domain/latency.ts'
import type {Organization} from '../domain/organization.ts'
import type {AttemptCount, LatencyCount, Statistics, StatisticsFilter, StatisticsKey} from '../domain/statistics.ts'
import type {AttemptOutcome} from '../store/store.ts'
import type {Deps} from './deps.ts'

export interface CountQuestion {
  /** Whose attempts; whatever their time. */
  readonly deliveries: DeliveryFilter
  readonly attempts: Pick<StatisticsFilter, 'status' | 'errorClass' | 'since' | 'until'>
  readonly by: StatisticsKey
  readonly stretchMs: number
}

type Key = AttemptCount['key']

/** So many deliveries are in memory at once. */
const PAGE = 1000

/**
 * What the store's kept counts would say, counted from the attempts of the deliveries that match, a page at a time: for
 * filters that no counts are kept by. Costs what there is of such deliveries.
 */
export async function countAttempts(
  {store}: Pick<Deps, 'store'>,
  organization: Organization,
  {deliveries, attempts: wanted, by, stretchMs}: CountQuestion,
): Promise<Statistics> {
  const counts = new Map<string, AttemptCount>()
  const latencies = new Map<string, LatencyCount>()
  let cursor: string | undefined
  do {
    const page = await store.deliveries.list(organization.id, deliveries, {limit: PAGE, cursor})
    const found = new Map(page.items.map(delivery => [delivery.id, delivery]))
    for (const attempt of await store.deliveries.outcomes([...found.keys()])) {
      if (!isWanted(attempt, wanted)) continue
      const delivery = found.get(attempt.deliveryId) as Delivery
      const key = keyOf[by](delivery, attempt)
      addAttempt(counts, {key, at: attempt.startedAt - (attempt.startedAt % stretchMs)}, delivery, attempt)
      if (attempt.status !== null) addAnswer(latencies, key, latencyBin(attempt.durationMs))
    }
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return {counts: [...counts.values()], latencies: [...latencies.values()]}
}

const isWanted = (
  {startedAt, status, errorClass}: AttemptOutcome,
  {since, until, status: range, errorClass: wantedClass}: CountQuestion['attempts'],
): boolean =>
  startedAt >= since &&
  startedAt < until &&
  (range === undefined || (status !== null && status >= range[0] && status <= range[1])) &&
  (wantedClass === undefined || errorClass === wantedClass)

const keyOf: Readonly<Record<StatisticsKey, (delivery: Delivery, attempt: AttemptOutcome) => Key>> = {
  webhook: ({webhookId}) => webhookId,
  event: ({eventType}) => eventType,
  class: (_, {errorClass}) => errorClass,
  status: (_, {status}) => status,
}

function addAttempt(
  counts: Map<string, AttemptCount>,
  {key, at}: Pick<AttemptCount, 'key' | 'at'>,
  {state, attempts}: Delivery,
  {number, errorClass}: AttemptOutcome,
): void {
  const known = counts.get(`${at} ${key}`) ?? {key, at, attempts: 0, delivered: 0, givenUp: 0}
  const isLast = number === attempts
  counts.set(`${at} ${key}`, {
    ...known,
    attempts: known.attempts + 1,
    delivered: known.delivered + (errorClass === null ? 1 : 0),
    givenUp: known.givenUp + (isLast && state === 'failed' ? 1 : 0),
  })
}

function addAnswer(latencies: Map<string, LatencyCount>, key: Key, bin: number): void {
  const known = latencies.get(`${bin} ${key}`) ?? {key, bin, answers: 0}
  latencies.set(`${bin} ${key}`, {...known, answers: known.answers + 1})
}
