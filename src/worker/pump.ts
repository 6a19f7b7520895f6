import type {Breaker} from '../domain/breaker.ts'
import type {Webhook} from '../domain/webhook.ts'
import {reached} from '../failpoint.ts'
import {closeBatches} from '../services/close-batches.ts'
import type {Deps} from '../services/deps.ts'
import {whyNotSent} from '../services/gate.ts'
import type {DueDelivery, Moved, Recorded} from '../store/store.ts'
import type {Transport} from '../transport/request.ts'
import {makeAttempt, wasCutOff} from './attempt.ts'
import {createBatcher} from './batcher.ts'
import {createDirectory} from './directory.ts'
import type {Limits} from './limits.ts'
import type {WorkerLog} from './log.ts'
import {createPace} from './pace.ts'
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

/** What waited longer in memory may have been cancelled meanwhile: it is looked up again. */
const RECHECK_AFTER_MS = 100
/** The store is asked at least so often while it may have more, however much is offered meanwhile. */
const LOOK_WITHIN_MS = 50
/** A delivery that a bug kept from being sent or recorded is left alone for so long. */
const PENALTY_MS = 5000

const monotonic = () => performance.now()

export function createPump({deps, owner, transport, random, log, limits, maySend, planned, looked}: PumpOptions): Pump {
  const {store, now} = deps
  const queues = createQueues(limits, monotonic, now)
  const webhooks = createDirectory(store)
  const attempting = {deps, transport, random, log, buildRequest: createRequestBuilder()}
  const outcomes = createRecorder({deps, owner, log, planned})
  const moves = createBatcher<Moved>({
    write: moved => store.deliveries.move(moved),
    describe: ({deliveryId}) => ({delivery: deliveryId}),
    log,
  })
  /** Deliveries waiting in memory, in flight or not yet recorded: never fetched again meanwhile. */
  const held = new Set<string>()
  const underWay = new Set<Promise<void>>()
  let stopping = new AbortController()
  let stirred = true
  let foundNothing = false
  /** Whether the last look left nothing that was due in the store, but for webhooks of which the queues expect more. */
  let sawAll = false
  let askedAt = Number.NEGATIVE_INFINITY
  const pace = createPace(monotonic)
  /** Offered since the store was last asked: it may answer them all the same. */
  let offered = new Set<string>()
  let looking: Promise<void> | null = null
  let lookAgain = false

  async function lookUntilDone(): Promise<void> {
    while (lookAgain) {
      lookAgain = false
      if (!maySend()) forget()
      else if (mayBegin()) {
        const fetched = await refill()
        const begun = mayBegin() ? beginAll() : 0
        // Most of it could begin at once, and there is more: maybe so can that.
        if (!sawAll && fetched > 0 && begun >= fetched / 2) lookAgain = true
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

  /** Answers how many were found. */
  async function refill(): Promise<number> {
    const emptied = held.size === 0 && !foundNothing
    const soon = pace.isShort || monotonic() - askedAt >= LOOK_WITHIN_MS
    if (!(emptied || queues.hungry || (stirred && soon)) || queues.overfull) return 0
    const full = queues.full()
    const ahead = pace.ahead()
    stirred = false
    askedAt = monotonic()
    offered = new Set()
    try {
      await tryChanged()
      // A copy of what is held: it changes while the question is on its way.
      const due = store.deliveries.due({
        now: now(),
        limit: ahead,
        perWebhook: limits.queued,
        exceptWebhooks: full,
        restingWebhooks: queues.resting().map(({webhookId}) => webhookId),
        except: new Set(held),
        owner,
      })
      const [closed, found] = await Promise.all([closeDue(), due])
      const counts = new Map<string, number>()
      const hosts = new Map<string, string>()
      for (const due of found) {
        const {id, webhookId, organizationId} = due.delivery
        counts.set(webhookId, (counts.get(webhookId) ?? 0) + 1)
        if (offered.has(id)) continue
        const host = hosts.get(webhookId) ?? hostOf(await webhooks.find(organizationId, webhookId))
        hosts.set(webhookId, host)
        if (queues.add({...due, since: monotonic()}, host)) held.add(id)
      }
      pace.stock(queues.waiting())
      // What was frozen meanwhile is found by the next question.
      if (closed > 0) stirred = lookAgain = true
      if (found.length > 0) reached('claim.taken')
      for (const [webhookId, count] of counts) queues.expectMore(webhookId, count >= limits.queued)
      for (const webhookId of full) queues.expectMore(webhookId, true)
      foundNothing = found.length === 0 && full.length === 0
      sawAll = found.length < ahead
      if (!sawAll) stirred = true
      return found.length
    } catch (error) {
      stirred = true
      throw error
    }
  }

  /** A webhook that somebody has changed, or switched on again, may be mended: it is not kept waiting. */
  async function tryChanged(): Promise<void> {
    for (const {webhookId, organizationId, webhookAt} of queues.resting()) {
      const webhook = await webhooks.find(organizationId, webhookId)
      if (webhook?.updatedAt !== webhookAt) queues.retryNow(webhookId)
    }
  }

  /** Freezes the batches whose time has come: from then on they are deliveries like every other. Answers how many. */
  async function closeDue(): Promise<number> {
    const {failures, closed} = await closeBatches(deps)
    for (const {delivery, error} of failures) log.error({delivery, error: String(error)}, 'a batch cannot be rendered')
    return closed
  }

  /** Answers how many. */
  function beginAll(): number {
    let begun = 0
    for (let turn = queues.next(); turn !== null; turn = queues.next()) {
      pace.begun(turn.delivery.webhookId)
      const delivering = deliver(turn, stopping.signal)
      underWay.add(delivering)
      void delivering.finally(() => underWay.delete(delivering))
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
      else if (await isStillDue(turn)) {
        const recorded = await makeAttempt(attempting, turn, webhook as Webhook, signal)
        if (!wasCutOff(recorded, signal)) {
          success = turn.delivery.toUrl === null ? recorded.attempt.success : null
          trouble = troubleOf(turn, webhook as Webhook, recorded)
          written = outcomes.add({...recorded, webhookId, hops: turn.hops})
        }
      }
    } catch (error) {
      log.error({delivery: id, error: String(error)}, 'a delivery could not be attempted')
      written = Promise.resolve(false)
    }
    for (const {delivery} of queues.end(turn, success, trouble)) held.delete(delivery.id)
    lookOn()
    const durable = await written
    // The next one of the webhook waited for this one.
    if (follows) stirred = true
    if (durable) release(id)
    else setTimeout(release, PENALTY_MS, id).unref()
  }

  /** As in the webhook's health: what a person tries does not count, nor what hookctl itself cannot send. */
  function troubleOf({delivery}: Turn, webhook: Webhook, {attempt}: Recorded): Trouble | undefined {
    if (attempt.success || delivery.trigger !== 'event' || attempt.errorClass === 'internal') return undefined
    return {now: now(), retry: webhook.policies.retry, webhookAt: webhook.updatedAt}
  }

  function release(id: string): void {
    held.delete(id)
    lookOn()
  }

  async function isStillDue({delivery, since}: Turn): Promise<boolean> {
    if (monotonic() - since < RECHECK_AFTER_MS) return true
    const current = await store.deliveries.find(delivery.organizationId, delivery.id)
    return current?.state === 'pending' && current.dueAt !== null && current.dueAt <= now()
  }

  function forget(): void {
    for (const {delivery} of queues.clear()) held.delete(delivery.id)
    stirred = true
    sawAll = false
  }

  function offer(due: readonly DueDelivery[]): void {
    // Where several may send, what is sent has to be claimed first.
    if (!mayBegin() || !sawAll || store.worker.isShared) return
    const taken = due.filter(({delivery: {id, webhookId}}) => !held.has(id) && !queues.expectsMore(webhookId))
    // At once: from here on nobody else takes them out of the store.
    for (const {delivery} of taken) {
      held.add(delivery.id)
      offered.add(delivery.id)
    }
    if (taken.length > 0) void enqueue(taken).then(() => mayBegin() && beginAll())
  }

  /** Those that do not fit stay in the store, and are found there. */
  async function enqueue(taken: readonly DueDelivery[]): Promise<void> {
    for (const due of taken) {
      const {id, webhookId, organizationId} = due.delivery
      const webhook = await webhooks.find(organizationId, webhookId).catch(() => null)
      // Of an ordered one the store knows whose turn it is.
      const isFree = webhook !== null && webhook.policies.ordered === null && !queues.overfull
      if (isFree && queues.add({...due, since: monotonic()}, hostOf(webhook))) continue
      held.delete(id)
      offered.delete(id)
      stirred = true
    }
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
      return foundNothing && !stirred && held.size === 0
    },
    look,
    stir() {
      stirred = true
      queues.suspect(monotonic())
    },
    offer,
    forget,
    cutOff() {
      stopping.abort()
      stopping = new AbortController()
    },
    async settled() {
      while (queues.inFlight > 0) await Promise.race([...underWay])
    },
    async end() {
      await Promise.all([outcomes.end(), moves.end()])
      await Promise.all([...underWay])
    },
  }
}

/** `host:port` of a webhook's receiver; empty where it has none, and nothing will be sent. */
const hostOf = (webhook: Webhook | null): string =>
  webhook?.url == null ? '' : (URL.parse(webhook.url)?.host ?? webhook.id)
