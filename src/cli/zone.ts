import {offsetAt, offsetMinutes} from '../domain/zone.ts'

/** An offset or a name, as webhooks have it (src/domain/zone.ts); undefined: the zone of this machine. */
export type Zone = string | undefined

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/** What clocks and calendars of a zone show: `2026-03-01`, `11:00:00.000`, `+01:00`. */
export interface WallTime {
  readonly date: string
  readonly time: string
  readonly offset: string
}

/** @param instant ms since the epoch */
export function wallTime(instant: number, zone: Zone): WallTime {
  const offset = zone === undefined ? offsetHere(instant) : offsetAt(zone, Math.floor(instant / 1000))
  const local = new Date(instant + offsetMinutes(offset) * MINUTE_MS).toISOString()
  return {date: local.slice(0, -14), time: local.slice(-13, -1), offset}
}

function offsetHere(instant: number): string {
  const west = new Date(instant).getTimezoneOffset()
  const [hours, minutes] = [Math.abs(west) / 60, Math.abs(west) % 60]
  const text = [hours, minutes].map(part => String(Math.floor(part)).padStart(2, '0')).join(':')
  return `${west > 0 ? '-' : '+'}${text}`
}

/** The first moment of the day that holds `instant`, or of one `daysAgo` before it, in ms since the epoch. */
export const beginOfDay = (instant: number, daysAgo: number, zone: Zone): number =>
  firstMoment(Date.parse(wallTime(instant, zone).date) - daysAgo * DAY_MS, zone)

/**
 * The first moment of a day, in ms since the epoch. Mostly midnight; but some clocks are set at midnight, and a few days
 * were left out of a calendar.
 *
 * @param midnight of the day, were it one in UTC
 */
export function firstMoment(midnight: number, zone: Zone): number {
  const {date} = wallTime(midnight, '+00:00')
  const offsets = [midnight - DAY_MS, midnight + DAY_MS].map(near => wallTime(near, zone).offset)
  const begins = offsets.map(offset => midnight - offsetMinutes(offset) * MINUTE_MS)
  return Math.min(...begins.filter(begin => wallTime(begin, zone).date >= date))
}
