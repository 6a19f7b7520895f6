import {expect, it} from 'vitest'
import {createRecent} from '../../../src/store/sqlite/thread/recent.ts'

/** A question whose answers are counted, and a clock that stands. */
function aRecent() {
  const clock = {now: 0}
  let asked = 0
  const recent = createRecent(() => clock.now)
  const ask = recent.of(async (slug: string, page: number) => `${slug} ${page} ${++asked}`)
  return {clock, recent, ask}
}

it('asks once for what was just answered, each question for itself', async () => {
  const {ask} = aRecent()
  expect(await Promise.all([ask('a', 1), ask('a', 1), ask('b', 1), ask('a', 2)])).toEqual([
    'a 1 1',
    'a 1 1',
    'b 1 2',
    'a 2 3',
  ])
})

it('asks again as soon as something was changed in this process', async () => {
  const {ask, recent} = aRecent()
  await ask('a', 1)
  recent.forget()
  expect(await ask('a', 1)).toBe('a 1 2')
})

it('asks again after 10 ms, for what another process may have written', async () => {
  const {ask, clock} = aRecent()
  await ask('a', 1)
  clock.now = 9
  expect(await ask('a', 1)).toBe('a 1 1')
  clock.now = 10
  expect(await ask('a', 1)).toBe('a 1 2')
})

it('does not answer a failure again', async () => {
  const clock = {now: 0}
  let asked = 0
  const ask = createRecent(() => clock.now).of(async () => {
    if (++asked === 1) throw new Error('busy')
    return asked
  })
  await expect(ask()).rejects.toThrow('busy')
  expect(await ask()).toBe(2)
})
