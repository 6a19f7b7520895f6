import type {Limits} from './limits.ts'

/** How a webhook has answered lately. `new`: not yet. */
type Health = 'new' | 'good' | 'failing'

/** What is known of a webhook that takes slots: its requests in flight, where they go, and how it answered lately. */
export interface SlotTaker {
  host: string
  inFlight: number
  health: Health
}

/** The requests that may be in flight at once: in all, per host, and of failing webhooks. */
export interface Slots {
  /** In flight in all. */
  readonly taken: number
  /** Whether one more may go to this one, its own limit aside. */
  mayStart(taker: Readonly<SlotTaker>): boolean
  /** One more (1) or less (-1) of it is in flight. */
  count(taker: SlotTaker, by: 1 | -1): void
  /** What it has in flight counts from now on as that of a webhook of this health. */
  setHealth(taker: SlotTaker, health: Health): void
}

/**
 * Failing webhooks together hold at most half of the slots, of all and of each host: the dead must leave room for the
 * living (G1, G2).
 */
export function createSlots(limits: Limits): Slots {
  const inFlight: Record<Health, number> = {new: 0, good: 0, failing: 0}
  const hosts = new Map<string, {all: number; failing: number}>()

  return {
    get taken() {
      return inFlight.new + inFlight.good + inFlight.failing
    },

    mayStart(taker) {
      const host = hosts.get(taker.host) ?? {all: 0, failing: 0}
      if (host.all >= limits.perHost) return false
      if (taker.health === 'good') return true
      if (taker.health === 'failing') {
        return inFlight.failing < limits.inFlight / 2 && host.failing < limits.perHost / 2
      }
      // A webhook never heard of may always try once; more only where the unproven leave half to the proven.
      return taker.inFlight === 0 || inFlight.failing + inFlight.new < limits.inFlight / 2
    },

    count(taker, by) {
      taker.inFlight += by
      inFlight[taker.health] += by
      const host = hosts.get(taker.host) ?? {all: 0, failing: 0}
      host.all += by
      if (taker.health === 'failing') host.failing += by
      if (host.all === 0) hosts.delete(taker.host)
      else hosts.set(taker.host, host)
    },

    setHealth(taker, health) {
      if (taker.health === health) return
      const host = hosts.get(taker.host)
      inFlight[taker.health] -= taker.inFlight
      inFlight[health] += taker.inFlight
      if (host !== undefined && taker.health === 'failing') host.failing -= taker.inFlight
      if (host !== undefined && health === 'failing') host.failing += taker.inFlight
      taker.health = health
    },
  }
}
