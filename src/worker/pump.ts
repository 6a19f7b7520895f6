import type {Breaker} from '../domain/breaker.ts'
import type {Webhook} from '../domain/webhook.ts'
import type {Deps} from '../services/deps.ts'
import {whyNotSent} from '../services/gate.ts'
import type {DueDelivery, Moved, Recorded} from '../store/store.ts'
import type {Transport} from '../transport/request.ts'
import {createAccessTokens} from './access-tokens.ts'
import {makeAttempt, wasCutOff} from './attempt.ts'
import {createBatcher} from './batcher.ts'
import {createDirectory} from './directory.ts'
import {createIntake} from './intake.ts'
import type {Limits} from './limits.ts'
import type {WorkerLog} from './log.ts'
import {createQueues, type Trouble, type Turn} from './queues.ts'
import {createRecorder} from './recorder.ts'
import {createRequestBuilder} from './request.ts'

export interface PumpOptions {
  readonly deps: Deps
  /** Boot id of the worker: what it claims is claimed in this name. */
  readonly owner: string
  readonly transport: Transport
  readonly random: () => number
  readonly log: WorkerLog
  readonly limits: Limits
  /** Asked before anything is begun. */
  readonly maySend: () => boolean
  /** Called when a retry was planned, with its time (ms since the epoch). */
  readonly planned: (dueAt: number) => void
  /** Called after each look. */
  readonly looked: () => void
}

/** Moves due deliveries from the store through the queues to their receivers, and what came of it back. */
export interface Pump {
  readonly inFlight: number
  /** Of these, how many per webhook. */
  readonly inFlightByWebhook: ReadonlyMap<string, number>
  /** Of webhooks that failed so often that they are tried by one delivery at a time, and seldom. */
  readonly breakers: ReadonlyMap<string, Breaker>
  /** Whether nothing is due, in flight or unrecorded, as far as the last look can tell. */
  readonly idle: boolean
  /** Fetches and begins what it may. Calls during a look lead to one more; resolves when that is done. */
  look(): Promise<void>
  /** The store may have work that the last look did not see. */
  stir(): void
  /** Begins what has just become due, where nothing of the same webhook is in front of it; what is not taken is found in the store. */
  offer(due: readonly DueDelivery[]): void
  /** Drops what waits in memory: it is still in the store. */
  forget(): void
  /** Ends what is in flight, unrecorded: it is due again. */
  cutOff(): void
  /** Resolves when nothing is in flight. */
  settled(): Promise<void>
  /** Records what is known, then nothing more. */
  end(): Promise<void>
}

/**
 * So far ahead deliveries are fetched: longer than a slow commit takes, and so short that what waits in memory is begun
 * before it is looked up again, because it may have been cancelled meanwhile.
 */
const AHEAD = {aheadMs: 40, recheckAfterMs: 100}
/** From a database each fetch is several ways there and back, whatever it brings. */
const AHEAD_SHARED = {aheadMs: 80, recheckAfterMs: 1000}

/** A delivery that a bug kept from being sent or recorded is left alone for so long. */
const PENALTY_MS = 5000

const monotonic = () => performance.now()

export function createPump({deps, owner, transport, random, log, limits, maySend, planned, looked}: PumpOptions): Pump {
  const {store, now} = deps
  const queues = createQueues(limits, monotonic, now)
  const webhooks = createDirectory(store)
  const tokens = createAccessTokens({transport, version: deps.version, now})
  const attempting = {deps, transport, tokens, random, log, buildRequest: createRequestBuilder()}
  const outcomes = createRecorder({deps, owner, log, planned})
  const moves = createBatcher<Moved>({
    write: moved => store.deliveries.move(moved),
    describe: ({deliveryId}) => ({delivery: deliveryId}),
    log,
  })
  const {aheadMs, recheckAfterMs} = store.worker.isShared ? AHEAD_SHARED : AHEAD
  const intake = createIntake({deps, owner, log, limits, queues, webhooks, aheadMs, clock: monotonic})
  let underWay = 0
  let ended: PromiseWithResolvers<void> | null = null
  let stopping = new AbortController()
  let looking: Promise<void> | null = null
  let lookAgain = false

  async function lookUntilDone(): Promise<void> {
    while (lookAgain) {
      lookAgain = false
      if (!maySend()) intake.forget()
      else if (mayBegin()) {
        const {found, closed} = await intake.refill()
        const begun = mayBegin() ? beginAll() : 0
        // Most of it could begin at once, and there is more: maybe so can that.
        const goesOn = !intake.sawAll && found > 0 && begun >= found / 2
        if (closed > 0 || goesOn) lookAgain = true
      }
      looked()
    }
  }

  const mayBegin = () => maySend() && !outcomes.stuck && !moves.stuck

  function look(): Promise<void> {
    // At once, also while more is being fetched: a free slot waits for nobody.
    if (mayBegin()) beginAll()
    lookAgain = true
    looking ??= lookUntilDone().finally(() => {
      looking = null
    })
    return looking
  }

  /** Looks after a change of our own; what goes wrong is met again, and told, at the next regular look. */
  const lookOn = () => void look().catch(() => {})

  /** Answers how many. */
  function beginAll(): number {
    let begun = 0
    for (let turn = queues.next(); turn !== null; turn = queues.next()) {
      intake.begun(turn.delivery.webhookId)
      underWay++
      void deliver(turn, stopping.signal)
      begun++
    }
    return begun
  }

  /** One delivery from its turn to its record. Never rejects. */
  async function deliver(turn: Turn, signal: AbortSignal): Promise<void> {
    const {id, organizationId, webhookId} = turn.delivery
    let success: boolean | null = null
    let trouble: Trouble | undefined
    let follows = false
    let written: Promise<boolean> = Promise.resolve(true)
    try {
      const webhook = await webhooks.find(organizationId, webhookId)
      follows = webhook?.mode === 'batch' || (webhook?.policies.ordered ?? null) !== null
      const move = whyNotSent(turn.delivery, webhook, now())
      if (move !== null) written = moves.add(move)
      else if (monotonic() - turn.since < recheckAfterMs || (await isStillDue(turn))) {
        const recorded = await makeAttempt(attempting, {due: turn, stored: webhook as Webhook, signal})
        if (!wasCutOff(recorded, signal)) {
          success = turn.delivery.toUrl === null ? recorded.attempt.success : null
          trouble = troubleOf(turn, webhook as Webhook, recorded)
          written = outcomes.add({
            ...recorded,
            webhookId,
            organizationId: turn.delivery.organizationId,
            hops: turn.hops,
          })
        }
      }
    } catch (error) {
      log.error({delivery: id, error: String(error)}, 'a delivery could not be attempted')
      written = Promise.resolve(false)
    }
    intake.release(queues.end(turn, success, trouble).map(({delivery}) => delivery.id))
    lookOn()
    const durable = await written
    // The next one of the webhook waited for this one.
    if (follows) intake.stir()
    if (durable) release(id)
    else setTimeout(release, PENALTY_MS, id).unref()
    underWay--
    ended?.resolve()
    ended = null
  }

  /** Resolves with the next one that ends. */
  function oneEnded(): Promise<void> {
    ended ??= Promise.withResolvers<void>()
    return ended.promise
  }

  /** As in the webhook's health: what a person tries does not count, nor what hookctl itself cannot send. */
  function troubleOf({delivery}: Turn, webhook: Webhook, {attempt}: Recorded): Trouble | undefined {
    if (attempt.success || delivery.trigger !== 'event' || attempt.errorClass === 'internal') return undefined
    return {now: now(), retry: webhook.policies.retry, webhookAt: webhook.updatedAt}
  }

  function release(id: string): void {
    intake.release([id])
    lookOn()
  }

  async function isStillDue({delivery}: Turn): Promise<boolean> {
    const current = await store.deliveries.find(delivery.organizationId, delivery.id)
    return current?.state === 'pending' && current.dueAt !== null && current.dueAt <= now()
  }

  function offer(due: readonly DueDelivery[]): void {
    // Where several may send, what is sent has to be claimed first.
    if (!mayBegin() || !intake.sawAll || store.worker.isShared) return
    void intake.take(due).then(() => mayBegin() && beginAll())
  }

  return {
    get inFlight() {
      return queues.inFlight
    },
    get inFlightByWebhook() {
      return queues.inFlightByWebhook
    },
    get breakers() {
      return queues.breakers
    },
    get idle() {
      return intake.idle
    },
    look,
    stir() {
      intake.stir()
      queues.suspect(monotonic())
    },
    offer,
    forget: intake.forget,
    cutOff() {
      stopping.abort()
      stopping = new AbortController()
    },
    async settled() {
      while (queues.inFlight > 0) await oneEnded()
    },
    async end() {
      await Promise.all([outcomes.end(), moves.end()])
      while (underWay > 0) await oneEnded()
    },
  }
}
