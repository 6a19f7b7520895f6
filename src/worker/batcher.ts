import {HookctlError} from '../errors.ts'
import type {WorkerLog} from './log.ts'

/** Writes many things in one transaction, a moment after they came. */
export interface Batcher<T> {
  /** Resolves once it is durable; false when it cannot be written, ever, or the batcher has ended. */
  add(item: T): Promise<boolean>
  /** Given and not yet durable. */
  readonly waiting: number
  /** Whether the store refuses at the moment (busy, full, gone): nothing new should be begun. */
  readonly stuck: boolean
  /** Writes what waits now. What the store then still refuses is given up. */
  end(): Promise<void>
}

export interface BatcherOptions<T> {
  readonly write: (items: readonly T[]) => Promise<unknown>
  readonly log: WorkerLog
  /** For the log: what could not be written. */
  readonly describe: (item: T) => object
}

const ENOUGH = 256
const MOST = 1024
const WITHIN_MS = 5
const AGAIN_AFTER_MS = 250

interface Entry<T> {
  readonly item: T
  readonly done: (durable: boolean) => void
}

/**
 * Written when there are 256, at the latest 5 ms after the first, or after the commit before: in between lies the most of
 * what a commit can save (measured: the knee is at 64 to 256). What has come together meanwhile goes along, up to 1,024. A store that is busy or
 * full is asked again; one thing that can never be written (a bug) does not hold up the others.
 */
export function createBatcher<T>({write, log, describe}: BatcherOptions<T>): Batcher<T> {
  let entries: Entry<T>[] = []
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> | null = null
  let unwritten = 0
  let stuck = false
  let ending = false

  function plan(): void {
    if (entries.length >= ENOUGH) void flush()
    else timer ??= setTimeout(flush, WITHIN_MS)
  }

  function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer)
    timer = null
    writing ??= writeAll().finally(() => {
      writing = null
    })
    return writing
  }

  async function writeAll(): Promise<void> {
    for (let isDue = true; isDue && entries.length > 0; isDue = ending || entries.length >= ENOUGH) {
      const batch = entries.slice(0, MOST)
      const refusal = await attempt(batch)
      entries = entries.slice(batch.length)
      if (refusal === null || !isOfTheStore(refusal)) continue
      if (ending) return giveUp(batch)
      entries = [...batch, ...entries]
      if (!stuck) log.warn({code: refusal.code, waiting: entries.length}, 'outcomes cannot be recorded; sending pauses')
      stuck = true
      await new Promise(resolve => setTimeout(resolve, AGAIN_AFTER_MS))
    }
    if (entries.length > 0) plan()
  }

  /** Answers the error where nothing was written because of the store; else everything in the batch is settled. */
  async function attempt(batch: readonly Entry<T>[]): Promise<HookctlError | null> {
    try {
      await write(batch.map(({item}) => item))
    } catch (error) {
      if (isOfTheStore(error)) return error
      if (batch.length === 1) settlePoison(batch[0]!, error)
      else for (const entry of batch) await attempt([entry]).then(refusal => refusal && settlePoison(entry, refusal))
      return null
    }
    stuck = false
    settle(batch, true)
    return null
  }

  function settlePoison(entry: Entry<T>, error: unknown): void {
    log.error({...describe(entry.item), error: String(error)}, 'an outcome cannot be recorded')
    settle([entry], false)
  }

  function settle(batch: readonly Entry<T>[], durable: boolean): void {
    unwritten -= batch.length
    for (const {done} of batch) done(durable)
  }

  function giveUp(batch: readonly Entry<T>[]): void {
    const rest = [...batch, ...entries]
    entries = []
    settle(rest, false)
  }

  return {
    add(item) {
      if (ending) return Promise.resolve(false)
      unwritten++
      return new Promise(done => {
        entries.push({item, done})
        plan()
      })
    },
    get waiting() {
      return unwritten
    },
    get stuck() {
      return stuck
    },
    async end() {
      ending = true
      do await flush()
      while (entries.length > 0)
    },
  }
}

/** Busy, full or gone: the same for every item, and it may pass. */
const isOfTheStore = (error: unknown): error is HookctlError =>
  error instanceof HookctlError && error.kind === 'unreachable'
