import {describe, expect, it} from 'vitest'
import type {RetryPolicy} from '../../src/domain/policy.ts'
import {nextDelay, retryAfter, schedule} from '../../src/domain/retry.ts'

const middle = () => 0.5
const minutes = (...values: number[]) => values.map(value => value * 60_000)
const catalyst: RetryPolicy = {
  kind: 'exponential',
  baseMs: 10_000,
  factor: 2,
  capMs: 3_600_000,
  attempts: 8,
  jitter: 0.2,
}

const delays = (policy: RetryPolicy, count: number, random = middle) =>
  Array.from({length: count}, (_, index) => nextDelay(policy, index + 1, random))

describe('the delay before the next attempt', () => {
  it('doubles each time until the attempts are used up (CAT-20)', () => {
    const expected = [10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 640_000, null, null]
    expect(delays(catalyst, 9)).toEqual(expected)
  })

  it('is spread by the jitter and never more (CAT-20)', () => {
    expect(nextDelay(catalyst, 1, () => 0)).toBe(8000)
    expect(nextDelay(catalyst, 1, () => 0.999_999)).toBe(12_000)
  })

  it('stays at the cap, however many failures there were', () => {
    const endless = {...catalyst, attempts: 10_000, jitter: 0} as const
    expect(nextDelay(endless, 11, middle)).toBe(3_600_000)
    expect(nextDelay(endless, 9000, middle)).toBe(3_600_000)
  })

  it('follows the list of 2, 4, 8, 16, 32 minutes, then ends (ENT-19)', () => {
    const entrypoint: RetryPolicy = {kind: 'list', delaysMs: minutes(2, 4, 8, 16, 32)}
    expect(delays(entrypoint, 6)).toEqual([...minutes(2, 4, 8, 16, 32), null])
  })

  it('follows the list 60, 300, 3600 seconds (NBX-28)', () => {
    expect(delays({kind: 'list', delaysMs: [60_000, 300_000, 3_600_000]}, 4)).toEqual([
      60_000,
      300_000,
      3_600_000,
      null,
    ])
  })

  it('does not exist where a person retries (NBX-14)', () => {
    expect(delays({kind: 'manual'}, 2)).toEqual([null, null])
  })

  it('is the same for ever where the policy ends with success only (PRO-03)', () => {
    expect(new Set(delays({kind: 'until-success', everyMs: 300_000}, 1000))).toEqual(new Set([300_000]))
  })
})

describe('Retry-After (G4)', () => {
  const now = Date.parse('2026-07-03T12:00:00Z')
  const planned = 10_000

  it.each([
    ['15', 15_000],
    [' 15 ', 15_000],
    ['0', planned],
    ['3', planned],
    ['20', 20_000],
    ['21', 20_000],
    ['99999999999999999999999', 20_000],
    [`9${'9'.repeat(400)}`, 20_000],
    ['Fri, 03 Jul 2026 12:00:13 GMT', 13_000],
    ['Friday, 03-Jul-26 12:00:13 GMT', 13_000],
    ['Fri Jul  3 12:00:13 2026', 13_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', planned],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 20_000],
    ['Abc, 99 Xyz 2026 12:00:13 GMT', planned],
    ['1e308', planned],
    ['-1', planned],
    ['1.5', planned],
    ['NaN', planned],
    ['Infinity', planned],
    ['', planned],
    ['soon', planned],
    ['2026-07-03T12:00:13Z', planned],
    ['2030-01-01', planned],
    ['15, 16', planned],
  ])('%j makes it %i ms', (header, expected) => expect(retryAfter(header, planned, now)).toBe(expected))

  it('changes nothing where it is absent', () => expect(retryAfter(null, planned, now)).toBe(planned))
})

describe('the plan of retries', () => {
  it('says each attempt with its range', () => {
    expect(schedule(catalyst)).toHaveLength(7)
    expect(schedule(catalyst)[1]).toEqual({attempt: 3, delayMs: 20_000, earliestMs: 16_000, latestMs: 24_000})
  })

  it('is empty where a person retries', () => expect(schedule({kind: 'manual'})).toEqual([]))

  it('is cut off where it never ends', () => {
    expect(schedule({kind: 'until-success', everyMs: 1000}, 5).map(retry => retry.attempt)).toEqual([2, 3, 4, 5, 6])
  })
})
