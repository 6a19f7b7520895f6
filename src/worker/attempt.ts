import type {Outcome} from '../domain/delivery.ts'
import {maskHeaders} from '../domain/mask.ts'
import {transition} from '../domain/transition.ts'
import type {Webhook} from '../domain/webhook.ts'
import type {Asking, Deps} from '../services/deps.ts'
import {recordOf} from '../services/record.ts'
import {tell} from '../services/tell.ts'
import {webhookChange} from '../services/webhook-record.ts'
import type {DueDelivery, Recorded, Telling} from '../store/store.ts'
import type {Transport} from '../transport/request.ts'
import type {WorkerLog} from './log.ts'
import type {BuildRequest, SignedRequest} from './request.ts'
import {withTarget} from './templated.ts'

export interface Attempting {
  readonly deps: Deps
  readonly transport: Transport
  readonly buildRequest: BuildRequest
  readonly random: () => number
  readonly log: WorkerLog
}

/**
 * One attempt at a delivery, and what follows from it; nothing is recorded yet. Never rejects: an event that cannot be
 * signed or sent is an attempt of class `internal` and waits its turn like every other (G5).
 */
export async function makeAttempt(
  {deps, transport, buildRequest, random, log}: Attempting,
  {delivery, hops, body}: DueDelivery,
  stored: Webhook,
  signal: AbortSignal,
): Promise<Recorded> {
  const request = await prepare(async () => {
    const webhook = await withTarget(deps, delivery, stored, log)
    return buildRequest({delivery, hops, webhook, body, version: deps.version, now: deps.now()})
  })
  const outcome =
    'failure' in request ? internal(deps.now(), request.failure) : await transport.send({...request, signal})
  const now = deps.now()
  const next = transition(delivery, stored, outcome, {now, random})
  return {
    attempt: {
      id: deps.newId('att'),
      deliveryId: delivery.id,
      number: delivery.attempts + 1,
      ...outcome,
      success: next.success,
      errorClass: next.errorClass,
      error: next.error,
      url: 'failure' in request ? (delivery.toUrl ?? stored.url ?? '') : request.url,
      method: stored.method,
      requestHeaders: 'failure' in request ? [] : maskHeaders(request.headers),
      signedWith: 'failure' in request ? null : request.signedWith,
    },
    state: next.state,
    reason: next.reason,
    dueAt: next.dueAt,
    finishedAt: next.finishedAt,
    pause: next.pause === null ? null : {pause: next.pause, entry: await pauseRecord(deps, stored, next.pause)},
  }
}

type Prepared = SignedRequest | {readonly failure: unknown}

async function prepare(build: () => Promise<SignedRequest>): Promise<Prepared> {
  try {
    return await build()
  } catch (failure) {
    return {failure}
  }
}

const internal = (now: number, failure: unknown): Outcome => ({
  startedAt: now,
  durationMs: 0,
  status: null,
  errorClass: 'internal',
  error: `not sent: ${failure instanceof Error ? failure.message : String(failure)}`,
  responseHeaders: [],
  responseBody: new Uint8Array(),
  responseBytes: 0,
  responseTruncated: false,
  remoteAddress: null,
})

/** An outcome is recorded also where nobody can be told of the pause: the store may be busy just now. */
async function pauseRecord(deps: Deps, webhook: Webhook, paused: NonNullable<Webhook['paused']>): Promise<Telling> {
  const change = webhookChange(bySystem(deps), {before: webhook, after: {...webhook, paused, updatedAt: paused.at}})
  return tell(deps, bySystem(deps), change).catch(() => recordOf(deps, bySystem(deps), change))
}

const bySystem = (deps: Deps): Asking => ({
  actor: {kind: 'system', name: null},
  role: 'owner',
  scopes: [],
  via: 'api',
  requestId: deps.newUuid(),
})

/** Whether an outcome was cut off by us and so says nothing: it is not recorded, and the delivery is due again. */
export const wasCutOff = ({attempt}: Recorded, signal: AbortSignal): boolean =>
  signal.aborted && attempt.errorClass === 'aborted'
