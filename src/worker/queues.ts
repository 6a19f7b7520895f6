import {afterFailure, type Breaker, closed, isOpen} from '../domain/breaker.ts'
import type {RetryPolicy} from '../domain/policy.ts'
import type {DueDelivery} from '../store/store.ts'
import type {Limits} from './limits.ts'
import {createSlots, type SlotTaker} from './slots.ts'

/** A delivery in memory, waiting for its turn. */
interface Queued extends DueDelivery {
  /** When it came into memory, by a monotonic clock (ms). */
  readonly since: number
}

/** A delivery that has its turn. To be ended exactly once. */
export interface Turn extends Queued {
  readonly lane: Lane
}

/** One webhook's queue and what it may do. */
interface Lane extends SlotTaker {
  readonly webhookId: string
  readonly waiting: Queued[]
  /** In flight at once at the most, for now: grows with each success, halves with each failure. */
  allowed: number
  readonly organizationId: number
  breaker: Breaker
  /** As the webhook was when its breaker opened: one that was changed is tried at once. */
  webhookAt: number
  /** When it last began from rest, or had an answer. */
  progressAt: number
}

/** A failure that counts against the webhook: not one of what a person asked for. */
export interface Trouble {
  readonly now: number
  readonly retry: RetryPolicy
  /** `updatedAt` of the webhook. */
  readonly webhookAt: number
}

type Resting = Pick<Lane, 'webhookId' | 'organizationId' | 'webhookAt'>

export interface Queues {
  readonly inFlight: number
  readonly inFlightByWebhook: ReadonlyMap<string, number>
  /** How many wait, by webhook. */
  waiting(): Iterable<readonly [webhookId: string, count: number]>
  /** Whether there is no room for more. */
  readonly overfull: boolean
  /** Puts a delivery at the end of its webhook's queue; false when the queue is full and it stays in the store. */
  add(item: Queued, host: string): boolean
  /** The next delivery that may be sent, every webhook in turn; null when none may. Ask again after an end. */
  next(): Turn | null
  /**
   * @param success whether the receiver took it; null where nothing was learnt about the receiver
   * @param trouble of a failure that counts
   * @returns what is no longer kept in memory
   */
  end(turn: Turn, success: boolean | null, trouble?: Trouble): readonly Queued[]
  /** Webhooks whose breaker is open: only what a person asked for is sent to them. */
  resting(): readonly Resting[]
  /** Closes the breaker of a webhook half: the next delivery tries. */
  retryNow(webhookId: string): void
  /** Breakers that are not closed. */
  readonly breakers: ReadonlyMap<string, Breaker>
  /** Webhooks that need no more in memory for now. */
  full(): readonly string[]
  /** Says of which webhooks the store may have more than it answered. */
  expectMore(webhookId: string, more: boolean): void
  expectsMore(webhookId: string): boolean
  /** Whether some webhook has little left in memory while the store has more. */
  readonly hungry: boolean
  /** Takes webhooks whose requests have hung for a second for failing ones, before their time is up. */
  suspect(now: number): void
  /** Forgets everything that waits, and answers it. */
  clear(): readonly Queued[]
}

const SLOW_AFTER_MS = 1000
const MOST_LANES = 1000

/**
 * @param clock monotonic ms
 * @param now ms since the epoch
 *
 * One queue per webhook, served in turn. What bounds them: each webhook's own limit, and the slots of all together.
 */
export function createQueues(limits: Limits, clock: () => number, now = clock): Queues {
  const lanes = new Map<string, Lane>()
  // In the order of their turns. A lane at its own limit is in neither, so that picking stays cheap.
  const ready = {good: new Map<string, Lane>(), failing: new Map<string, Lane>()}
  const slots = createSlots(limits)
  // Of these the store has, or may have, more that is due.
  const expecting = new Set<Lane>()
  let size = 0
  let bytes = 0
  let failingFirst = false

  function laneOf({webhookId, organizationId}: Queued['delivery'], host: string): Lane {
    const known = lanes.get(webhookId)
    if (known !== undefined) return known
    const lane: Lane = {
      webhookId,
      host,
      waiting: [],
      inFlight: 0,
      allowed: limits.perWebhookFirst,
      health: 'new',
      organizationId,
      breaker: closed,
      webhookAt: 0,
      progressAt: clock(),
    }
    lanes.set(webhookId, lane)
    return lane
  }

  const capacity = (lane: Lane) => (lane.health === 'failing' ? limits.queuedFailing : limits.queued)

  /** Puts a lane where its state belongs; at the end of the turns when it was not there. */
  function place(lane: Lane): void {
    const [right, wrong] = lane.health === 'failing' ? [ready.failing, ready.good] : [ready.good, ready.failing]
    wrong.delete(lane.webhookId)
    if (lane.waiting.length === 0 || lane.inFlight >= lane.allowed) right.delete(lane.webhookId)
    else if (!right.has(lane.webhookId)) right.set(lane.webhookId, lane)
  }

  function pick(turns: Map<string, Lane>): Lane | null {
    for (const lane of turns.values()) if (slots.mayStart(lane)) return lane
    return null
  }

  function learn(lane: Lane, success: boolean): void {
    slots.setHealth(lane, success ? 'good' : 'failing')
    lane.allowed = success ? Math.min(limits.perWebhook, lane.allowed + 1) : Math.max(1, lane.allowed >> 1)
    if (!success || lane.breaker === closed) return
    // What waits for it in the store was left there.
    if (lane.breaker.openUntil !== null) expecting.add(lane)
    lane.breaker = closed
  }

  /** Answers whether it opened: what waits then stays in the store. */
  function trip(lane: Lane, {retry, webhookAt, now: at}: Trouble): boolean {
    lane.breaker = afterFailure(lane.breaker, at, retry)
    if (!isOpen(lane.breaker, at)) return false
    lane.webhookAt = webhookAt
    lane.allowed = 1
    return true
  }

  function drop(lane: Lane, keep: number): readonly Queued[] {
    const dropped = lane.waiting.splice(keep)
    if (dropped.length > 0) expecting.add(lane)
    size -= dropped.length
    for (const {body} of dropped) bytes -= body.length
    return dropped
  }

  return {
    get inFlight() {
      return slots.taken
    },
    get inFlightByWebhook() {
      const busy = [...lanes.values()].filter(lane => lane.inFlight > 0)
      return new Map(busy.map(lane => [lane.webhookId, lane.inFlight]))
    },
    *waiting() {
      for (const {webhookId, waiting} of lanes.values()) yield [webhookId, waiting.length]
    },
    get overfull() {
      return size >= limits.queuedInAll || bytes >= limits.queuedBytes
    },
    expectsMore(webhookId) {
      const lane = lanes.get(webhookId)
      return lane !== undefined && expecting.has(lane)
    },

    get hungry() {
      for (const lane of expecting) if (lane.waiting.length < capacity(lane) / 4) return true
      return false
    },

    add(item, host) {
      const lane = laneOf(item.delivery, host)
      if (item.delivery.trigger === 'event' && isOpen(lane.breaker, now())) return false
      if (lane.waiting.length >= capacity(lane)) {
        expecting.add(lane)
        return false
      }
      // In flight it is counted where it went; at rest it may move to where its URL leads now.
      if (lane.inFlight === 0) lane.host = host
      lane.waiting.push(item)
      size++
      bytes += item.body.length
      place(lane)
      return true
    },

    next() {
      if (slots.taken >= limits.inFlight) return null
      failingFirst = !failingFirst
      const [first, second] = failingFirst ? [ready.failing, ready.good] : [ready.good, ready.failing]
      const lane = pick(first) ?? pick(second)
      if (lane === null) return null
      const item = lane.waiting.shift()!
      size--
      bytes -= item.body.length
      if (lane.inFlight === 0) lane.progressAt = clock()
      slots.count(lane, 1)
      ready[lane.health === 'failing' ? 'failing' : 'good'].delete(lane.webhookId)
      place(lane)
      return {...item, lane}
    },

    end({lane}, success, trouble) {
      slots.count(lane, -1)
      lane.progressAt = clock()
      if (success !== null) learn(lane, success)
      const rests = trouble !== undefined && trip(lane, trouble)
      const dropped = drop(lane, rests ? 0 : capacity(lane))
      if (rests) expecting.delete(lane)
      place(lane)
      // What a lane has learnt is kept while that is cheap.
      const idle =
        lane.inFlight === 0 && lane.waiting.length === 0 && !expecting.has(lane) && lane.breaker.openUntil === null
      if (idle && lanes.size > MOST_LANES) lanes.delete(lane.webhookId)
      return dropped
    },

    resting: () => [...lanes.values()].filter(lane => isOpen(lane.breaker, now())),

    retryNow(webhookId) {
      const lane = lanes.get(webhookId)
      if (lane !== undefined) lane.breaker = {...lane.breaker, openUntil: now()}
    },

    get breakers() {
      const tripped = [...lanes.values()].filter(lane => lane.breaker.openUntil !== null)
      return new Map(tripped.map(lane => [lane.webhookId, lane.breaker]))
    },

    full: () =>
      [...lanes.values()].filter(lane => lane.waiting.length >= capacity(lane) / 2).map(lane => lane.webhookId),

    expectMore(webhookId, more) {
      const lane = lanes.get(webhookId)
      if (lane === undefined) return
      if (more) expecting.add(lane)
      else expecting.delete(lane)
    },

    suspect(now) {
      for (const lane of lanes.values()) {
        if (lane.inFlight === 0 || now - lane.progressAt < SLOW_AFTER_MS) continue
        slots.setHealth(lane, 'failing')
        place(lane)
      }
    },

    clear() {
      const dropped = [...lanes.values()].flatMap(lane => drop(lane, 0))
      for (const lane of lanes.values()) place(lane)
      return dropped
    },
  }
}
