import parseDuration from 'parse-duration'
import {usageError} from '../errors.ts'

const UNITS = ['w', 'd', 'h', 'm', 's', 'ms'] as const
const MS: Readonly<Record<(typeof UNITS)[number], number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
}

/** Largest unit first, each at most once, nothing else: parse-duration alone takes "1 hourz" for an hour. */
const STRICT = new RegExp(`^${UNITS.map(unit => `(?:\\d{1,9}(?:\\.\\d{1,6})?${unit})?`).join('')}$`)

const LONGEST_MS = 100 * 365 * MS.d

/** Whether this looks like a duration at all; says nothing about its bounds. */
export const isDuration = (text: string): boolean => text !== '' && STRICT.test(text)

/**
 * Milliseconds of `90s`, `15m`, `1h`, `7d`, `1h30m`, `250ms`, `1.5h`, `2w`; rounded to whole ones.
 *
 * @throws usage `invalid_duration` for anything else: no spaces, no signs, no bare numbers, at most 100 years.
 */
export function parseDurationMs(text: string): number {
  const durationMs = isDuration(text) ? (parseDuration(text, 'ms') ?? Number.NaN) : Number.NaN
  if (!(durationMs <= LONGEST_MS)) {
    throw usageError('invalid_duration', `not a duration: "${text}"`, {
      hint: 'write it like 250ms, 90s, 15m, 1h30m or 7d',
    })
  }
  return Math.round(durationMs)
}

/** The shortest exact spelling that parseDurationMs reads back: 5400000 is `1h30m`, 0 is `0s`. */
export function formatDuration(durationMs: number): string {
  let rest = Math.round(Math.abs(durationMs))
  const parts: string[] = []
  for (const unit of UNITS.slice(1)) {
    const count = Math.floor(rest / MS[unit])
    rest -= count * MS[unit]
    if (count > 0) parts.push(`${count}${unit}`)
  }
  return parts.join('') || '0s'
}
