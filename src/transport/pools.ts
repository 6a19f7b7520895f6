import type {Guard} from './guard.ts'
import {type Connector, createConnector, type Line, type Origin, openLine} from './lines.ts'
import {createTunnel, type Tunnel} from './tunnel.ts'

interface Pool {
  readonly way: Connector | Tunnel
  readonly idle: {readonly line: Line; readonly since: number}[]
  busy: number
}

/** A line to send one request on. */
export interface Lease {
  readonly line: Line
  /** How long it had been idle; 0 for a new one. */
  readonly idleMs: number
  /** Gives it back: kept for the next request, or closed. */
  release(reusable: boolean): void
}

export interface Pools {
  /** The line used last, whose connection is the least likely to be stale; a new one where `fresh` or none is idle. */
  take(origin: Origin, fresh: boolean): Lease
  close(): Promise<void>
}

const MOST_ORIGINS = 256
const MOST_IDLE = 64

/** Lines per origin, the origins used longest ago forgotten first. How many are busy at once is the worker's to say. */
export function createPools(guard: Guard): Pools {
  const pools = new Map<string, Pool>()

  function poolOf(origin: Origin): Pool {
    const pool = pools.get(origin.key) ?? {way: wayTo(origin, guard), idle: [], busy: 0}
    pools.delete(origin.key)
    pools.set(origin.key, pool)
    if (pools.size > MOST_ORIGINS) forgetOldest(pools)
    return pool
  }

  return {
    take(origin, fresh) {
      const pool = poolOf(origin)
      const idle = fresh ? undefined : pool.idle.pop()
      const line = idle?.line ?? openLine(origin, pool.way, guard)
      pool.busy++
      return {
        line,
        idleMs: idle === undefined ? 0 : performance.now() - idle.since,
        release(reusable) {
          pool.busy--
          const kept = reusable && pool.idle.length < MOST_IDLE && pools.get(origin.key) === pool
          if (kept) pool.idle.push({line, since: performance.now()})
          else line.kill()
        },
      }
    },
    async close() {
      const lines = [...pools.values()].flatMap(pool => pool.idle)
      pools.clear()
      for (const {line} of lines) line.kill()
    },
  }
}

const wayTo = (origin: Origin, guard: Guard): Connector | Tunnel =>
  origin.proxy === null ? createConnector(origin, guard) : createTunnel(origin, origin.proxy, guard)

function forgetOldest(pools: Map<string, Pool>): void {
  for (const [key, pool] of pools) {
    if (pool.busy > 0) continue
    pools.delete(key)
    for (const {line} of pool.idle) line.kill()
    return
  }
}
