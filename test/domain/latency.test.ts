import {expect, test} from 'vitest'
import {binRange, LAST_BIN, LATENCY_ERROR, latencyBin, percentile} from '../../src/domain/latency.ts'
import {randomFrom} from './random.ts'

const histogramOf = (durations: readonly number[]): Map<number, number> => {
  const histogram = new Map<number, number>()
  for (const each of durations) histogram.set(latencyBin(each), (histogram.get(latencyBin(each)) ?? 0) + 1)
  return histogram
}

test.each([
  [0, 0],
  [0.999, 0],
  [1, 1],
  [2, 5],
  [1000, 40],
  [1e9, LAST_BIN],
])('an answer after %d ms is in bin %d', (durationMs, bin) => expect(latencyBin(durationMs)).toBe(bin))

test('every duration lies within the range of its bin', () => {
  const random = randomFrom(3)
  for (let turn = 0; turn < 2000; turn++) {
    const durationMs = 2 ** ((random(200_000) + 0.5) / 10_000)
    const [from, to] = binRange(latencyBin(durationMs))
    expect([durationMs >= from, durationMs < to || latencyBin(durationMs) === LAST_BIN]).toEqual([true, true])
  }
})

test('a percentile is off by at most the stated share of the exact one', () => {
  expect(LATENCY_ERROR).toBeLessThan(0.091)
  const random = randomFrom(7)
  for (let turn = 0; turn < 200; turn++) {
    const durations = Array.from({length: 1 + random(300)}, () => 1 + 2 ** (random(1700) / 100))
    const sorted = durations.toSorted((a, b) => a - b)
    for (const share of [0.5, 0.95, 0.99, 1]) {
      const exact = sorted[Math.ceil(sorted.length * share) - 1] as number
      const told = percentile(histogramOf(durations), share) as number
      expect(Math.abs(told / exact - 1)).toBeLessThanOrEqual(LATENCY_ERROR)
    }
  }
})

test('without an answer there is no percentile; below a millisecond it is half of one', () => {
  expect(percentile(new Map(), 0.5)).toBeNull()
  expect(percentile(histogramOf([0.1, 0.2]), 0.99)).toBe(0.5)
})
