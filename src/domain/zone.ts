import {memoized} from './memoized.ts'

/**
 * A zone as webhooks have it: an offset, `+00:00` to `±14:59`, or a name of the time zone database (`Europe/Berlin`), whose
 * offset changes with the seasons.
 */

/** Whether a text is an offset, as it is written. */
export const isOffset = (text: string): boolean => /^[+-](?:0\d|1[0-4]):[0-5]\d$/.test(text)

/** Whether a text is an offset, or a name that this machine knows. */
export const isZone = (text: string): boolean => isOffset(text) || offsetsOf(text) !== null

/** Every name there is; others mean one of these. */
export const zoneNames = (): readonly string[] => Intl.supportedValuesOf('timeZone')

export function offsetMinutes(offset: string): number {
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6))
  return offset.startsWith('-') ? -minutes : minutes
}

/**
 * The offset of a zone at an instant, in seconds since the epoch. Seconds of an offset, as before time was kept by zones,
 * are left out.
 */
export function offsetAt(zone: string, seconds: number): string {
  if (isOffset(zone)) return zone
  const offsets = offsetsOf(zone)
  if (offsets === null) throw new RangeError(`no time zone "${zone}"`)
  return offsets(String(seconds))
}

/** What tells the offsets of a named zone, by the second as text; null where there is none of that name. */
const offsetsOf = memoized(name => {
  // Offsets are taken too, in more spellings than ours.
  if (!/^[a-z]/i.test(name)) return null
  try {
    const format = new Intl.DateTimeFormat('en-US', {timeZone: name, timeZoneName: 'longOffset'})
    return memoized(seconds => offsetIn(format.formatToParts(Number(seconds) * 1000)), 1000)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}, 100)

const offsetIn = (parts: readonly Intl.DateTimeFormatPart[]): string => {
  const written = parts.find(({type}) => type === 'timeZoneName')?.value ?? ''
  return /[+-]\d\d:\d\d/.exec(written)?.[0] ?? '+00:00'
}
