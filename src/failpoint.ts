/** The places where a fault matters most: between two steps that have to look like one after a restart. */
export type Failpoint =
  | 'accept.written'
  | 'accept.committed'
  | 'claim.taken'
  | 'send.connected'
  | 'send.answered'
  | 'record.written'
  | 'record.committed'
  | 'migrate.written'
  | 'migrate.committed'

declare global {
  var hookctlFailpoint: ((place: Failpoint) => void) | undefined
}

/**
 * Tells whoever tests that this place is reached: they may end the process here, or have it fail (test/harness/faults).
 *
 * Nobody can in what is published: scripts/build.js puts `undefined` where the hook is looked up.
 */
export function reached(place: Failpoint): void {
  globalThis.hookctlFailpoint?.(place)
}
