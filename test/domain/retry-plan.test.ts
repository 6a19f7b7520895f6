import {expect, test} from 'vitest'
import type {RetryPolicy} from '../../src/domain/policy.ts'
import {nextDelay} from '../../src/domain/retry.ts'
import {retryPlan} from '../../src/domain/retry-plan.ts'
import {NOON} from '../harness/factories.ts'
import {randomFrom} from './random.ts'

const exponential: RetryPolicy = {kind: 'exponential', baseMs: 1000, factor: 2, capMs: 5000, attempts: 5, jitter: 0.5}

test.each<[RetryPolicy, number, number[], number | null]>([
  [{kind: 'manual'}, 1, [0], 1],
  [{kind: 'list', delaysMs: [10, 20]}, 1, [0, 10, 30], 3],
  [{kind: 'list', delaysMs: [10, 20]}, 3, [0], 3],
  [{kind: 'list', delaysMs: [10, 20]}, 7, [0], 7],
  [{kind: 'until-success', everyMs: 10}, 2, [0, 10, 20, 30], null],
  [exponential, 1, [0, 1000, 3000, 7000], 5],
  [exponential, 4, [0, 5000], 5],
])('%j from attempt %i', (policy, next, offsets, last) => {
  const plan = retryPlan(policy, {next, at: NOON}, 4)
  expect(plan.attempts.map(({at}) => at - NOON)).toEqual(offsets)
  expect(plan.attempts[0]?.attempt).toBe(next)
  expect(plan.last).toBe(last)
})

test('what the worker would choose is always within the range that is told', () => {
  const plan = retryPlan(exponential, {next: 1, at: NOON}, 10)
  const random = randomFrom(7)
  for (let run = 0; run < 200; run++) {
    let at = NOON
    for (const {attempt, earliest, latest} of plan.attempts) {
      if (attempt > 1) at += nextDelay(exponential, attempt - 1, () => random(1000) / 1000)!
      expect(at).toBeGreaterThanOrEqual(earliest)
      expect(at).toBeLessThanOrEqual(latest)
    }
    expect(nextDelay(exponential, plan.attempts.length, () => 0)).toBeNull()
  }
})
