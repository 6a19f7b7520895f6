import {spawnSync} from 'node:child_process'
import process from 'node:process'
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

it('V8 knows the part of the heap and the setting by these names', () => {
  const script = `
    const v8 = require('node:v8')
    v8.setFlagsFromString('--semi-space-growth-factor=1')
    console.log(v8.getHeapSpaceStatistics().filter(({space_name: name}) => name === 'new_space').length)`
  const {stdout, stderr} = spawnSync(process.execPath, ['-e', script], {encoding: 'utf8'})
  expect({stdout, stderr}).toEqual({stdout: '1\n', stderr: ''})
})
