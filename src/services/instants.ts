import {formatTimestamp, parseAnyTimestamp} from '../domain/timestamp.ts'
import {usageError} from '../errors.ts'

/** RFC 3339 in UTC with milliseconds, as every instant on the wire. */
export const toInstant = (ms: number): string => new Date(ms).toISOString()

export const toInstantOrNull = (ms: number | null): string | null => (ms === null ? null : toInstant(ms))

/** RFC 3339 in UTC with microseconds. */
export const microsToInstant = (micros: number): string => formatTimestamp(micros, 'iso-micros-z')

/**
 * Microseconds since the epoch of an RFC 3339 text; digits past the sixth are cut.
 *
 * @throws usage `invalid_input` after 2255 and before 1685, where a JavaScript number no longer holds microseconds
 */
export function toMicros(text: string, path: string): number {
  const micros = parseAnyTimestamp(text)?.micros
  if (micros !== undefined && Number.isSafeInteger(micros)) return micros
  throw usageError('invalid_input', `${path} is "${text}": expected an instant between 1685 and 2255`, {path})
}

/** Milliseconds of an RFC 3339 text, or undefined where there is none. */
export const toMs = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Date.parse(text)
