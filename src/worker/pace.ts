/** Fetched at once, at least: enough to find out how fast it goes. */
const LEAST = 64
const MOST = 512
/** Over so long it is measured. */
const OVER_MS = 100

/** How fast the deliveries of each webhook are begun, and so how many should be waiting in memory. */
export interface Pace {
  /** One was begun. */
  begun(webhookId: string): void
  /** How many to fetch. */
  ahead(): number
  /** Says what waits after a fetch. Of each webhook counts what it begins in a moment: many for a slow one are no help to a fast one. */
  stock(waiting: Iterable<readonly [webhookId: string, count: number]>): void
  /** Whether less than half of what is fetched at once is left. What waits longer than it must is looked up again. */
  readonly isShort: boolean
}

/**
 * @param clock monotonic ms
 * @param aheadMs so far ahead is fetched
 */
export function createPace(clock: () => number, aheadMs: number): Pace {
  let since = clock()
  let counts = new Map<string, number>()
  let perMs = new Map<string, number>()
  let ahead = LEAST
  let left = 0

  function measure(): void {
    const elapsed = clock() - since
    if (elapsed < OVER_MS) return
    let all = 0
    perMs = new Map()
    for (const [webhookId, count] of counts) {
      perMs.set(webhookId, count / elapsed)
      all += count / elapsed
    }
    ahead = Math.min(MOST, Math.max(LEAST, Math.ceil(all * aheadMs)))
    counts = new Map()
    since += elapsed
  }

  return {
    begun(webhookId) {
      counts.set(webhookId, (counts.get(webhookId) ?? 0) + 1)
      left--
    },
    ahead() {
      measure()
      return ahead
    },
    stock(waiting) {
      left = 0
      for (const [webhookId, count] of waiting) left += Math.min(count, (perMs.get(webhookId) ?? 0) * 2 * aheadMs)
    },
    get isShort() {
      return left < ahead / 2
    },
  }
}
