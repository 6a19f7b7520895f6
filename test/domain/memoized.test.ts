import {expect, it} from 'vitest'
import {memoized} from '../../src/domain/memoized.ts'

it('makes each answer once, and forgets when it knows too many texts', () => {
  const made: string[] = []
  const length = memoized(text => made.push(text) && text.length, 2)
  expect([length('a'), length('a'), length('bb')]).toEqual([1, 1, 2])
  expect(made).toEqual(['a', 'bb'])
  expect([length('ccc'), length('a')]).toEqual([3, 1])
  expect(made).toEqual(['a', 'bb', 'ccc', 'a'])
})

it('remembers null as an answer', () => {
  let made = 0
  const none = memoized(() => {
    made++
    return null
  }, 10)
  expect([none('a'), none('a'), made]).toEqual([null, null, 1])
})
