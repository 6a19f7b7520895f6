import {addPruned, nothingPruned, type Pruned, type Retention, retentionKinds} from '../domain/retention.ts'
import type {Store} from '../store/store.ts'
import type {WorkerLog} from './log.ts'

export interface KeeperOptions {
  readonly store: Pick<Store, 'retention'> & {readonly deliveries: Pick<Store['deliveries'], 'resume'>}
  readonly retention: Retention
  readonly now: () => number
  readonly log: WorkerLog
}

/** A command that sends for a moment leaves it to those that stay. */
const FIRST_AFTER_MS = 60_000
const PRUNED_EVERY_MS = 3_600_000
const RESUMED_EVERY_MS = 60_000
/** Short enough for an accept to wait for. */
export const SLICE = 100

/**
 * Keeps the store in order, a little at each `step`, which the worker calls between its looks for work:
 * - Removes what is past its time, as the retention policy says: a pass through the store every hour, one slice a step.
 * - Resumes what is held although its webhook is on, every minute: who switched it on may have been cut off before that.
 */
export function createKeeper({store, retention, now, log}: KeeperOptions): {step(): Promise<void>} {
  const kinds = retentionKinds.filter(kind => retention[kind] !== null)
  const pruning = every(PRUNED_EVERY_MS, now)
  const resuming = every(RESUMED_EVERY_MS, now)
  let open: readonly (typeof kinds)[number][] = []
  let cursor: string | null = null
  let sum: Pruned = nothingPruned

  const begin = () => {
    open = kinds
    cursor = null
    sum = nothingPruned
    pruning.wasDone()
  }

  async function resume(): Promise<void> {
    if (!resuming.isDue) return
    try {
      const resumed = await store.deliveries.resume(null, now())
      if (resumed > 0) return log.warn({resumed}, 'resumed what was held although its webhook is on')
    } catch (error) {
      log.warn({error: String(error)}, 'what is held although its webhook is on could not be resumed')
    }
    resuming.wasDone()
  }

  return {
    async step() {
      await resume()
      if (open.length === 0) {
        if (!pruning.isDue) return
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

/** Something that is due a minute from now, and then so long after it was done. */
function every(ms: number, now: () => number): {readonly isDue: boolean; wasDone(): void} {
  let next = now() + FIRST_AFTER_MS
  return {
    get isDue() {
      // A clock that was set back must not put it off for longer than its interval.
      return now() >= next || next - now() > ms
    },
    wasDone() {
      next = now() + ms
    },
  }
}
