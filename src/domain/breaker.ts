import type {RetryPolicy} from './policy.ts'
import {schedule} from './retry.ts'

/**
 * Keeps a webhook that fails from being tried by everything it is owed: after five failures in a row nothing is sent to
 * it for 30 seconds, then one delivery tries, and each time that fails the wait doubles, up to ten minutes. What waits
 * meanwhile is not tried, so it is charged no attempt; what a person asks for goes out all the same.
 */
export interface Breaker {
  /** In a row. */
  readonly failures: number
  /** How often it opened since the last success. */
  readonly trips: number
  readonly openedAt: number | null
  /** Ms since the epoch. From then on one delivery at a time tries. Null: closed, everything goes. */
  readonly openUntil: number | null
}

export const closed: Breaker = {failures: 0, trips: 0, openedAt: null, openUntil: null}

const OPENS_AT = 5
const SHORTEST_MS = 30_000
const LONGEST_MS = 600_000

/** Whether nothing is tried at `now`. A clock that went back behind the opening does not keep it open. */
export const isOpen = ({openedAt, openUntil}: Breaker, now: number): boolean =>
  openedAt !== null && openUntil !== null && openedAt <= now && now < openUntil

/** What was under way when it opened, and fails too, does not make it wait longer. */
export function afterFailure(breaker: Breaker, now: number, retry: RetryPolicy): Breaker {
  const failures = breaker.failures + 1
  if (failures < OPENS_AT || isOpen(breaker, now)) return {...breaker, failures}
  const trips = breaker.trips + 1
  return {failures, trips, openedAt: now, openUntil: now + waitMs(trips, retry)}
}

/**
 * The platform's plan stays true as far as possible: the wait is never longer than the longest one of the plan. What is
 * sent every five minutes until it succeeds is tried every five minutes.
 */
function waitMs(trips: number, retry: RetryPolicy): number {
  const doubled = Math.min(SHORTEST_MS * 2 ** (trips - 1), LONGEST_MS)
  const longest = Math.max(0, ...schedule(retry, 100).map(({delayMs}) => delayMs))
  return longest === 0 ? doubled : Math.min(doubled, longest)
}
