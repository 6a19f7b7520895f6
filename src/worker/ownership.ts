import type {Owner, Store} from '../store/store.ts'

/** The right to send from a store that one process at a time sends from. */
export interface Ownership {
  readonly held: boolean
  /** This process as an owner, since it began to be one; null before. */
  readonly own: Owner | null
  /**
   * Takes it where it is free, or its holder is gone. Answers whether it is ours now, and from whom it was taken: null
   * where its last holder had let go of it.
   */
  take(): Promise<{readonly held: boolean; readonly from: Owner | null}>
  /** Says that we are still here. False when another process has it now: sending must stop at once. */
  beat(): Promise<boolean>
  /** Acts as if another process had it. */
  lose(): void
  release(): Promise<void>
}

export interface OwnershipOptions {
  readonly store: Pick<Store, 'worker'>
  readonly bootId: string
  readonly pid: number
  readonly host: string
  readonly now: () => number
  /** Whether the process of an owner on this host still runs. */
  readonly isAlive: (owner: Owner) => boolean
  /** Monotonic ms. */
  readonly clock: () => number
}

/** An owner not heard of for so long is gone, on whatever host it was. */
const SILENT_MS = 15_000

export function createOwnership({store, bootId, pid, host, now, isAlive, clock}: OwnershipOptions): Ownership {
  const isStill = createStillness(clock)
  let held = false
  let own: Owner | null = null
  return {
    get held() {
      return held
    },
    get own() {
      return own
    },

    async take() {
      // Where many may send there is nobody to take it from.
      const owner = store.worker.isShared ? null : await store.worker.owner()
      const dead = owner !== null && (isStill(owner) || (owner.host === host && !isAlive(owner)))
      const at = now()
      // Only looked at while somebody has it: taking it is a write.
      if (owner !== null && owner.bootId !== bootId && !dead && owner.heartbeatAt >= at - SILENT_MS) {
        return {held: false, from: null}
      }
      const claim = {bootId, pid, host, since: at, heartbeatAt: at}
      held = await store.worker.own(claim, at - SILENT_MS, dead ? owner.bootId : null)
      if (held) own = claim
      return {held, from: held && owner?.bootId !== bootId ? owner : null}
    },

    async beat() {
      const at = now()
      held = await store.worker.renew(bootId, at)
      if (held && own !== null) own = {...own, heartbeatAt: at}
      return held
    },

    lose() {
      held = false
    },

    async release() {
      if (!held) return
      held = false
      await store.worker.release(bootId)
    },
  }
}

/** Whether an owner has not been heard of for as long as we watch: its heartbeat may be ahead of a clock that was set back (F9). */
function createStillness(clock: () => number): (owner: Owner) => boolean {
  let heard: {readonly bootId: string; readonly heartbeatAt: number; readonly since: number} | null = null
  return ({bootId, heartbeatAt}) => {
    if (heard?.bootId !== bootId || heard.heartbeatAt !== heartbeatAt) heard = {bootId, heartbeatAt, since: clock()}
    return clock() - heard.since >= SILENT_MS
  }
}

/** Asks the operating system. */
export function isAliveHere({pid, heartbeatAt}: Owner): boolean {
  // Our own number in an earlier life: in a container every process may be number 1.
  if (pid === process.pid) return heartbeatAt >= performance.timeOrigin
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
