import {expect, test} from 'vitest'
import {checkSelection, pace, readRate} from '../../src/domain/replay.ts'

test.each([
  ['10', 10],
  ['10/s', 10],
  ['30/m', 0.5],
  ['360/h', 0.1],
  ['unlimited', null],
  ['0', 'bad_rate'],
  ['-1', 'bad_rate'],
  ['10/d', 'bad_rate'],
  ['fast', 'bad_rate'],
  ['', 'bad_rate'],
])('the rate %s', (text, expected) => {
  const read = readRate(text)
  expect(typeof read === 'object' && read !== null ? read.code : read).toBe(expected)
})

const begin = {nextAt: 0, now: 10_000, untried: 0, lastDueAt: null, overdue: 0}

test('ten a second are made a second ahead, evenly, and not made twice', () => {
  const first = pace({...begin, ratePerSecond: 10})
  expect(first.dueAt).toEqual(Array.from({length: 10}, (_, index) => 10_000 + index * 100))
  expect(pace({...begin, ratePerSecond: 10, ...first, untried: 10}).dueAt).toEqual([])
  expect(pace({...begin, ratePerSecond: 10, ...first, now: 10_250, untried: 7}).dueAt).toEqual([11_000, 11_100, 11_200])
})

test('one every two seconds is one every two seconds', () => {
  const first = pace({...begin, ratePerSecond: 0.5})
  expect(first).toEqual({dueAt: [10_000], nextAt: 12_000})
  expect(pace({...begin, ratePerSecond: 0.5, ...first, now: 10_900}).dueAt).toEqual([])
  expect(pace({...begin, ratePerSecond: 0.5, ...first, now: 11_100}).dueAt).toEqual([12_000])
})

test('who goes on for another begins behind what that one has made', () => {
  const taken = pace({...begin, ratePerSecond: 10, untried: 7, lastDueAt: 10_700})
  expect(taken.dueAt).toEqual([10_800, 10_900])
})

test('where nobody takes them no more are made, and what is overdue counts as the next second', () => {
  const stalled = pace({ratePerSecond: 10, nextAt: 11_000, now: 15_000, untried: 10, lastDueAt: 10_900, overdue: 10})
  expect(stalled.dueAt).toEqual([])
  expect(pace({ratePerSecond: 10, ...stalled, now: 15_250, untried: 0, lastDueAt: null, overdue: 0}).dueAt).toEqual([])
  expect(pace({ratePerSecond: 10, ...stalled, now: 15_500, untried: 0, lastDueAt: null, overdue: 0}).dueAt[0]).toBe(
    16_300,
  )
})

test('of a slow receiver no more than a second of them is under way', () => {
  const slow = {ratePerSecond: 10, nextAt: 0, now: 20_000, lastDueAt: 15_000, overdue: 0}
  expect(pace({...slow, untried: 10}).dueAt).toEqual([])
  expect(pace({...slow, untried: 8}).dueAt).toEqual([20_000, 20_100])
})

test('an unlimited one keeps a webhook busy, and no more', () => {
  expect(pace({...begin, ratePerSecond: null}).dueAt).toHaveLength(1000)
  expect(pace({...begin, ratePerSecond: null, untried: 600}).dueAt).toEqual([])
  expect(pace({...begin, ratePerSecond: null, untried: 400}).dueAt).toHaveLength(600)
})

test.each([
  ['failed', {webhook: 'a', where: ['a=1'], since: 'x'}, null],
  ['failed', {state: ['failed']}, '--state'],
  ['failed', {undelivered: true}, '--undelivered'],
  ['failed', {undelivered: false}, null],
  ['missing', {type: ['node.*'], object: '7', host: 'a', context: 'c', event: 'e'}, null],
  ['missing', {status: '4xx'}, '--status'],
  ['missing', {errorClass: 'dns'}, '--class'],
  ['all', {state: ['delivered'], trigger: 'event'}, null],
  ['named', {webhook: 'a'}, '--webhook'],
] as const)('a replay of %s with %j: %s is refused', (selection, filter, flag) => {
  const problem = checkSelection(selection, filter as never)
  expect(problem === null ? null : problem.message).toEqual(flag === null ? null : expect.stringContaining(flag))
})
