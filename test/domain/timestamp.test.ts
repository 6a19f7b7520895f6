import {describe, expect, test} from 'vitest'
import {formatTimestamp, parseAnyTimestamp, parseTimestamp, type TimestampForm} from '../../src/domain/timestamp.ts'
import {isZone, zoneNames} from '../../src/domain/zone.ts'

const noon = Date.UTC(2026, 6, 3, 12) * 1000

describe('each form, with a fraction and without', () => {
  test.each<[TimestampForm, number, string, string]>([
    ['iso-seconds', 123_456, '+00:00', '2026-07-03T12:00:00+00:00'],
    ['iso-seconds', 0, '-05:30', '2026-07-03T06:30:00-05:30'],
    ['iso-seconds-z', 999_999, '+02:00', '2026-07-03T12:00:00Z'],
    ['iso-micros', 123_456, '+00:00', '2026-07-03T12:00:00.123456+00:00'],
    ['iso-micros', 1, '+00:00', '2026-07-03T12:00:00.000001+00:00'],
    ['iso-micros', 120_000, '+00:00', '2026-07-03T12:00:00.120000+00:00'],
    ['iso-micros', 0, '+00:00', '2026-07-03T12:00:00+00:00'],
    ['space-micros-naive', 746_944, '+00:00', '2026-07-03 12:00:00.746944'],
    ['space-micros-naive', 0, '+02:00', '2026-07-03 14:00:00'],
    ['space-micros', 10_582, '+00:00', '2026-07-03 12:00:00.010582+00:00'],
    ['space-micros', 0, '+00:00', '2026-07-03 12:00:00+00:00'],
    ['space-seconds', 999_999, '+02:00', '2026-07-03 14:00:00+0200'],
    ['space-seconds', 0, '+00:00', '2026-07-03 12:00:00+0000'],
    ['iso-millis-z', 1999, '+00:00', '2026-07-03T12:00:00.001Z'],
    ['iso-millis-z', 0, '+00:00', '2026-07-03T12:00:00.000Z'],
    ['iso-micros-z', 7, '+00:00', '2026-07-03T12:00:00.000007Z'],
  ])('%s at %i µs in %s is %s', (form, micros, zone, text) => {
    expect(formatTimestamp(noon + micros, form, zone)).toBe(text)
    const read = parseTimestamp(text, form, zone)
    expect(formatTimestamp(read?.micros ?? Number.NaN, form, read?.zone)).toBe(text)
    expect(parseAnyTimestamp(text, zone)?.micros).toBe(read?.micros)
  })
})

test('an instant before 1970 is cut off downwards, as clocks are', () => {
  expect(formatTimestamp(-1, 'iso-micros')).toBe('1969-12-31T23:59:59.999999+00:00')
  expect(formatTimestamp(-1, 'iso-seconds-z')).toBe('1969-12-31T23:59:59Z')
})

test.each([
  '2026-02-30T12:00:00Z',
  '2026-07-03T24:00:00Z',
  '2026-07-03T12:60:00Z',
  '2026-07-03T12:00:00+15:00',
  '2026-07-03T12:00:00+01:60',
  '2026-07-03',
  '2026-07-03T12:00Z',
  '2026-07-03T12:00:00.Z',
  ' 2026-07-03T12:00:00Z',
  '1783080000',
  '',
])('%j is no time', text => expect(parseAnyTimestamp(text)).toBeNull())

test('a form reads its own spelling only', () => {
  expect(parseTimestamp('2026-07-03T12:00:00Z', 'iso-seconds')).toBeNull()
  expect(parseTimestamp('2026-07-03 12:00:00+02:00', 'space-seconds')).toBeNull()
  expect(parseTimestamp('2026-07-03 12:00:00.12', 'space-micros-naive')).toBeNull()
})

describe('a zone that is named has the offset of the moment', () => {
  // As Python's zoneinfo tells them.
  test.each([
    ['Europe/Berlin', '2026-03-29T00:59:59Z', '2026-03-29 01:59:59+0100'],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', '2026-03-29 03:00:00+0200'],
    ['Europe/Berlin', '2026-10-25T00:59:59Z', '2026-10-25 02:59:59+0200'],
    ['Europe/Berlin', '2026-10-25T01:00:00Z', '2026-10-25 02:00:00+0100'],
    ['America/New_York', '2026-01-01T04:59:59Z', '2025-12-31 23:59:59-0500'],
    ['Australia/Lord_Howe', '2026-04-04T14:59:59Z', '2026-04-05 01:59:59+1100'],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z', '2026-04-05 01:30:00+1030'],
    ['Asia/Kathmandu', '1985-12-31T18:29:59Z', '1985-12-31 23:59:59+0530'],
    ['Asia/Kathmandu', '1985-12-31T18:30:00Z', '1986-01-01 00:15:00+0545'],
    ['Etc/GMT+12', '2026-07-03T12:00:00Z', '2026-07-03 00:00:00-1200'],
  ])('%s at %s', (zone, instant, text) => {
    expect(formatTimestamp(Date.parse(instant) * 1000, 'space-seconds', zone)).toBe(text)
  })

  test('every name there is is one, and nothing else', () => {
    expect(zoneNames().filter(name => !isZone(name))).toEqual([])
    const others = [
      '',
      'Europe/Berln',
      '+2',
      '+02',
      '+0200',
      '2',
      'Z',
      'Europe/Berlin ',
      '__proto__',
      '+24:00',
      'local',
    ]
    expect(others.filter(isZone)).toEqual([])
  })
})
