import {expect, test} from 'vitest'
import {evaluate} from '../../src/domain/conditions/evaluate.ts'
import {Patience} from '../../src/domain/conditions/patience.ts'

const options = {onceMs: 50, togetherMs: 100, everyMs: 60_000}

test('expressions that take too long are tried for so long together, and then not until the minute is over', () => {
  let now = 0
  const patience = new Patience(options, () => now)
  for (const _ of [1, 2]) {
    expect(patience.limitMs('slow')).toBe(50)
    patience.tookTooLong('slow', 50)
  }
  expect([patience.limitMs('slow'), patience.limitMs('other')]).toEqual([0, 50])
  patience.tookTooLong('other', 50)
  expect([patience.limitMs('other'), patience.limitMs('sane')]).toEqual([0, 50])
  now = 60_000
  expect([patience.limitMs('slow'), patience.limitMs('sane')]).toEqual([50, 50])
})

test('T16: many events with a text that takes too long cost a second and a bit, and a sane expression is still asked', () => {
  const fires = (value: string) =>
    evaluate({attr: 'name', op: 'regex', value}, {data: {name: `${'a'.repeat(40)}!`}, snapshots: null}).fires
  const began = performance.now()
  for (let event = 0; event < 100; event += 1) expect(fires('(a+)+$')).toBe(false)
  expect(fires('a+!')).toBe(true)
  expect(performance.now() - began).toBeLessThan(3000)
})
