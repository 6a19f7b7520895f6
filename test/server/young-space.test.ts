import {afterEach, beforeEach, expect, it, vi} from 'vitest'
import {boundYoungSpace} from '../../src/server/young-space.ts'

const MEGABYTE = 1024 * 1024

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('the space for new objects grows to 32 MB, and no further', () => {
  let bytes = 1 * MEGABYTE
  const stopGrowing = vi.fn()
  boundYoungSpace({bytes: () => bytes, stopGrowing})
  for (bytes of [1, 16, 31].map(megabytes => megabytes * MEGABYTE)) vi.advanceTimersByTime(1000)
  expect(stopGrowing).not.toHaveBeenCalled()
  bytes = 32 * MEGABYTE
  vi.advanceTimersByTime(1000)
  expect(stopGrowing).toHaveBeenCalledOnce()
  expect(vi.getTimerCount()).toBe(0)
})
