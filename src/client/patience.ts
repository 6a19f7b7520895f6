import {setTimeout} from 'node:timers/promises'
import {HookctlError} from '../errors.ts'
import type {Client, WatchConnection} from './client.ts'

const AGAIN_AFTER_MS = 500

/** Of a store behind a network: it may be started anew, or hand over to its replica. A file that is gone stays gone. */
const PASSING: ReadonlySet<string> = new Set(['store_unreachable', 'store_busy'])

/** Whether the same question to the store may well be answered later. */
export const isPassing = (error: unknown): boolean => error instanceof HookctlError && PASSING.has(error.code)

/**
 * Asks again until there is an answer, `endsAt` (of performance.now) has passed, or the signal aborts; only what may be
 * asked twice. Rejects with what was wrong last.
 */
export async function patiently<T>(
  ask: () => Promise<T>,
  {
    endsAt = Number.POSITIVE_INFINITY,
    signal,
    watch = () => {},
  }: {readonly endsAt?: number; readonly signal?: AbortSignal; readonly watch?: WatchConnection | undefined},
): Promise<T> {
  for (let isLost = false; ; ) {
    try {
      const answer = await ask()
      if (isLost) watch('restored')
      return answer
    } catch (error) {
      const leftMs = endsAt - performance.now()
      if (!isPassing(error) || leftMs <= 0 || signal?.aborted) throw error
      if (!isLost) watch('lost')
      isLost = true
      await setTimeout(Math.min(AGAIN_AFTER_MS, leftMs), undefined, {...(signal && {signal})}).catch(() => undefined)
    }
  }
}

/** The same client, for questions that may be asked twice. */
export const patient = (client: Client, options: Parameters<typeof patiently>[1]): Pick<Client, 'call' | 'target'> => ({
  target: client.target,
  call: (name, input) => patiently(() => client.call(name, input), options),
})
