import {isDuration, parseDurationMs} from '../domain/duration.ts'
import {usageError} from '../errors.ts'
import {beginOfDay, firstMoment, type Zone} from './zone.ts'

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/
/** By how many days ago they are. */
const DAYS = ['today', 'yesterday']
const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

export interface InstantOptions {
  /** Milliseconds since the epoch: what durations are subtracted from. */
  readonly now: number
  /** Bare digits are unix seconds. */
  readonly unix?: boolean
  /** In which days begin; asked only where one is named. */
  readonly zone: () => Zone
}

function invalid(text: string, options: InstantOptions): never {
  const forms = `2h (ago), yesterday, 2026-03-01, 2026-03-01T10:00:00Z${options.unix ? ' or unix seconds' : ''}`
  throw usageError('invalid_time', `not a time: "${text}"`, {hint: `write it like ${forms}`})
}

/** Date.parse takes 30 February for 2 March; a date is only one if it comes back as it went in. */
function isCalendarDate(year: string, month: string, day: string): boolean {
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day)
}

/**
 * Milliseconds since the epoch of a duration ago (`2h`, `3d`), `now`, a date, `today` or `yesterday` (the first moment of
 * the day), RFC 3339 with its zone, or, where `unix` allows it, seconds since the epoch.
 *
 * @throws usage `invalid_time`: anything else, a day the calendar does not have, a time without zone.
 */
export function parseInstant(text: string, options: InstantOptions): number {
  if (text === 'now') return options.now
  const daysAgo = DAYS.indexOf(text)
  if (daysAgo >= 0) return beginOfDay(options.now, daysAgo, options.zone())
  if (isDuration(text)) return options.now - parseDurationMs(text)
  if (options.unix && /^\d{1,12}$/.test(text)) {
    const instant = Number(text) * 1000
    return instant <= LATEST_MS ? instant : invalid(text, options)
  }
  const match = DATE.exec(text) ?? RFC_3339.exec(text)
  if (match === null || !isCalendarDate(match[1]!, match[2]!, match[3]!)) return invalid(text, options)
  const parsed = Date.parse(text.replace(' ', 'T').toUpperCase())
  const instant = DATE.test(text) ? firstMoment(parsed, options.zone()) : parsed
  return Number.isFinite(instant) ? instant : invalid(text, options)
}

/** RFC 3339 UTC with milliseconds only where there are some. */
export const formatInstant = (instant: number): string => new Date(instant).toISOString().replace('.000Z', 'Z')

/** The same of what was typed: with microseconds where some were given, because bodies may carry them. */
export function instantText(text: string, options: InstantOptions): string {
  const whole = new Date(parseInstant(text, options)).toISOString()
  const finer = /\.\d{3}(\d{1,3})/.exec(text)?.[1]?.replace(/0+$/, '') ?? ''
  return finer === '' ? whole.replace('.000Z', 'Z') : whole.replace('Z', `${finer}Z`)
}
