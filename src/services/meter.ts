import type {Attempt} from '../domain/delivery.ts'
import type {Source} from '../domain/source.ts'

/** An attempt that was recorded, and whose it was. */
interface Metered {
  readonly webhookId: string
  readonly organizationId: number
  readonly attempt: Pick<Attempt, 'success' | 'errorClass' | 'durationMs'>
}

/** How long attempts took. */
export interface Durations {
  /** How many took no longer than each of `DURATIONS_S`, and longer than the one before. */
  readonly bins: readonly number[]
  readonly count: number
  readonly seconds: number
}

/**
 * What has happened in this process since its start. Counted in memory: what is over leaves the store in time, and a count
 * that goes down is taken for a new start by who asks again and again.
 */
export interface Meter {
  accepted(organizationId: number, events: number): void
  /** Events came and none of them was accepted, for the reason of this code. */
  refused(organizationId: number, code: string, events: number): void
  attempted(attempts: readonly Metered[]): void
  /** A request came to a source and ended so: `accepted`, or the code of the error. */
  received(source: Pick<Source, 'organizationId' | 'name'>, result: string): void
  /** Events by organization. */
  readonly events: ReadonlyMap<number, number>
  /** By organization: how many events were refused with each code. */
  readonly refusals: ReadonlyMap<number, ReadonlyMap<string, number>>
  /** By webhook: how many ended so, `success` or the class of the error. */
  readonly results: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** By organization and name of the source: how many requests ended so. */
  readonly inbound: ReadonlyMap<number, ReadonlyMap<string, ReadonlyMap<string, number>>>
  /** By organization, so that they stay when a webhook goes. */
  readonly durations: ReadonlyMap<number, Durations>
}

/** Bounds of the histogram of durations, in seconds; what takes longer is in `count` only. */
export const DURATIONS_S: readonly number[] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

export function createMeter(): Meter {
  const events = new Map<number, number>()
  const refusals = new Map<number, Map<string, number>>()
  const results = new Map<string, Map<string, number>>()
  const inbound = new Map<number, Map<string, Map<string, number>>>()
  const durations = new Map<number, {bins: number[]; count: number; seconds: number}>()
  return {
    events,
    refusals,
    results,
    inbound,
    durations,
    accepted: (organizationId, count) => add(events, organizationId, count),
    refused: (organizationId, code, count) =>
      add(
        known(refusals, organizationId, () => new Map<string, number>()),
        code,
        count,
      ),
    received({organizationId, name}, result) {
      const sources = known(inbound, organizationId, () => new Map<string, Map<string, number>>())
      add(
        known(sources, name, () => new Map<string, number>()),
        result,
      )
    },
    attempted(some) {
      for (const {webhookId, organizationId, attempt} of some) {
        const ended = known(results, webhookId, () => new Map<string, number>())
        add(ended, attempt.success ? 'success' : (attempt.errorClass ?? 'internal'))
        const took = known(durations, organizationId, () => ({bins: DURATIONS_S.map(() => 0), count: 0, seconds: 0}))
        const seconds = attempt.durationMs / 1000
        const bin = DURATIONS_S.findIndex(bound => seconds <= bound)
        if (bin >= 0) took.bins[bin]! += 1
        took.count += 1
        took.seconds += seconds
      }
    },
  }
}

function add<K>(counts: Map<K, number>, key: K, count = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + count)
}

function known<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const value = map.get(key) ?? make()
  map.set(key, value)
  return value
}
