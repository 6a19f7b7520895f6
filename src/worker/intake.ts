import type {Webhook} from '../domain/webhook.ts'
import {reached} from '../failpoint.ts'
import {closeBatches} from '../services/close-batches.ts'
import type {Deps} from '../services/deps.ts'
import type {DueDelivery} from '../store/store.ts'
import type {Directory} from './directory.ts'
import type {Limits} from './limits.ts'
import type {WorkerLog} from './log.ts'
import {createPace} from './pace.ts'
import type {Queues} from './queues.ts'

export interface IntakeOptions {
  readonly deps: Deps
  /** In whose name is claimed. */
  readonly owner: string
  readonly log: WorkerLog
  readonly limits: Limits
  readonly queues: Queues
  readonly webhooks: Directory
  /** How far ahead of what is begun deliveries are fetched. */
  readonly aheadMs: number
  /** Monotonic ms. */
  readonly clock: () => number
}

/** Brings what is due into the queues, and knows what is there: nothing is brought a second time. */
export interface Intake {
  /** Fetches from the store, where it is time to. */
  refill(): Promise<Fetched>
  /** Whether the last fetch left nothing that was due in the store, but for webhooks of which the queues expect more. */
  readonly sawAll: boolean
  /** Whether nothing is due, in flight or unrecorded, as far as the last fetch can tell. */
  readonly idle: boolean
  /** The store may have work that the last fetch did not see. */
  stir(): void
  /** Takes what has just become due; what does not fit stays in the store, and is found there. */
  take(due: readonly DueDelivery[]): Promise<void>
  /** A delivery of the webhook was begun. */
  begun(webhookId: string): void
  /** Deliveries that are no longer in memory: from now on they may be fetched again. */
  release(ids: Iterable<string>): void
  /** Drops what waits in memory: it is still in the store. */
  forget(): void
}

interface Fetched {
  readonly found: number
  /** Batches that were frozen meanwhile: the next question finds them. */
  readonly closed: number
}

const nothing: Fetched = {found: 0, closed: 0}

/** The store is asked at least so often while it may have more, however much is offered meanwhile. */
const LOOK_WITHIN_MS = 50

export function createIntake({deps, owner, log, limits, queues, webhooks, aheadMs, clock}: IntakeOptions): Intake {
  const {store, now} = deps
  const pace = createPace(clock, aheadMs)
  /** Deliveries waiting in memory, in flight or not yet recorded: never fetched again meanwhile. */
  const held = new Set<string>()
  /** Offered since the store was last asked: it may answer them all the same. */
  let offered = new Set<string>()
  let stirred = true
  let foundNothing = false
  let sawAll = false
  let askedAt = Number.NEGATIVE_INFINITY

  function isTime(): boolean {
    if (queues.overfull) return false
    if ((held.size === 0 && !foundNothing) || queues.hungry) return true
    return stirred && (pace.isShort || clock() - askedAt >= LOOK_WITHIN_MS)
  }

  async function refill(): Promise<Fetched> {
    if (!isTime()) return nothing
    const full = queues.full()
    const limit = pace.ahead()
    stirred = false
    askedAt = clock()
    offered = new Set()
    try {
      await tryChanged()
      // A copy of what is held: it changes while the question is on its way.
      const due = store.deliveries.due({
        now: now(),
        limit,
        perWebhook: limits.queued,
        exceptWebhooks: full,
        restingWebhooks: queues.resting().map(({webhookId}) => webhookId),
        except: new Set(held),
        owner,
      })
      const [closed, found] = await Promise.all([closeDue(), due])
      await enqueueFound(found)
      for (const webhookId of full) queues.expectMore(webhookId, true)
      foundNothing = found.length === 0 && full.length === 0
      sawAll = found.length < limit
      if (!sawAll || closed > 0) stirred = true
      return {found: found.length, closed}
    } catch (error) {
      stirred = true
      throw error
    }
  }

  async function enqueueFound(found: readonly DueDelivery[]): Promise<void> {
    const counts = new Map<string, number>()
    const hosts = new Map<string, string>()
    for (const due of found) {
      const {id, webhookId, organizationId} = due.delivery
      counts.set(webhookId, (counts.get(webhookId) ?? 0) + 1)
      if (offered.has(id)) continue
      const host = hosts.get(webhookId) ?? hostOf(await webhooks.find(organizationId, webhookId))
      hosts.set(webhookId, host)
      if (queues.add({...due, since: clock()}, host)) held.add(id)
    }
    pace.stock(queues.waiting())
    if (found.length > 0) reached('claim.taken')
    for (const [webhookId, count] of counts) queues.expectMore(webhookId, count >= limits.queued)
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

  async function enqueueOffered(taken: readonly DueDelivery[]): Promise<void> {
    for (const due of taken) {
      const {id, webhookId, organizationId} = due.delivery
      const webhook = await webhooks.find(organizationId, webhookId).catch(() => null)
      // Of an ordered one the store knows whose turn it is.
      const isFree = webhook !== null && webhook.policies.ordered === null && !queues.overfull
      if (isFree && queues.add({...due, since: clock()}, hostOf(webhook))) continue
      held.delete(id)
      offered.delete(id)
      stirred = true
    }
  }

  return {
    refill,
    get sawAll() {
      return sawAll
    },
    get idle() {
      return foundNothing && !stirred && held.size === 0
    },
    stir() {
      stirred = true
    },
    async take(due) {
      const taken = due.filter(({delivery: {id, webhookId}}) => !held.has(id) && !queues.expectsMore(webhookId))
      // At once: from here on nobody else takes them out of the store.
      for (const {delivery} of taken) {
        held.add(delivery.id)
        offered.add(delivery.id)
      }
      await enqueueOffered(taken)
    },
    begun: pace.begun,
    release(ids) {
      for (const id of ids) held.delete(id)
    },
    forget() {
      for (const {delivery} of queues.clear()) held.delete(delivery.id)
      stirred = true
      sawAll = false
    },
  }
}

/** `host:port` of a webhook's receiver; empty where it has none, and nothing will be sent. */
const hostOf = (webhook: Webhook | null): string =>
  webhook?.url == null ? '' : (URL.parse(webhook.url)?.host ?? webhook.id)
