import type {RetryPolicy} from './policy.ts'
import {schedule} from './retry.ts'

/** One attempt of a plan. Instants in ms; they count from the end of the attempt before, taken to be as short as can be. */
interface PlannedAttempt {
  readonly attempt: number
  /** Since the attempt before; null where none is told of. */
  readonly delayMs: number | null
  readonly at: number
  /** As the jitter may have it, of this and of every delay before. */
  readonly earliest: number
  readonly latest: number
}

export interface RetryPlan {
  readonly attempts: readonly PlannedAttempt[]
  /** The number of the attempt after which it is given up; null where it never is. */
  readonly last: number | null
}

/**
 * When a delivery is tried if every attempt fails: from attempt `next` on, which is due at `at`.
 *
 * @param limit at most so many, as some policies never end
 */
export function retryPlan(policy: RetryPolicy, {next, at}: {next: number; at: number}, limit: number): RetryPlan {
  const retries = schedule(policy, next + limit)
  const attempts: PlannedAttempt[] = [{attempt: next, delayMs: null, at, earliest: at, latest: at}]
  for (const {attempt, delayMs, earliestMs, latestMs} of retries.filter(retry => retry.attempt > next)) {
    const before = attempts.at(-1) as PlannedAttempt
    attempts.push({
      attempt,
      delayMs,
      at: before.at + delayMs,
      earliest: before.earliest + earliestMs,
      latest: before.latest + latestMs,
    })
  }
  return {attempts: attempts.slice(0, limit), last: lastAttempt(policy, next)}
}

/** One that is due already is made, whatever the policy has become since. */
function lastAttempt(policy: RetryPolicy, next: number): number | null {
  if (policy.kind === 'until-success') return null
  const attempts =
    policy.kind === 'exponential' ? policy.attempts : policy.kind === 'list' ? policy.delaysMs.length + 1 : 1
  return Math.max(attempts, next)
}
