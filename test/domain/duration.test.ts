import {describe, expect, test} from 'vitest'
import {formatDuration, parseDurationMs} from '../../src/domain/duration.ts'

describe('durations', () => {
  test.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['15m', 900_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['1h30m', 5_400_000],
    ['1d2h3m4s5ms', 93_784_005],
    ['1.5h', 5_400_000],
    ['0.5s', 500],
    ['0s', 0],
  ])('%s is %d ms', (text, expected) => expect(parseDurationMs(text)).toBe(expected))

  test.each([
    [''],
    [' '],
    ['5'],
    ['s'],
    ['1 hourz'],
    ['1 h'],
    [' 1h'],
    ['1h '],
    ['-1h'],
    ['+1h'],
    ['1H'],
    ['30m1h'],
    ['1h1h'],
    ['1h,30m'],
    ['1e3s'],
    ['1_000s'],
    ['.5h'],
    ['1.h'],
    ['Infinity'],
    ['9999999w'],
    ['1y'],
    ['1h\n'],
    ['٣h'],
  ])('%j is refused with examples', text => {
    expect(() => parseDurationMs(text)).toThrow(
      expect.objectContaining({code: 'invalid_duration', kind: 'usage', hint: expect.stringContaining('1h30m')}),
    )
  })

  test.each([0, 1, 250, 1000, 90_000, 5_400_000, 93_784_005, 604_800_000])(
    '%d ms is spelled so that it reads back',
    ms => {
      expect(parseDurationMs(formatDuration(ms))).toBe(ms)
    },
  )
})
