import type {Attempt, Delivery} from './delivery.ts'
import type {Policies} from './policy.ts'

/** How a webhook has been doing, kept with it and changed with the outcomes of its attempts. */
export interface Health {
  /** When the first of the failures in a row was known (ms); null while it takes what it gets, or was never tried. */
  readonly failingSince: number | null
  /** Attempts that failed in a row. */
  readonly failures: number
  readonly lastSuccessAt: number | null
  readonly lastFailureAt: number | null
  /** What was told of this run of failures so far: 0, or the highest of `thresholds`. */
  readonly told: number
  /** Somebody was told that it fails or is paused, and nobody so far that it delivers again. */
  readonly down: boolean
}

/** Of a webhook that was never tried. */
export const untried: Health = {
  failingSince: null,
  failures: 0,
  lastSuccessAt: null,
  lastFailureAt: null,
  told: 0,
  down: false,
}

/** So many failures in a row are no accident: from here on a webhook is called failing. */
const FAILING_AFTER = 5

export const isFailing = ({failures}: Pick<Health, 'failures'>): boolean => failures >= FAILING_AFTER

/** Five days, as Svix has it: longer than a weekend with a holiday before it. */
export const PAUSE_AFTER_MS = 5 * 86_400_000

/** Percent of the way to the pause at which somebody is told, each once per run of failures. */
const thresholds = [50, 70, 90, 100] as const

/**
 * Health after an attempt.
 *
 * - A success of any kind ends the run of failures, also that of a test or a replay: the receiver has shown that it
 *   takes what it gets.
 * - What a person tries does not count against a webhook, nor does an event that hookctl itself cannot send.
 * - A replay to another URL says nothing of the webhook's own receiver.
 */
export function afterAttempt(
  health: Health,
  {trigger, toUrl}: Pick<Delivery, 'trigger' | 'toUrl'>,
  {success, errorClass, startedAt, durationMs}: Pick<Attempt, 'success' | 'errorClass' | 'startedAt' | 'durationMs'>,
): Health {
  if (toUrl !== null) return health
  const at = Math.round(startedAt + durationMs)
  if (success) return {...health, failingSince: null, failures: 0, lastSuccessAt: at, told: 0}
  if (trigger !== 'event' || errorClass === 'internal') return health
  return {
    ...health,
    failingSince: health.failingSince ?? at,
    failures: health.failures + 1,
    lastFailureAt: at,
  }
}

/** Health after a person has lifted a pause: a new run begins, and what was told is still to be taken back. */
export const afterResume = (health: Health): Health => ({...health, failingSince: null, failures: 0, told: 0})

/** Health of a webhook that is paused from now on, whatever led to it. */
export const afterPause = (health: Health): Health => ({...health, told: 100, down: true})

type Rule = Pick<Policies, 'pauseAfterMs' | 'retry'>

/**
 * How long a webhook may fail before it is paused (ms), or null where it never is: by its policy, or because its
 * deliveries are repeated until they succeed, which by the word of that platform never ends (PRO-03).
 */
const pausesAfter = ({pauseAfterMs, retry}: Rule): number | null =>
  retry.kind === 'until-success' ? null : pauseAfterMs

/** When it would be paused if nothing but failures came (ms); null where it is not failing, or never paused. */
export function pausesAt({failingSince}: Pick<Health, 'failingSince'>, rule: Rule): number | null {
  const after = pausesAfter(rule)
  return failingSince === null || after === null ? null : failingSince + after
}

/** What is to be told of a webhook's health. */
export type News =
  /** `percent` of the way to its pause, or of five days where there is none. */
  {readonly kind: 'failing'; readonly percent: number; readonly pauses: boolean} | {readonly kind: 'recovered'}

/**
 * What nobody was told so far, or null. The time counts while it is tried: from the first failure of the run to the last
 * one. And one failure today and one next week are no run: it takes five.
 */
export function newsOf(health: Health, rule: Rule, isPaused: boolean): News | null {
  if (isPaused) return null
  if (health.failures === 0) return health.down && health.lastSuccessAt !== null ? recoveredSince(health) : null
  const after = pausesAfter(rule)
  const percent = progress(health, after ?? PAUSE_AFTER_MS)
  const reached = thresholds.findLast(threshold => threshold <= percent) ?? 0
  return reached > health.told ? {kind: 'failing', percent: reached, pauses: reached === 100 && after !== null} : null
}

/** A pause that was lifted is no recovery: only what was delivered since is. */
const recoveredSince = ({lastSuccessAt, lastFailureAt}: Health): News | null =>
  lastFailureAt === null || (lastSuccessAt ?? 0) >= lastFailureAt ? {kind: 'recovered'} : null

function progress({failingSince, lastFailureAt, failures}: Health, afterMs: number): number {
  if (failingSince === null || lastFailureAt === null) return 0
  return Math.min((lastFailureAt - failingSince) / afterMs, failures / FAILING_AFTER, 1) * 100
}
