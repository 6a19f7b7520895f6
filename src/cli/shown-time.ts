import {formatDuration} from '../domain/duration.ts'
import {wallTime, type Zone} from './zone.ts'

/** Instants and spans as a person sees them. Programs get UTC: `formatInstant` (time.ts). */

/** Beyond that a person wants the date. */
const FAR_MS = 90 * 86_400_000

/** How times are told to a person. */
export interface Times {
  /** What they are relative to: ms since the epoch. */
  readonly now: number
  readonly zone: Zone
  /** Exact also where many stand in a table. */
  readonly exact: boolean
}

/** The same as of another moment: where a screen is drawn again and again. */
export const timesAt = (now: number, times?: Times): Times => ({zone: undefined, exact: false, ...times, now})

/** RFC 3339 as clocks of the zone show it, with milliseconds only where there are some: `2026-03-01T11:00:00+01:00`. */
export function formatInZone(instant: number, zone: Zone): string {
  const {date, time, offset} = wallTime(instant, zone)
  return `${date}T${time.replace('.000', '')}${offset}`
}

/** `16:17:34.028`; with the date in front when it was another day. */
export function formatClock(instant: number, now: number, zone: Zone): string {
  const {date, time} = wallTime(instant, zone)
  return date === wallTime(now, zone).date ? time : `${date} ${time}`
}

/** The size of a time span for reading, one unit: `42s`, `5m`, `3h`, `12d`; below a second in ms. */
export function formatAge(durationMs: number): string {
  const whole = formatDuration(
    Math.abs(durationMs) >= 1000 ? Math.trunc(Math.abs(durationMs) / 1000) * 1000 : durationMs,
  )
  return /^\d+(?:ms|[smhd])/.exec(whole)?.[0] ?? whole
}

/** `5m ago`, `in 30s`, `now`; beyond 90 days the date. */
export function formatRelative(instant: number, now: number, zone?: Zone): string {
  const elapsed = now - instant
  if (Math.abs(elapsed) < 1000) return 'now'
  if (Math.abs(elapsed) > FAR_MS) return wallTime(instant, zone).date
  return elapsed > 0 ? `${formatAge(elapsed)} ago` : `in ${formatAge(elapsed)}`
}

/** Both: `2026-03-01T11:00:00+01:00 (5m ago)`. */
export function formatBoth(instant: number, now: number, zone: Zone): string {
  const exact = formatInZone(instant, zone)
  return Math.abs(now - instant) > FAR_MS ? exact : `${exact} (${formatRelative(instant, now, zone)})`
}
