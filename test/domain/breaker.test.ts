import {expect, it} from 'vitest'
import {afterFailure, type Breaker, closed, isOpen} from '../../src/domain/breaker.ts'
import type {RetryPolicy} from '../../src/domain/policy.ts'
import {NOON} from '../harness/factories.ts'

const manual: RetryPolicy = {kind: 'manual'}

const failing = (times: readonly number[], retry: RetryPolicy = manual): Breaker =>
  times.reduce((breaker, at) => afterFailure(breaker, at, retry), closed)

const five = [NOON, NOON, NOON, NOON, NOON]

/** How long it waits after each failure of the one delivery that tries, in seconds. */
function waits(retry: RetryPolicy, count: number): number[] {
  let breaker = failing(five, retry)
  return Array.from({length: count}, () => {
    const {openedAt, openUntil} = breaker
    breaker = afterFailure(breaker, openUntil!, retry)
    return (openUntil! - openedAt!) / 1000
  })
}

it('G2: opens at the fifth failure in a row, for 30 seconds', () => {
  expect(failing(five.slice(1)).openUntil).toBeNull()
  const breaker = failing(five)
  expect([NOON - 1, NOON, NOON + 29_999, NOON + 30_000].map(at => isOpen(breaker, at))).toEqual([
    false,
    true,
    true,
    false,
  ])
})

it('G2: waits twice as long each time that the one delivery fails that tries, up to ten minutes', () => {
  expect(waits(manual, 7)).toEqual([30, 60, 120, 240, 480, 600, 600])
})

it('G2: waits no longer because of what was under way when it opened', () => {
  expect(failing([...five, NOON + 1, NOON + 2])).toMatchObject({trips: 1, openUntil: NOON + 30_000, failures: 7})
})

it.each<[string, RetryPolicy, readonly number[]]>([
  ['every five minutes until it succeeds', {kind: 'until-success', everyMs: 300_000}, [30, 60, 120, 240, 300, 300]],
  ['every ten seconds until it succeeds', {kind: 'until-success', everyMs: 10_000}, [10, 10, 10, 10, 10, 10]],
  ['a list of minutes', {kind: 'list', delaysMs: [60_000, 60_000]}, [30, 60, 60, 60, 60, 60]],
  ['a list of seconds', {kind: 'list', delaysMs: [1000, 2000]}, [2, 2, 2, 2, 2, 2]],
  [
    'exponential up to an hour',
    {kind: 'exponential', baseMs: 10_000, factor: 2, capMs: 3_600_000, attempts: 8, jitter: 0.1},
    [30, 60, 120, 240, 480, 600],
  ],
])('G2 G3: waits no longer than the longest delay of the retry plan: %s', (_, retry, expected) => {
  expect(waits(retry, 6)).toEqual(expected)
})
