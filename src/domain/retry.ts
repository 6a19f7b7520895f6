import type {RetryPolicy} from './policy.ts'

/** A number from 0 up to, but not including, 1. */
export type Random = () => number

/**
 * Milliseconds to wait before the next attempt, or null when there will be none by itself.
 *
 * @param failures attempts that failed so far, from 1
 * @param random spreads exponential delays, so that what failed together is not tried again together
 *
 * Pure. Sources: Catalyst "retried with exponential backoff" (CAT-20), EntryPoint 2, 4, 8, 16, 32 minutes (ENT-19),
 * NetBox manual or a list (NBX-14, NBX-28), Pro Custodibus "the same POST until 2XX, without limit" (PRO-03).
 */
export function nextDelay(policy: RetryPolicy, failures: number, random: Random): number | null {
  const planned = plannedDelay(policy, failures)
  if (planned === null || policy.kind !== 'exponential') return planned
  return Math.max(0, Math.round(planned * (1 + policy.jitter * (2 * random() - 1))))
}

function plannedDelay(policy: RetryPolicy, failures: number): number | null {
  switch (policy.kind) {
    case 'manual':
      return null
    case 'list':
      return policy.delaysMs[failures - 1] ?? null
    case 'exponential':
      // After a few hundred failures the power is Infinity; the cap brings it back.
      return failures >= policy.attempts
        ? null
        : Math.min(policy.capMs, policy.baseMs * policy.factor ** (failures - 1))
    case 'until-success':
      return policy.everyMs
  }
}

/** One retry of a plan: attempt `attempt` follows its predecessor after `delayMs`, give or take the jitter. */
export interface PlannedRetry {
  /** From 2: the first attempt is no retry. */
  readonly attempt: number
  readonly delayMs: number
  readonly earliestMs: number
  readonly latestMs: number
}

/** The retries a policy plans if every attempt fails, in order; at most `limit`, as some policies never end. */
export function schedule(policy: RetryPolicy, limit = 20): readonly PlannedRetry[] {
  const jitter = policy.kind === 'exponential' ? policy.jitter : 0
  const retries: PlannedRetry[] = []
  while (retries.length < limit) {
    const delayMs = plannedDelay(policy, retries.length + 1)
    if (delayMs === null) break
    retries.push({
      attempt: retries.length + 2,
      delayMs,
      earliestMs: Math.max(0, Math.round(delayMs * (1 - jitter))),
      latestMs: Math.round(delayMs * (1 + jitter)),
    })
  }
  return retries
}

// The three date forms of RFC 9110 5.6.7. Date.parse alone would take `-1` for a year.
const httpDate = /^[A-Z][a-z]{2,8},? [\w: -]{10,40}$/

/**
 * The delay after an answer with `Retry-After`, kept within [1×, 2×] of the planned one: a receiver may ask for more
 * patience, and neither hurry us nor put us off for ever. Anything but whole seconds or an HTTP date changes nothing.
 *
 * @param planned ms
 * @param now ms since the epoch, for dates
 */
export function retryAfter(header: string | null, planned: number, now: number): number {
  const asked = header === null ? null : askedDelay(header.trim(), now)
  return asked === null || Number.isNaN(asked) ? planned : Math.min(Math.max(asked, planned), planned * 2)
}

function askedDelay(value: string, now: number): number | null {
  if (/^\d+$/.test(value)) return Number(value) * 1000
  if (!httpDate.test(value)) return null
  return Date.parse(value.endsWith('GMT') ? value : `${value} GMT`) - now
}
