import type {HookctlError} from '../errors.ts'
import {overloadedError} from '../errors.ts'
import type {Store} from '../store/store.ts'

/** How much may wait, and how little room may be left, before nothing more is accepted; null: no limit. */
export interface AcceptLimits {
  /** Deliveries that are not over, of all organizations. */
  readonly waiting: number | null
  /** Bytes left on the disk of the store. */
  readonly diskFreeBytes: number | null
}

export const defaultAcceptLimits: AcceptLimits = {waiting: 2_000_000, diskFreeBytes: 8 * 1024 * 1024}

/** Soft limits: what is accepted between two looks comes on top. */
const LOOK_EVERY_MS = 250

/** With so little left the store itself says that it is full: that it is overloaded would promise that waiting helps. */
const FULL_BYTES = 1024 * 1024

interface Look {
  readonly at: number
  readonly refusal: HookctlError | null
}

/**
 * Says whether accepting is refused at the moment, and why: too much waits already, or the disk is about to be full.
 * What was accepted is sent all the same; outcomes need the room that is kept.
 */
export function createOverload(
  {store, now}: {readonly store: Pick<Store, 'deliveries' | 'room'>; readonly now: () => number},
  limits: AcceptLimits,
): () => Promise<HookctlError | null> {
  let last: Look | null = null
  return async () => {
    const at = now()
    if (last === null || at < last.at || at - last.at >= LOOK_EVERY_MS) {
      last = {at, refusal: (await tooMuchWaits(store, limits)) ?? (await tooLittleRoom(store, limits))}
    }
    return last.refusal
  }
}

async function tooMuchWaits({deliveries}: Pick<Store, 'deliveries'>, {waiting}: AcceptLimits) {
  if (waiting === null) return null
  const counts = await deliveries.counts(null)
  const found = counts.collecting + counts.pending + counts.delivering + counts.held
  if (found < waiting) return null
  return overloadedError(
    'store_overloaded',
    `${found} deliveries wait already, and ${waiting} are the most: nothing more is accepted`,
    {
      hint: '`hookctl worker queues` shows for whom; the setting limits.waiting says how many may wait',
    },
  )
}

async function tooLittleRoom(store: Pick<Store, 'room'>, limits: AcceptLimits) {
  if (limits.diskFreeBytes === null) return null
  const free = await store.room()
  if (free === null || free >= limits.diskFreeBytes || free < FULL_BYTES) return null
  return overloadedError(
    'store_overloaded',
    `only ${Math.floor(free / FULL_BYTES)} MiB are free on the disk of the store: nothing more is accepted`,
    {
      hint: 'make room there; the setting limits.diskFree says how much is kept free',
    },
  )
}
