import {describe, expect, test} from 'vitest'
import {formatAge, formatBoth, formatClock, formatInZone, formatRelative} from '../../src/cli/shown-time.ts'
import {formatInstant, parseInstant} from '../../src/cli/time.ts'

const now = Date.parse('2026-03-10T12:00:00Z')
const zone = () => '+00:00'

describe('a time can be said', () => {
  test.each([
    ['now', '2026-03-10T12:00:00Z'],
    ['today', '2026-03-10T00:00:00Z'],
    ['yesterday', '2026-03-09T00:00:00Z'],
    ['2h', '2026-03-10T10:00:00Z'],
    ['1h30m', '2026-03-10T10:30:00Z'],
    ['7d', '2026-03-03T12:00:00Z'],
    ['2026-03-01', '2026-03-01T00:00:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
    ['2026-03-01T10:00:00Z', '2026-03-01T10:00:00Z'],
    ['2026-03-01t10:00:00z', '2026-03-01T10:00:00Z'],
    ['2026-03-01 10:00:00Z', '2026-03-01T10:00:00Z'],
    ['2026-03-01T10:00:00+02:00', '2026-03-01T08:00:00Z'],
    ['2026-03-01T10:00:00.123456789Z', '2026-03-01T10:00:00.123Z'],
  ])('%s', (text, expected) => expect(formatInstant(parseInstant(text, {now, zone}))).toBe(expected))

  test('unix seconds only where they are allowed', () => {
    expect(parseInstant('1614265330', {now, zone, unix: true})).toBe(1_614_265_330_000)
    expect(() => parseInstant('1614265330', {now, zone})).toThrow('not a time: "1614265330"')
  })

  test.each([
    [''],
    [' '],
    ['yesterday-ish'],
    ['2026-02-30'],
    ['2026-13-01'],
    ['2026-3-1'],
    ['2026-03-01T10:00:00'],
    ['2026-03-01T10:00Z'],
    ['2026-03-01T24:30:00Z'],
    ['2026-03-01T10:60:00Z'],
    ['2026-03-01T10:00:00+99:00'],
    ['-2h'],
    ['2h ago'],
    ['1 hour'],
    ['99999999999999'],
    ['+020000-01-01T00:00:00Z'],
  ])('"%s" is refused with examples', text => {
    expect(() => parseInstant(text, {now, zone, unix: true})).toThrow(
      expect.objectContaining({
        code: 'invalid_time',
        kind: 'usage',
        hint: expect.stringContaining('2026-03-01T10:00:00Z'),
      }),
    )
  })
})

describe('a time is shown', () => {
  test.each([
    [0, 'now'],
    [999, 'now'],
    [42_000, '42s ago'],
    [-30_000, 'in 30s'],
    [5 * 60_000 + 59_000, '5m ago'],
    [3 * 3_600_000, '3h ago'],
    [12 * 86_400_000, '12d ago'],
    [100 * 86_400_000, '2025-11-30'],
  ])('%d ms ago as %s', (elapsed, expected) => expect(formatRelative(now - elapsed, now)).toBe(expected))

  test.each([
    [0, '0s'],
    [12, '12ms'],
    [1500, '1s'],
    [90_000, '1m'],
  ])('%d ms long as %s', (durationMs, expected) => expect(formatAge(durationMs)).toBe(expected))
})

describe('a day begins where its zone has it begin', () => {
  const begin = (text: string, of: string) => formatInstant(parseInstant(text, {now, zone: () => of}))

  test.each([
    ['2026-03-01', 'Europe/Berlin', '2026-02-28T23:00:00Z'],
    ['2026-07-01', 'Europe/Berlin', '2026-06-30T22:00:00Z'],
    ['2026-03-01', '-05:30', '2026-03-01T05:30:00Z'],
    // Their clocks go from 24:00 to 01:00: there is no midnight.
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00Z'],
    // From 24:00 back to 23:00: midnight comes once, an hour later.
    ['2018-02-18', 'America/Sao_Paulo', '2018-02-18T03:00:00Z'],
    // From 01:00 back to 00:00: midnight comes twice.
    ['2026-11-01', 'America/Havana', '2026-11-01T04:00:00Z'],
    // They went over to the other side of the date line: that day is no day there.
    ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00Z'],
    ['2011-12-31', 'Pacific/Apia', '2011-12-30T10:00:00Z'],
    ['today', 'Pacific/Auckland', '2026-03-10T11:00:00Z'],
    ['yesterday', 'Pacific/Auckland', '2026-03-09T11:00:00Z'],
    ['today', 'Pacific/Honolulu', '2026-03-10T10:00:00Z'],
    ['yesterday', 'Pacific/Honolulu', '2026-03-09T10:00:00Z'],
    // The day before is one of 23 hours.
    ['yesterday', 'America/New_York', '2026-03-09T04:00:00Z'],
  ])('%s in %s at %s', (text, of, expected) => expect(begin(text, of)).toBe(expected))

  test('a time with its zone is the same everywhere, and asks for none', () => {
    const nobody = () => expect.unreachable()
    expect(parseInstant('2026-03-01T10:00:00+02:00', {now, zone: nobody})).toBe(Date.parse('2026-03-01T08:00:00Z'))
    expect(parseInstant('2h', {now, zone: nobody})).toBe(now - 7_200_000)
  })
})

describe('a time of the day is shown as clocks of the zone show it', () => {
  test.each([
    ['2026-03-10T11:00:00Z', 'Europe/Berlin', '2026-03-10T12:00:00+01:00', '12:00:00.000'],
    ['2026-07-10T11:00:00.5Z', 'Europe/Berlin', '2026-07-10T13:00:00.500+02:00', '2026-07-10 13:00:00.500'],
    ['2026-03-10T23:30:00Z', '+05:30', '2026-03-11T05:00:00+05:30', '2026-03-11 05:00:00.000'],
    ['2026-03-10T00:30:00Z', '-03:30', '2026-03-09T21:00:00-03:30', '2026-03-09 21:00:00.000'],
    ['2026-03-10T11:00:00Z', 'UTC', '2026-03-10T11:00:00+00:00', '11:00:00.000'],
  ])('%s in %s', (text, of, exact, clock) => {
    expect(formatInZone(Date.parse(text), of)).toBe(exact)
    expect(parseInstant(exact, {now, zone})).toBe(Date.parse(text))
    expect(formatClock(Date.parse(text), now, of)).toBe(clock)
  })

  test('in that of this machine where none is named, also the date of what is long ago', () => {
    const before = process.env.TZ
    process.env.TZ = 'America/St_Johns'
    try {
      expect(formatInZone(Date.parse('2026-01-10T02:00:00Z'), undefined)).toBe('2026-01-09T22:30:00-03:30')
      expect(formatInZone(Date.parse('2026-07-10T02:00:00Z'), undefined)).toBe('2026-07-09T23:30:00-02:30')
      expect(formatRelative(Date.parse('2025-07-10T02:00:00Z'), now)).toBe('2025-07-09')
    } finally {
      if (before === undefined) delete process.env.TZ
      else process.env.TZ = before
    }
  })

  test('with how long ago it is, as long as that says something', () => {
    expect(formatBoth(now - 60_000, now, '+01:00')).toBe('2026-03-10T12:59:00+01:00 (1m ago)')
    expect(formatBoth(now - 100 * 86_400_000, now, '+01:00')).toBe('2025-11-30T13:00:00+01:00')
  })
})
