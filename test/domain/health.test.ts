import {describe, expect, it} from 'vitest'
import {
  afterAttempt,
  afterPause,
  afterResume,
  type Health,
  isFailing,
  newsOf,
  pausesAt,
  untried,
} from '../../src/domain/health.ts'
import {anAttempt, NOON, somePolicies} from '../harness/factories.ts'

const DAY = 86_400_000
const byEvent = {trigger: 'event', toUrl: null} as const
const failed = (at: number) => anAttempt({startedAt: at, durationMs: 0})
const taken = (at: number) => anAttempt({startedAt: at, durationMs: 0, success: true, status: 200, errorClass: null})

/** Health after failures at these times, in days since noon. */
const failingAt = (...days: readonly number[]): Health =>
  days.reduce((health, day) => afterAttempt(health, byEvent, failed(NOON + day * DAY)), untried)

describe('a run of failures', () => {
  it('begins with the first one, counts, and ends with a success (G3)', () => {
    const failing = failingAt(0, 1, 2, 3, 4)
    expect(failing).toMatchObject({failingSince: NOON, failures: 5, lastFailureAt: NOON + 4 * DAY, lastSuccessAt: null})
    expect(isFailing(failing)).toBe(true)
    const after = afterAttempt(failing, byEvent, taken(NOON + 5 * DAY))
    expect(after).toMatchObject({failingSince: null, failures: 0, lastSuccessAt: NOON + 5 * DAY})
    expect(isFailing(after)).toBe(false)
  })

  it('is ended by a test and a replay that are taken, and never grows by them (G3)', () => {
    const failing = failingAt(0)
    for (const trigger of ['replay', 'test'] as const) {
      expect(afterAttempt(failing, {trigger, toUrl: null}, failed(NOON + DAY))).toEqual(failing)
      expect(afterAttempt(failing, {trigger, toUrl: null}, taken(NOON + DAY)).failures).toBe(0)
    }
  })

  it('is not ended by a replay to another URL, and does not grow by what hookctl itself cannot send (G5)', () => {
    const failing = failingAt(0)
    expect(afterAttempt(failing, {trigger: 'replay', toUrl: 'http://else/'}, taken(NOON + DAY))).toEqual(failing)
    expect(afterAttempt(failing, byEvent, {...failed(NOON + DAY), errorClass: 'internal'})).toEqual(failing)
  })
})

describe('what is told of it', () => {
  const rule = somePolicies({pauseAfterMs: 10 * DAY})
  const percents = (health: Health) => newsOf(health, rule, false)

  it.each([
    [[0, 1, 2, 3, 4.9], null],
    [[0, 1, 2, 3, 5], 50],
    [[0, 1, 2, 3, 7.5], 70],
    [[0, 1, 2, 3, 9], 90],
    [[0, 1, 2, 3, 10], 100],
    // One failure today and one in two weeks are no run of ten days.
    [[0, 14], null],
    [[0, 1, 14], 50],
  ])('G3: failures on days %j are %j percent of the way to the pause', (days, percent) => {
    expect(percents(failingAt(...days))).toEqual(
      percent === null ? null : {kind: 'failing', percent, pauses: percent === 100},
    )
  })

  it('is told once per threshold and run (G3)', () => {
    const health = failingAt(0, 1, 2, 3, 5)
    expect(percents({...health, told: 50, down: true})).toBeNull()
    expect(percents({...health, told: 50, down: true, lastFailureAt: NOON + 7 * DAY})).toMatchObject({percent: 70})
  })

  it('is that it delivers again, where somebody was told that it does not (G3)', () => {
    const told = {...failingAt(0, 1, 2, 3, 5), told: 50, down: true}
    expect(percents(afterAttempt(told, byEvent, taken(NOON + 6 * DAY)))).toEqual({kind: 'recovered'})
    expect(percents(afterAttempt(failingAt(0), byEvent, taken(NOON + DAY)))).toBeNull()
  })

  it('is no recovery while it is paused, nor when the pause is lifted: only a success is (G3)', () => {
    const paused = afterPause(afterAttempt(failingAt(0, 1), byEvent, taken(NOON + DAY)))
    expect(newsOf(paused, rule, true)).toBeNull()
    const resumed = afterResume(afterPause(failingAt(0, 1, 2, 3, 10)))
    expect(percents(resumed)).toBeNull()
    expect(pausesAt(resumed, rule)).toBeNull()
    expect(percents(afterAttempt(resumed, byEvent, failed(NOON + 11 * DAY)))).toBeNull()
    expect(percents(afterAttempt(resumed, byEvent, taken(NOON + 11 * DAY)))).toEqual({kind: 'recovered'})
  })

  it('leads to no pause where there is none, or deliveries are repeated until they succeed (PRO-03)', () => {
    const health = failingAt(0, 1, 2, 3, 10)
    const never = somePolicies({pauseAfterMs: null})
    const untilSuccess = somePolicies({pauseAfterMs: 10 * DAY, retry: {kind: 'until-success', everyMs: 300_000}})
    for (const policies of [never, untilSuccess]) {
      expect(newsOf(health, policies, false)).toEqual({kind: 'failing', percent: 100, pauses: false})
      expect(pausesAt(health, policies)).toBeNull()
    }
    expect(pausesAt(health, rule)).toBe(NOON + 10 * DAY)
  })
})
