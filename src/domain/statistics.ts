import type {DeliveryTrigger, ErrorClass} from './delivery.ts'
import type {StatusRange} from './filters.ts'

/** What attempts can be told apart by. `class` is that of the error, `status` that of the answer. */
export const statisticsKeys = ['webhook', 'event', 'class', 'status'] as const

export type StatisticsKey = (typeof statisticsKeys)[number]

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** Attempts are counted by the hour (UTC) for so long, then by the day. */
export const HOURS_KEPT_MS = 14 * DAY_MS

/** And by the day for so long, then no more. */
export const DAYS_KEPT_MS = 400 * DAY_MS

/** Which attempts. Absent members do not restrict; instants in ms, whole hours, `since` inclusive, `until` exclusive. */
export interface StatisticsFilter {
  readonly webhookId?: string | undefined
  /** Patterns as in a subscription. */
  readonly eventTypes?: readonly string[] | undefined
  readonly triggers?: readonly DeliveryTrigger[] | undefined
  readonly statuses?: readonly StatusRange[] | undefined
  readonly errorClasses?: readonly ErrorClass[] | undefined
  readonly since: number
  readonly until: number
}

/** Attempts of one key within one stretch of time. */
export interface AttemptCount {
  /** Webhook's id, event type, class of the error, or status; null: no error, no answer. */
  readonly key: string | number | null
  /** When the stretch begins: a multiple of its length. */
  readonly at: number
  readonly attempts: number
  readonly delivered: number
  /** Deliveries that were given up with these attempts. */
  readonly givenUp: number
}

/** Answers of one key by the bin of their latency (latency.ts); attempts without an answer are not in it. */
export interface LatencyCount {
  readonly key: AttemptCount['key']
  readonly bin: number
  readonly answers: number
}

export interface Statistics {
  readonly counts: readonly AttemptCount[]
  readonly latencies: readonly LatencyCount[]
}
