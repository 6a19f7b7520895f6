import {fault} from './fault.ts'
import type {Fault, VerifyOptions} from './types.ts'

/** Up to 12 digits: 13 would be milliseconds. No sign, no leading zero: one time has one spelling. */
const UNIX_SECONDS = /^(?:0|[1-9][0-9]{0,11})$/

/** Unix seconds from the header's text. */
export function readTimestamp(text: string): number | Fault {
  if (UNIX_SECONDS.test(text)) return Number(text)
  if (/^[1-9][0-9]{12}$/.test(text)) {
    return fault('bad_timestamp', 'the timestamp has 13 digits: milliseconds where seconds are due?')
  }
  return fault('bad_timestamp')
}

/**
 * Whether the timestamp is within the tolerance on either side, inclusive. Both sides: a captured message dated
 * 2100 could be replayed until then. Written so that a `now` that is no number refuses.
 */
export function ageFault(timestamp: number, {now, tolerance}: VerifyOptions): Fault | undefined {
  if (tolerance === null) return undefined
  const age = now - timestamp
  if (age < -tolerance) return fault('timestamp_in_future', `signed ${-age} s ahead of this clock: is a clock wrong?`)
  if (age <= tolerance) return undefined
  return fault('timestamp_too_old', `signed ${age} s ago, ${tolerance} s are allowed: a replay, or is a clock wrong?`)
}
