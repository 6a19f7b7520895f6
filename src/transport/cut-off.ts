/** What is to be called when a signal aborts. */
export type CutOff = Set<() => void>

const known = new WeakMap<AbortSignal, CutOff>()

/** Of one signal always the same: many exchanges share one, and a listener for each costs more than the rest of a send. */
export function cutOffOf(signal: AbortSignal): CutOff {
  const found = known.get(signal)
  if (found !== undefined) return found
  const cutOff: CutOff = new Set()
  known.set(signal, cutOff)
  signal.addEventListener('abort', () => {
    for (const call of [...cutOff]) call()
  })
  return cutOff
}
