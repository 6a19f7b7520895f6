import type {Delivery, DeliveryReason, DeliveryState, ErrorClass, Outcome} from './delivery.ts'
import {maskUrl} from './mask.ts'
import type {Policies} from './policy.ts'
import {nextDelay, type Random, retryAfter} from './retry.ts'
import {isSuccess} from './success.ts'
import type {Header, Pause} from './webhook.ts'

/** What follows from one attempt. */
export interface Transition {
  readonly state: DeliveryState
  readonly reason: DeliveryReason | null
  readonly dueAt: number | null
  readonly finishedAt: number | null
  readonly success: boolean
  readonly errorClass: ErrorClass | null
  /** One sentence, remote text in it not escaped; null on success. */
  readonly error: string | null
  /** The webhook is to be paused with this, or null. */
  readonly pause: Pause | null
}

export interface Moment {
  /** Milliseconds since the epoch: when the outcome was known. */
  readonly now: number
  readonly random: Random
}

/**
 * The next state of a delivery after an attempt.
 *
 * - A success ends it. Redirects are never followed: a 3xx is a failure unless the success rule takes it.
 * - 410 ends it and pauses the webhook: the receiver says that nobody will ever be there again. Not where the policy is
 *   `until-success`, which by its platform's word never ends (PRO-03). Replays and tests pause nothing: what a person
 *   tries does not count against a webhook's health.
 * - Otherwise it is due again after the policy's delay, stretched by `Retry-After` to at most twice; or it has failed:
 *   `no_retry` where nothing is retried by itself (also every test), `exhausted` where the retries are used up.
 *
 * - Where the webhook is ordered and halts, what is given up is held in its place and the webhook is paused: when a
 *   person resumes it the same one goes first, and where it was cancelled the next.
 *
 * @param delivery `attempts` without the one that has just ended
 */
export function transition(
  delivery: Pick<Delivery, 'attempts' | 'trigger'>,
  webhook: {readonly policies: Pick<Policies, 'success' | 'retry' | 'ordered'>},
  outcome: Outcome,
  {now, random}: Moment,
): Transition {
  const {success: rule, retry} = webhook.policies
  const trouble = findTrouble(outcome, rule)
  if (trouble === null) return {...over('delivered', null, now), success: true, errorClass: null, error: null}
  const failure = {success: false, ...trouble}
  const givenUp = (reason: DeliveryReason) => ({...giveUp(delivery, webhook.policies, reason, now), ...failure})
  if (trouble.errorClass === 'gone' && retry.kind !== 'until-success') return givenUp('gone')
  const delay = delivery.trigger === 'test' ? null : nextDelay(retry, delivery.attempts + 1, random)
  if (delay === null) return givenUp(retry.kind === 'manual' || delivery.trigger === 'test' ? 'no_retry' : 'exhausted')
  const dueAt = now + retryAfter(headerOf(outcome.responseHeaders, 'retry-after'), delay, now)
  return {state: 'pending', reason: null, dueAt, finishedAt: null, pause: null, ...failure}
}

type End = Pick<Transition, 'state' | 'reason' | 'dueAt' | 'finishedAt' | 'pause'>

const over = (state: DeliveryState, reason: DeliveryReason | null, now: number): End => ({
  state,
  reason,
  dueAt: null,
  finishedAt: now,
  pause: null,
})

/** An ordered webhook that halts keeps it, in its place, until it is on again. */
function giveUp(
  {trigger}: Pick<Delivery, 'trigger'>,
  {ordered}: Pick<Policies, 'ordered'>,
  reason: DeliveryReason,
  now: number,
): End {
  if (trigger !== 'event') return over('failed', reason, now)
  if (ordered === 'halt') {
    const pause: Pause = {reason: reason === 'gone' ? 'gone' : 'halted', at: now}
    return {state: 'held', reason: null, dueAt: null, finishedAt: null, pause}
  }
  return {...over('failed', reason, now), pause: reason === 'gone' ? {reason, at: now} : null}
}

/** What was wrong with an attempt. */
export interface Trouble {
  readonly errorClass: ErrorClass
  readonly error: string
}

/** Null where the receiver took it. */
export function findTrouble(outcome: Outcome, rule: Policies['success']): Trouble | null {
  const {status, errorClass} = outcome
  if (errorClass !== null) return {errorClass, error: outcome.error ?? `the attempt failed (${errorClass})`}
  if (status === null) return {errorClass: 'internal', error: 'the attempt ended with neither an answer nor an error'}
  if (isSuccess(rule, status)) return null
  if (status === 410) return {errorClass: 'gone', error: 'the receiver answered 410: it is gone for good'}
  if (status >= 300 && status <= 399) return {errorClass: 'redirect', error: redirectError(outcome, status)}
  return {errorClass: 'status', error: `the receiver answered ${status}`}
}

function redirectError(outcome: Outcome, status: number): string {
  const location = headerOf(outcome.responseHeaders, 'location')
  // Most redirects lead to the same place otherwise spelled, with what lets in there.
  const where = location === null ? '' : ` to ${maskUrl(location.slice(0, 500))}`
  return `the receiver answered ${status}, a redirect${where}: redirects are not followed`
}

const headerOf = (headers: readonly Header[], name: string): string | null =>
  headers.find(([given]) => given.toLowerCase() === name)?.[1] ?? null
