import {vi} from 'vitest'

/** Time that passes only when everything that can happen now has happened: a minute of it takes as long as its work. */
export interface VirtualTime extends Disposable {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after so many ms of it. */
  sleep(ms: number): Promise<void>
  /** Lets time pass until the condition holds. @throws Error after `atMostMs` of it */
  runUntil(condition: () => boolean, atMostMs: number): Promise<void>
}

interface Timer {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

/** Work goes on for some turns of the event loop: a commit, what follows from it, a look at what is due. */
const TURNS = 4

/** Takes the place of timers and of the monotonic clock until disposed of; the event loop itself stays real. */
export function virtualTime(start: number): VirtualTime {
  const timers = new Set<Timer>()
  let passed = 0
  let order = 0

  function setTimer(callback: (...values: unknown[]) => void, ms = 0, ...values: unknown[]) {
    const timer: Timer = {at: passed + Math.max(1, ms), order: order++, run: () => callback(...values)}
    timers.add(timer)
    return Object.assign(timer, {unref: () => timer, ref: () => timer, hasRef: () => true})
  }
  vi.stubGlobal('setTimeout', setTimer)
  vi.stubGlobal('clearTimeout', (timer: Timer) => timers.delete(timer))
  const monotonic = vi.spyOn(performance, 'now').mockImplementation(() => passed)

  function next(): Timer | null {
    let first: Timer | null = null
    for (const timer of timers) {
      if (first === null || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer
    }
    return first
  }

  return {
    now: () => start + passed,
    sleep: ms => new Promise(resolve => void setTimer(() => resolve(), ms)),
    async runUntil(condition, atMostMs) {
      const end = passed + atMostMs
      for (;;) {
        for (let turn = 0; turn < TURNS; turn++) await new Promise(setImmediate)
        if (condition()) return
        const timer = next()
        if (timer === null || timer.at > end) throw new Error(`not within ${atMostMs} ms of virtual time`)
        timers.delete(timer)
        passed = timer.at
        timer.run()
      }
    },
    [Symbol.dispose]() {
      vi.unstubAllGlobals()
      monotonic.mockRestore()
    },
  }
}
