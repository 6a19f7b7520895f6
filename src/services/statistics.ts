import type {Output, Parsed} from '../api/operations.ts'
import {type DeliveryFilterInput, deliveryFilterKeys} from '../domain/filter-grammar.ts'
import type {DeliveryFilter} from '../domain/filters.ts'
import {binRange, LATENCY_ERROR, percentile} from '../domain/latency.ts'
import {
  type AttemptCount,
  DAY_MS,
  DAYS_KEPT_MS,
  HOUR_MS,
  HOURS_KEPT_MS,
  type Statistics,
  type StatisticsFilter,
  type StatisticsKey,
} from '../domain/statistics.ts'
import {deliveryFilterOf} from './delivery-filter.ts'
import type {Deps, Resolved} from './deps.ts'
import {toInstant, toMs} from './instants.ts'
import {namesOf} from './names.ts'

type In = Resolved<Parsed<'stats.show'>>
type View = Output<'stats.show'>

/** What the kept counts can tell attempts apart by. */
const KEPT: ReadonlySet<string> = new Set(['webhook', 'type', 'status', 'errorClass', 'trigger', 'since', 'until'])

/** Whether only the deliveries themselves can say: something is asked of them that no count is kept of. */
const asksDeliveries = (input: In): boolean =>
  Object.keys(deliveryFilterKeys).some(key => !KEPT.has(key) && (input[key as keyof DeliveryFilterInput] ?? false))

/**
 * Attempts, outcomes and latencies of a time, the last 24 hours unless said, per group and in all. From kept counts: costs
 * the same however many deliveries there were; from the attempts of that time where deliveries are chosen by what is not
 * counted. Status and class are those of the attempt.
 *
 * @throws what `deliveryFilterOf` throws
 */
export async function showStatistics(deps: Deps, input: In): Promise<View> {
  const {organization, by, limit} = input
  const time = timeOf(input, deps.now())
  const filter = await deliveryFilterOf(deps, organization, input)
  const all = asksDeliveries(input)
    ? await (await import('./attempt-statistics.ts')).countAttempts(deps, organization.id, {filter, by, time})
    : await deps.store.statistics.attempts(organization.id, {
        filter: keptFilter(filter, time),
        by,
        stretchMs: time.stretchMs,
      })
  const counts = [...Map.groupBy(all.counts, ({key}) => key)].toSorted(([, a], [, b]) => sumOf(b) - sumOf(a))
  const latencies = Map.groupBy(all.latencies, ({key}) => key)
  const shown = counts.slice(0, limit)
  const nameOf = await namer(
    deps,
    by,
    shown.map(([key]) => key),
  )
  return {
    by,
    since: toInstant(time.since),
    until: toInstant(time.until),
    stretchMs: time.stretchMs,
    total: figures(all, time),
    groups: shown.map(([key, own]) => ({
      key: key === null ? null : String(key),
      name: nameOf(key),
      ...figures({counts: own, latencies: latencies.get(key) ?? []}, time),
    })),
    groupCount: counts.length,
    histogram: [...histogramOf(all)].map(([bin, answers]) => ({...rangeOf(bin), answers})),
    latencyError: rounded(LATENCY_ERROR),
  }
}

const keptFilter = (
  {webhookId, eventTypes, statuses, errorClasses, triggers}: DeliveryFilter,
  {since, until}: Time,
): StatisticsFilter => ({webhookId, eventTypes, statuses, errorClasses, triggers, since, until})

interface Time {
  readonly since: number
  readonly until: number
  readonly stretchMs: number
}

const STRETCHES = [1, 2, 3, 6, 12, 24, 2 * 24, 7 * 24, 14 * 24].map(hours => hours * HOUR_MS)

/** About as many as a line of a terminal has room for beside other things. */
const MOST_STRETCHES = 30

/** The whole hours or days that hold the time asked for, no more than there is, cut into stretches. */
function timeOf({since, until}: Pick<In, 'since' | 'until'>, now: number): Time {
  const today = floor(now, DAY_MS)
  const asked = Math.max(toMs(since) ?? now - DAY_MS, today - DAYS_KEPT_MS)
  const unitMs = asked < today - HOURS_KEPT_MS + DAY_MS ? DAY_MS : HOUR_MS
  const end = Math.min(toMs(until) ?? now + 1, now + 1)
  const from = floor(asked, unitMs)
  const to = Math.max(from, floor(end + unitMs - 1, unitMs))
  const isFine = (ms: number) => ms >= unitMs && (to - floor(from, ms)) / ms <= MOST_STRETCHES
  return {since: from, until: to, stretchMs: STRETCHES.find(isFine) ?? (STRETCHES.at(-1) as number)}
}

const floor = (instant: number, unitMs: number): number => instant - (instant % unitMs)

const sumOf = (counts: readonly AttemptCount[], of: 'attempts' | 'delivered' | 'givenUp' = 'attempts'): number =>
  counts.reduce((sum, count) => sum + count[of], 0)

/** Percentiles are no more exact than their bins: four digits say all there is to say. */
const rounded = (number: number): number => Number(number.toPrecision(4))

function figures(statistics: Statistics, time: Time): View['total'] {
  const {counts} = statistics
  const attempts = sumOf(counts)
  const delivered = sumOf(counts, 'delivered')
  const histogram = histogramOf(statistics)
  const at = (share: number) => rounded(percentile(histogram, share) ?? 0)
  return {
    attempts,
    delivered,
    failed: attempts - delivered,
    givenUp: sumOf(counts, 'givenUp'),
    successRate: attempts === 0 ? null : rounded(delivered / attempts),
    latencyMs: histogram.size === 0 ? null : {p50: at(0.5), p95: at(0.95), p99: at(0.99)},
    series: seriesOf(counts, time),
  }
}

function seriesOf(counts: readonly AttemptCount[], {since, until, stretchMs}: Time): View['total']['series'] {
  const byTime = Map.groupBy(counts, ({at}) => at)
  const first = floor(since, stretchMs)
  return Array.from({length: Math.ceil((until - first) / stretchMs)}, (_, index) => {
    const at = first + index * stretchMs
    const own = byTime.get(at) ?? []
    const [attempts, delivered] = [sumOf(own), sumOf(own, 'delivered')]
    return {at: toInstant(at), attempts, delivered, failed: attempts - delivered}
  })
}

function histogramOf({latencies}: Statistics): ReadonlyMap<number, number> {
  const histogram = new Map<number, number>()
  for (const {bin, answers} of latencies) histogram.set(bin, (histogram.get(bin) ?? 0) + answers)
  return new Map([...histogram].toSorted(([a], [b]) => a - b))
}

function rangeOf(bin: number): {fromMs: number; toMs: number} {
  const [from, to] = binRange(bin)
  return {fromMs: rounded(from), toMs: rounded(to)}
}

type Key = AttemptCount['key']

/** What a group is called: the webhook's name at the time of asking, its id where it is gone. */
async function namer(deps: Deps, by: StatisticsKey, keys: readonly Key[]): Promise<(key: Key) => string> {
  if (by === 'webhook') {
    const nameOf = await namesOf(
      deps,
      keys.map(key => ({webhookId: String(key)})),
    )
    return key => nameOf({webhookId: String(key)})
  }
  const none = by === 'class' ? 'delivered' : 'no answer'
  return key => (key === null ? none : String(key))
}
