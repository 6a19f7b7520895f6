import {expect, it} from 'vitest'
import {createPace, type Pace} from '../../src/worker/pace.ts'

function aPace(): {pace: Pace; clock: {now: number}; begin: (webhookId: string, count: number) => void} {
  const clock = {now: 0}
  const pace = createPace(() => clock.now, 40)
  const begin = (webhookId: string, count: number) => {
    for (let index = 0; index < count; index++) pace.begun(webhookId)
  }
  return {pace, clock, begin}
}

it('fetches what is begun in the given time, and never few nor many', () => {
  const {pace, clock, begin} = aPace()
  expect(pace.ahead()).toBe(64)
  begin('a', 300)
  begin('b', 100)
  clock.now = 100
  expect(pace.ahead()).toBe(160)
  begin('a', 10_000)
  clock.now = 200
  expect(pace.ahead()).toBe(512)
  clock.now = 300
  expect(pace.ahead()).toBe(64)
})

it('measures over a tenth of a second: a single batch says nothing', () => {
  const {pace, clock, begin} = aPace()
  begin('a', 1000)
  clock.now = 99
  expect(pace.ahead()).toBe(64)
})

it('is short when less than half of what is fetched is left', () => {
  const {pace, clock, begin} = aPace()
  expect(pace.isShort).toBe(true)
  begin('a', 400)
  clock.now = 100
  pace.ahead()
  pace.stock([['a', 200]])
  expect(pace.isShort).toBe(false)
  begin('a', 120)
  expect(pace.isShort).toBe(false)
  begin('a', 1)
  expect(pace.isShort).toBe(true)
})

it('counts of each webhook what it begins soon: what waits for a slow one is no help to a fast one', () => {
  const {pace, clock, begin} = aPace()
  begin('fast', 400)
  begin('slow', 1)
  clock.now = 100
  pace.ahead()
  pace.stock([
    ['slow', 512],
    ['unheard of', 512],
    ['fast', 50],
  ])
  expect(pace.isShort).toBe(true)
})
