import {fault} from './fault.ts'
import type {Fault, TimestampFormat, VerifyOptions} from './types.ts'

/** Up to 12 digits: 13 would be milliseconds. No sign, no leading zero: one time has one spelling. */
const UNIX_SECONDS = /^(?:0|[1-9][0-9]{0,11})$/

/** Exactly as many as there are until 2286: what stands before them cannot lend them a digit. */
const UNIX_MILLISECONDS = /^[1-9][0-9]{12}$/

const RFC_3339 = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})$/

const READERS: {readonly [format in TimestampFormat]: (text: string) => number | Fault} = {
  seconds(text) {
    if (UNIX_SECONDS.test(text)) return Number(text)
    if (UNIX_MILLISECONDS.test(text)) {
      return fault('bad_timestamp', 'the timestamp has 13 digits: milliseconds where seconds are due?')
    }
    return fault('bad_timestamp', 'it is not a whole number of unix seconds')
  },
  milliseconds: text =>
    UNIX_MILLISECONDS.test(text)
      ? Math.floor(Number(text) / 1000)
      : fault('bad_timestamp', 'it is not a whole number of unix milliseconds, which has 13 digits'),
  rfc3339(text) {
    const ms = RFC_3339.test(text) ? Date.parse(text) : Number.NaN
    return Number.isNaN(ms)
      ? fault('bad_timestamp', 'it is not a time like 2026-03-01T10:00:00Z')
      : Math.floor(ms / 1000)
  },
}

export const TIMESTAMP_FORMATS = Object.keys(READERS) as readonly TimestampFormat[]

/** Unix seconds from the header's text. */
export const readTimestamp = (text: string, format: TimestampFormat = 'seconds'): number | Fault =>
  READERS[format](text)

const LAST_SECOND = 8_640_000_000_000

/** The text of unix seconds; one that cannot be read where they are no time. */
export function writeTimestamp(seconds: number, format: TimestampFormat = 'seconds'): string {
  if (format === 'milliseconds') return `${seconds}000`
  if (format === 'seconds' || !Number.isInteger(seconds) || Math.abs(seconds) > LAST_SECOND) return `${seconds}`
  return new Date(seconds * 1000).toISOString().replace('.000', '')
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
