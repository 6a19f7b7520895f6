import {EXIT} from './exit-codes.ts'
import type {Surroundings} from './surroundings.ts'

/** What Ctrl-C does in this run. */
export interface Interruption {
  /**
   * From now on the first Ctrl-C (or SIGTERM) aborts this signal and the command ends by itself; a second one ends the
   * process at once. Without a claim the first one does.
   */
  claim(): AbortSignal
  /** Which signal came, if one did. */
  readonly received: () => 'SIGINT' | 'SIGTERM' | undefined
  close(): void
}

export function watchInterruption({signals, exit}: Pick<Surroundings, 'signals' | 'exit'>): Interruption {
  const abort = new AbortController()
  let claimed = false
  let received: 'SIGINT' | 'SIGTERM' | undefined
  const take = (name: 'SIGINT' | 'SIGTERM') => {
    if (!claimed || received !== undefined) exit(name === 'SIGINT' ? EXIT.interrupted : 143)
    received = name
    abort.abort()
  }
  const onInterrupt = () => take('SIGINT')
  const onTerminate = () => take('SIGTERM')
  signals.on('SIGINT', onInterrupt)
  return {
    claim() {
      if (!claimed) signals.on('SIGTERM', onTerminate)
      claimed = true
      return abort.signal
    },
    received: () => received,
    close() {
      signals.off('SIGINT', onInterrupt)
      signals.off('SIGTERM', onTerminate)
    },
  }
}
