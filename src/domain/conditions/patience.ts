/** How long an expression may take, by how those before it went. */
export interface PatienceOptions {
  /** One expression for one text. */
  readonly onceMs: number
  /** All that were too slow, within `everyMs`. */
  readonly togetherMs: number
  readonly everyMs: number
}

/** Expressions that are kept in mind; what comes after that is forgotten, the oldest first. */
const MOST = 1000

/**
 * Bounds what expressions that take too long cost together: one of them stops everything for as long as it may take,
 * for each event, and one request may report thousands. Others always have their time: a busy machine makes any
 * expression slow.
 */
export class Patience {
  readonly #options: PatienceOptions
  readonly #now: () => number
  readonly #slow = new Set<string>()
  #since: number
  #spentMs = 0

  /** @param now milliseconds on a clock that is never set back */
  constructor(options: PatienceOptions, now: () => number) {
    this.#options = options
    this.#now = now
    this.#since = now()
  }

  /** Milliseconds that this expression may take now; 0: it is not tried. */
  limitMs(expression: string): number {
    const {onceMs, togetherMs, everyMs} = this.#options
    const now = this.#now()
    if (now - this.#since >= everyMs) {
      this.#since = now
      this.#spentMs = 0
    }
    return this.#spentMs >= togetherMs && this.#slow.has(expression) ? 0 : onceMs
  }

  /** That an expression took all of its limit, and was stopped. */
  tookTooLong(expression: string, limitMs: number): void {
    this.#spentMs += limitMs
    this.#slow.delete(expression)
    this.#slow.add(expression)
    if (this.#slow.size > MOST) this.#slow.delete(this.#slow.values().next().value as string)
  }
}
