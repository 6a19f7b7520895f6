import {describe, expect, test} from 'vitest'
import {formatAge, formatInstant, formatRelative, parseInstant} from '../../src/cli/time.ts'

const now = Date.parse('2026-03-10T12:00:00Z')

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
  ])('%s', (text, expected) => expect(formatInstant(parseInstant(text, {now}))).toBe(expected))

  test('unix seconds only where they are allowed', () => {
    expect(parseInstant('1614265330', {now, unix: true})).toBe(1_614_265_330_000)
    expect(() => parseInstant('1614265330', {now})).toThrow('not a time: "1614265330"')
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
    expect(() => parseInstant(text, {now, unix: true})).toThrow(
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
