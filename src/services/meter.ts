import type {Attempt} from '../domain/delivery.ts'

/** An attempt that was recorded, with its webhook. */
interface Metered {
  readonly webhookId: string
  readonly attempt: Pick<Attempt, 'success' | 'errorClass' | 'durationMs'>
}

/** The attempts of one webhook. */
export interface MeteredWebhook {
  /** How many ended so: `success`, or the class of the error. */
  readonly results: ReadonlyMap<string, number>
  /** How many took no longer than each of `DURATIONS_S`, and no shorter than the one before. */
  readonly durations: readonly number[]
  readonly count: number
  readonly seconds: number
}

/**
 * What has happened in this process since its start. Counted in memory: what is over leaves the store in time, and a count
 * that goes down is taken for a new start by who asks again and again.
 */
export interface Meter {
  accepted(organizationId: number, events: number): void
  attempted(attempts: readonly Metered[]): void
  /** Events by organization. */
  readonly events: ReadonlyMap<number, number>
  /** By webhook. */
  readonly attempts: ReadonlyMap<string, MeteredWebhook>
}

/** Bounds of the histogram of durations, in seconds; what takes longer is in `count` only. */
export const DURATIONS_S: readonly number[] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

interface Counting extends MeteredWebhook {
  readonly results: Map<string, number>
  readonly durations: number[]
  count: number
  seconds: number
}

export function createMeter(): Meter {
  const events = new Map<number, number>()
  const attempts = new Map<string, Counting>()
  const countingOf = (webhookId: string): Counting => {
    const known = attempts.get(webhookId) ?? {
      results: new Map(),
      durations: DURATIONS_S.map(() => 0),
      count: 0,
      seconds: 0,
    }
    attempts.set(webhookId, known)
    return known
  }
  return {
    events,
    attempts,
    accepted: (organizationId, count) => void events.set(organizationId, (events.get(organizationId) ?? 0) + count),
    attempted(some) {
      for (const {webhookId, attempt} of some) {
        const counting = countingOf(webhookId)
        const result = attempt.success ? 'success' : (attempt.errorClass ?? 'internal')
        counting.results.set(result, (counting.results.get(result) ?? 0) + 1)
        const seconds = attempt.durationMs / 1000
        const bin = DURATIONS_S.findIndex(bound => seconds <= bound)
        if (bin >= 0) counting.durations[bin]! += 1
        counting.count += 1
        counting.seconds += seconds
      }
    },
  }
}
