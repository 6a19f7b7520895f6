import {addPruned, nothingPruned, type Pruned, type Retention, retentionKinds} from '../domain/retention.ts'
import type {Store} from '../store/store.ts'
import type {WorkerLog} from './log.ts'

export interface KeeperOptions {
  readonly store: Pick<Store, 'retention'>
  readonly retention: Retention
  readonly now: () => number
  readonly log: WorkerLog
}

/** A command that sends for a moment leaves it to those that stay. */
const FIRST_AFTER_MS = 60_000
const EVERY_MS = 3_600_000
/** Short enough for an accept to wait for. */
export const SLICE = 100

/**
 * Removes what is past its time, as the retention policy says: a pass through the store every hour, one slice at each
 * `step`, which the worker calls between its looks for work.
 */
export function createKeeper({store, retention, now, log}: KeeperOptions): {step(): Promise<void>} {
  const kinds = retentionKinds.filter(kind => retention[kind] !== null)
  let next = now() + FIRST_AFTER_MS
  let open: readonly (typeof kinds)[number][] = []
  let cursor: string | null = null
  let sum: Pruned = nothingPruned

  const begin = () => {
    open = kinds
    cursor = null
    sum = nothingPruned
    next = now() + EVERY_MS
  }

  return {
    async step() {
      if (open.length === 0) {
        // A clock that was set back must not put it off for longer than its interval.
        if (now() < next && next - now() <= EVERY_MS) return
        begin()
      }
      const kind = open[0]
      if (kind === undefined) return
      try {
        const before = now() - (retention[kind] as number)
        const slice = await store.retention.prune({kind, before, limit: SLICE, cursor, keepEnds: retention.historyEnds})
        sum = addPruned(sum, slice.pruned)
        cursor = slice.cursor
        if (cursor === null) open = open.slice(1)
      } catch (error) {
        open = []
        log.warn({error: String(error)}, 'what is past its time could not be removed')
      }
      if (open.length === 0 && Object.values(sum).some(n => n > 0)) log.info({...sum}, 'removed what is past its time')
    },
  }
}
