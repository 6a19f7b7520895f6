import {type Connector, createConnector, type Origin, READ_BYTES} from './connector.ts'
import type {Guard} from './guard.ts'
import {type Line, openLine} from './lines.ts'
import {createTunnel, type Tunnel} from './tunnel.ts'

interface Pool {
  readonly way: Connector | Tunnel
  idle: Idle[]
  busy: number
}

/** A line that waits for its next request; times are those of `performance.now()`. */
interface Idle {
  readonly line: Line
  readonly since: number
  readonly until: number
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
  close(): void
}

const MOST_ORIGINS = 256
const MOST_IDLE = 64
const SWEEP_MS = 1000

/** Lines per origin, the origins used longest ago forgotten first. How many are busy at once is the worker's to say. */
export function createPools(guard: Guard): Pools {
  const pools = new Map<string, Pool>()
  const room = Buffer.allocUnsafeSlow(READ_BYTES)
  let sweeping: NodeJS.Timeout | null = null

  function poolOf(origin: Origin): Pool {
    const pool = pools.get(origin.key) ?? {way: wayTo(origin), idle: [], busy: 0}
    pools.delete(origin.key)
    pools.set(origin.key, pool)
    if (pools.size > MOST_ORIGINS) forgetOldest(pools)
    return pool
  }

  const wayTo = (origin: Origin): Connector | Tunnel =>
    origin.proxy === null ? createConnector(origin, guard, room) : createTunnel(origin, origin.proxy, guard)

  function keep(pool: Pool, line: Line): void {
    const since = performance.now()
    pool.idle.push({line, since, until: since + line.keptMs})
    sweeping ??= setTimeout(sweep, SWEEP_MS).unref()
  }

  function sweep(): void {
    sweeping = null
    for (const pool of pools.values()) pool.idle = pool.idle.filter(isGood)
    if ([...pools.values()].some(({idle}) => idle.length > 0)) sweeping = setTimeout(sweep, SWEEP_MS).unref()
  }

  return {
    take(origin, fresh) {
      const pool = poolOf(origin)
      const idle = fresh ? undefined : lastGood(pool)
      const line = idle?.line ?? openLine(origin, pool.way, guard)
      pool.busy++
      return {
        line,
        idleMs: idle === undefined ? 0 : performance.now() - idle.since,
        release(reusable) {
          pool.busy--
          const kept = reusable && line.keptMs > 0 && pool.idle.length < MOST_IDLE && pools.get(origin.key) === pool
          if (kept) keep(pool, line)
          else line.kill()
        },
      }
    },
    close() {
      if (sweeping !== null) clearTimeout(sweeping)
      const lines = [...pools.values()].flatMap(pool => pool.idle)
      pools.clear()
      for (const {line} of lines) line.kill()
    },
  }
}

function lastGood({idle}: Pool): Idle | undefined {
  for (let last = idle.pop(); last !== undefined; last = idle.pop()) if (isGood(last)) return last
  return undefined
}

/** One that is not is closed. */
function isGood({line, until}: Idle): boolean {
  const good = line.keptMs > 0 && performance.now() < until
  if (!good) line.kill()
  return good
}

function forgetOldest(pools: Map<string, Pool>): void {
  for (const [key, pool] of pools) {
    if (pool.busy > 0) continue
    pools.delete(key)
    for (const {line} of pool.idle) line.kill()
    return
  }
}
