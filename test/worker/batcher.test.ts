import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {createBatcher} from '../../src/worker/batcher.ts'

beforeEach(() => void vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']}))
afterEach(() => void vi.useRealTimers())

/** A store whose commits end when they are told to. */
function aStore() {
  const commits: {readonly items: readonly number[]; readonly end: () => void}[] = []
  const write = (items: readonly number[]) =>
    new Promise<void>(resolve => {
      commits.push({items, end: resolve})
    })
  const log = {warn: () => {}, error: () => {}, info: () => {}} as never
  return {commits, batcher: createBatcher<number>({write, log, describe: item => ({item})})}
}

const upTo = (count: number) => Array.from({length: count}, (_, index) => index)

test('what comes within 5 ms is written in one commit', async () => {
  const {commits, batcher} = aStore()
  for (const item of [1, 2, 3]) void batcher.add(item)
  await vi.advanceTimersByTimeAsync(4)
  expect(commits).toHaveLength(0)
  await vi.advanceTimersByTimeAsync(1)
  expect(commits.map(({items}) => items)).toEqual([[1, 2, 3]])
})

test('256 wait for nothing', async () => {
  const {commits, batcher} = aStore()
  for (const item of upTo(256)) void batcher.add(item)
  await vi.advanceTimersByTimeAsync(0)
  expect(commits.map(({items}) => items.length)).toEqual([256])
})

test('what comes during a commit is written at most 5 ms after it, with what comes until then', async () => {
  const {commits, batcher} = aStore()
  void batcher.add(1)
  await vi.advanceTimersByTimeAsync(5)
  void batcher.add(2)
  await vi.advanceTimersByTimeAsync(20)
  commits[0]!.end()
  await vi.advanceTimersByTimeAsync(4)
  void batcher.add(3)
  expect(commits).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(commits.map(({items}) => items)).toEqual([[1], [2, 3]])
})

test('256 that came during a commit are written right after it', async () => {
  const {commits, batcher} = aStore()
  void batcher.add(1)
  await vi.advanceTimersByTimeAsync(5)
  for (const item of upTo(256)) void batcher.add(item)
  commits[0]!.end()
  await vi.advanceTimersByTimeAsync(0)
  expect(commits.map(({items}) => items.length)).toEqual([1, 256])
})

test('the end writes everything that waits, whatever is being written', async () => {
  const {commits, batcher} = aStore()
  const durable = [batcher.add(1)]
  await vi.advanceTimersByTimeAsync(5)
  durable.push(batcher.add(2))
  commits[0]!.end()
  const ended = batcher.end()
  await vi.waitFor(() => expect(commits).toHaveLength(2))
  commits[1]!.end()
  await ended
  expect(await Promise.all(durable)).toEqual([true, true])
  expect(await batcher.add(3)).toBe(false)
})
