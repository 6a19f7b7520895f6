import {type Attempt, type Delivery, type Outcome, unanswered} from '../domain/delivery.ts'
import {maskHeaders} from '../domain/mask.ts'
import {type Transition, transition} from '../domain/transition.ts'
import type {Webhook} from '../domain/webhook.ts'
import type {Deps} from '../services/deps.ts'
import {exhausted, pauseAfterAttempt} from '../services/health.ts'
import type {DueDelivery, Recorded} from '../store/store.ts'
import type {Transport} from '../transport/request.ts'
import {type AccessTokens, asksForToken} from './access-tokens.ts'
import type {WorkerLog} from './log.ts'
import type {BuildRequest, SignedRequest} from './request.ts'
import {withTarget} from './templated.ts'
import type {AccessToken, Asking, NoToken} from './token-request.ts'

export interface Attempting {
  readonly deps: Deps
  readonly transport: Transport
  readonly buildRequest: BuildRequest
  readonly tokens: AccessTokens
  readonly random: () => number
  readonly log: WorkerLog
}

export interface Sending {
  readonly due: DueDelivery
  readonly stored: Webhook
  /** Ends it with class `aborted`. */
  readonly signal: AbortSignal
}

/**
 * One attempt at a delivery, and what follows from it; nothing is recorded yet. Never rejects: an event that cannot be
 * signed or sent is an attempt of class `internal` and waits its turn like every other (G5).
 */
export async function makeAttempt(attempting: Attempting, sending: Sending): Promise<Recorded> {
  const {deps, random} = attempting
  const {
    due: {delivery, hops},
    stored,
  } = sending
  const {request, outcome} = await (asksForToken(stored)
    ? sendWithToken(attempting, {...sending, stored})
    : sendOnce(attempting, sending, null))
  const now = deps.now()
  const next = transition(delivery, stored, outcome, {now, random})
  const attempt = attemptOf(deps, {delivery, stored, request, outcome, next})
  const made = {delivery, attempt, hops}
  return {
    attempt,
    state: next.state,
    reason: next.reason,
    dueAt: next.dueAt,
    finishedAt: next.finishedAt,
    pause: next.pause === null ? null : await pauseAfterAttempt(deps, stored, next.pause, made),
    raised: next.state === 'failed' ? await exhausted(deps, stored, made, next.reason).catch(() => []) : [],
  }
}

interface Sent {
  readonly request: Prepared
  readonly outcome: Outcome
}

async function sendOnce(
  {deps, transport, buildRequest, log}: Attempting,
  {due: {delivery, hops, body}, stored, signal}: Sending,
  authorization: string | null,
): Promise<Sent> {
  try {
    // Awaited only where there is something to wait for: this runs for every delivery.
    const targeted = withTarget(deps, delivery, stored, log)
    const webhook = targeted instanceof Promise ? await targeted : targeted
    const {version} = deps
    const request = buildRequest({delivery, hops, webhook, body, version, authorization, now: deps.now()})
    return {request, outcome: await transport.send({...request, signal})}
  } catch (failure) {
    return {request: {failure}, outcome: internal(deps.now(), failure)}
  }
}

/** A token that was good and is not taken any more was taken back: another one is asked for, and it is sent again. */
async function sendWithToken(attempting: Attempting, sending: Sending & {readonly stored: Asking}): Promise<Sent> {
  const {tokens} = attempting
  const {stored, signal} = sending
  const sendWith = async (token: AccessToken | NoToken): Promise<Sent> =>
    'errorClass' in token
      ? {request: {failure: token.error}, outcome: token}
      : sendOnce(attempting, sending, token.authorization)
  const token = await tokens.find(stored, signal)
  const sent = await sendWith(token)
  const isTakenBack = sent.outcome.status === 401 && 'authorization' in token && tokens.refused(stored, token)
  return isTakenBack ? sendWith(await tokens.find(stored, signal)) : sent
}

interface Attempted {
  readonly delivery: Delivery
  readonly stored: Webhook
  readonly request: Prepared
  readonly outcome: Outcome
  readonly next: Transition
}

function attemptOf({newId}: Deps, {delivery, stored, request, outcome, next}: Attempted): Attempt {
  const {startedAt, durationMs, status, responseHeaders, responseBody, responseBytes, responseTruncated} = outcome
  return {
    id: newId('att'),
    deliveryId: delivery.id,
    number: delivery.attempts + 1,
    startedAt,
    durationMs,
    success: next.success,
    status,
    errorClass: next.errorClass,
    error: next.error,
    url: 'failure' in request ? (delivery.toUrl ?? stored.url ?? '') : request.url,
    method: stored.method,
    requestHeaders: 'failure' in request ? [] : maskHeaders(request.headers),
    responseHeaders,
    responseBody,
    responseBytes,
    responseTruncated,
    remoteAddress: outcome.remoteAddress,
    signedWith: 'failure' in request ? null : request.signedWith,
  }
}

type Prepared = SignedRequest | {readonly failure: unknown}

const internal = (now: number, failure: unknown): Outcome => ({
  ...unanswered,
  startedAt: now,
  durationMs: 0,
  errorClass: 'internal',
  error: `not sent: ${failure instanceof Error ? failure.message : String(failure)}`,
})

/** Whether an outcome was cut off by us and so says nothing: it is not recorded, and the delivery is due again. */
export const wasCutOff = ({attempt}: Recorded, signal: AbortSignal): boolean =>
  signal.aborted && attempt.errorClass === 'aborted'
