import {isOffset, offsetAt, offsetMinutes} from './zone.ts'

/**
 * How a platform writes an instant.
 * - `iso-seconds`: `2026-07-03T12:00:00+00:00`
 * - `iso-seconds-z`: `2026-07-03T12:00:00Z`
 * - `iso-micros`: `2026-07-03T12:00:00.123456+00:00`, Python's `isoformat()`
 * - `space-micros-naive`: `2019-10-12 12:51:29.746944`, Python's `str()` of a local time without zone
 * - `space-micros`: `2020-02-25 15:10:26.010582+00:00`, Python's `str()` of a time with zone
 * - `space-seconds`: `2025-01-01 12:00:00+0200`
 * - `iso-millis-z`: `2026-07-03T12:00:00.123Z`
 * - `iso-micros-z`: `2026-07-03T12:00:00.123456Z`, always six digits
 *
 * In the Python forms the fraction is not there when it is 0.
 */
export type TimestampForm =
  | 'iso-seconds'
  | 'iso-seconds-z'
  | 'iso-micros'
  | 'space-micros-naive'
  | 'space-micros'
  | 'space-seconds'
  | 'iso-millis-z'
  | 'iso-micros-z'

interface Form {
  readonly separator: 'T' | ' '
  readonly fraction: 'none' | 'millis' | 'micros' | 'python'
  readonly zone: 'Z' | '+hh:mm' | '+hhmm' | 'none'
}

const forms: Readonly<Record<TimestampForm, Form>> = {
  'iso-seconds': {separator: 'T', fraction: 'none', zone: '+hh:mm'},
  'iso-seconds-z': {separator: 'T', fraction: 'none', zone: 'Z'},
  'iso-micros': {separator: 'T', fraction: 'python', zone: '+hh:mm'},
  'space-micros-naive': {separator: ' ', fraction: 'python', zone: 'none'},
  'space-micros': {separator: ' ', fraction: 'python', zone: '+hh:mm'},
  'space-seconds': {separator: ' ', fraction: 'none', zone: '+hhmm'},
  'iso-millis-z': {separator: 'T', fraction: 'millis', zone: 'Z'},
  'iso-micros-z': {separator: 'T', fraction: 'micros', zone: 'Z'},
}

const fractionPatterns = {none: '', millis: '(?:\\.(\\d{3}))', micros: '(?:\\.(\\d{6}))', python: '(?:\\.(\\d{6}))?'}
const zonePatterns = {Z: 'Z', '+hh:mm': '([+-]\\d\\d:\\d\\d)', '+hhmm': '([+-]\\d{4})', none: ''}

const MICROS_PER_SECOND = 1_000_000
const MICROS_PER_MINUTE = 60 * MICROS_PER_SECOND

/**
 * An instant in a platform's spelling. What a form has no digits for is cut off, never rounded: 59.9 s stay 59.
 *
 * @param micros microseconds since the epoch
 * @param zone an offset or a name (zone.ts); ignored by the forms that end in `Z`
 */
export function formatTimestamp(micros: number, form: TimestampForm, zone = '+00:00'): string {
  const {separator, fraction, zone: zoneForm} = forms[form]
  const offset = zoneForm === 'Z' ? '+00:00' : offsetAt(zone, Math.floor(micros / MICROS_PER_SECOND))
  const local = micros + offsetMinutes(offset) * MICROS_PER_MINUTE
  const seconds = Math.floor(local / MICROS_PER_SECOND)
  const whole = wholeSecond(seconds)
  const rest = String(local - seconds * MICROS_PER_SECOND).padStart(6, '0')
  return `${whole.slice(0, 10)}${separator}${whole.slice(11, 19)}${fractionText(fraction, rest)}${zoneText(zoneForm, offset)}`
}

// Events come many a second, one second after the other.
let lastSecond = {seconds: Number.NaN, text: ''}

function wholeSecond(seconds: number): string {
  if (lastSecond.seconds !== seconds) lastSecond = {seconds, text: new Date(seconds * 1000).toISOString()}
  return lastSecond.text
}

/**
 * The instant that a text in exactly this form stands for, and its offset; null for any other text.
 *
 * @param zone offset that a form without zone is local to
 */
export function parseTimestamp(
  text: string,
  form: TimestampForm,
  zone = '+00:00',
): {micros: number; zone: string} | null {
  const {separator, fraction, zone: zoneForm} = forms[form]
  const pattern = `^(\\d{4}-\\d\\d-\\d\\d)${separator}(\\d\\d:\\d\\d:\\d\\d)${fractionPatterns[fraction]}${zonePatterns[zoneForm]}$`
  const match = new RegExp(pattern).exec(text)
  if (match === null) return null
  const digits = fraction === 'none' ? '' : (match[3] ?? '')
  const found = writtenZone(zoneForm, match.at(-1) ?? '', zone)
  return instantOf(`${match[1]}T${match[2]}`, digits, found)
}

/** Reads any RFC 3339 or Python spelling, `T` or space, with up to nine digits of fraction; null for other texts. */
export function parseAnyTimestamp(text: string, zone = '+00:00'): {micros: number; zone: string} | null {
  const match = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|z|[+-]\d\d:?\d\d)?$/.exec(text)
  if (match === null) return null
  const [, date, time, digits = '', written = ''] = match
  const found = /^z$/i.test(written) ? '+00:00' : written === '' ? zone : withColon(written)
  return instantOf(`${date}T${time}`, digits, found)
}

function instantOf(wallClock: string, digits: string, zone: string): {micros: number; zone: string} | null {
  const ms = Date.parse(`${wallClock}.000Z`)
  // Date takes 30 February for 2 March and 24:00 for the next day: only what comes back as it went in is a time.
  if (!Number.isFinite(ms) || new Date(ms).toISOString().slice(0, 19) !== wallClock || !isOffset(zone)) return null
  const micros = ms * 1000 + Number(digits.padEnd(6, '0').slice(0, 6)) - offsetMinutes(zone) * MICROS_PER_MINUTE
  return {micros, zone}
}

function fractionText(fraction: Form['fraction'], micros: string): string {
  if (fraction === 'none' || (fraction === 'python' && micros === '000000')) return ''
  return `.${fraction === 'millis' ? micros.slice(0, 3) : micros}`
}

function zoneText(form: Form['zone'], zone: string): string {
  if (form === 'Z') return 'Z'
  if (form === 'none') return ''
  return form === '+hhmm' ? zone.replace(':', '') : zone
}

function writtenZone(form: Form['zone'], text: string, zone: string): string {
  if (form === 'Z') return '+00:00'
  return form === 'none' ? zone : withColon(text)
}

const withColon = (zone: string): string => (zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`)
