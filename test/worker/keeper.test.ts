import {expect, test, vi} from 'vitest'
import {keepForEver, nothingPruned} from '../../src/domain/retention.ts'
import type {PruneQuestion} from '../../src/store/store.ts'
import {createKeeper} from '../../src/worker/keeper.ts'
import {aHistoryEntry, NOON, somePolicies} from '../harness/factories.ts'
import {aWorkshop} from './workshop.ts'

const MINUTE = 60_000

function aKeeper(slices: readonly (string | null | Error)[], held: (number | Error)[] = []) {
  const asked: PruneQuestion[] = []
  const told: string[] = []
  const clock = {now: NOON}
  const log = (text: string) => told.push(text)
  const keeper = createKeeper({
    store: {
      retention: {
        async prune(question) {
          asked.push(question)
          const slice = slices[asked.length - 1] ?? null
          if (slice instanceof Error) throw slice
          return {pruned: {...nothingPruned, bodies: 1}, cursor: slice}
        },
        expunge: () => Promise.reject(new Error('nobody asked')),
        compact: () => Promise.reject(new Error('nobody asked')),
      },
      deliveries: {
        async resume() {
          const resumed = held.shift() ?? 0
          if (resumed instanceof Error) throw resumed
          return resumed
        },
      },
    },
    retention: {...keepForEver, bodies: 30, history: 90},
    now: () => clock.now,
    log: {info: (_, text) => log(text), warn: (_, text) => log(text), error: (_, text) => log(text)},
  })
  return {keeper, asked, told, clock}
}

test('H5: a worker removes what is past its time by itself, a slice at a time, each kind by its own age, every hour', async () => {
  const {keeper, asked, told, clock} = aKeeper(['more', null, null])
  await keeper.step()
  expect(asked).toEqual([])
  clock.now += MINUTE
  for (let n = 0; n < 5; n++) await keeper.step()
  expect(asked.map(({kind, before, cursor}) => [kind, clock.now - before, cursor])).toEqual([
    ['bodies', 30, null],
    ['bodies', 30, 'more'],
    ['history', 90, null],
  ])
  expect(asked.every(({limit}) => limit <= 500)).toBe(true)
  expect(told).toEqual(['removed what is past its time'])
  clock.now += 60 * MINUTE
  await keeper.step()
  expect(asked).toHaveLength(4)
})

test('a pass that fails is told and tried again an hour later; the worker goes on', async () => {
  const {keeper, asked, told, clock} = aKeeper([new Error('the disk is full')])
  clock.now += MINUTE
  for (let n = 0; n < 3; n++) await keeper.step()
  expect([asked.length, told]).toEqual([1, ['what is past its time could not be removed']])
})

test('a clock that is set back puts it off for no longer than its interval', async () => {
  const {keeper, asked, clock} = aKeeper([])
  clock.now -= 1000 * 60 * MINUTE
  await keeper.step()
  expect(asked).toHaveLength(1)
})

test('H5: a worker on a store takes the content of what was over 30 days ago, and nothing of what is owed', async () => {
  await using shop = await aWorkshop()
  const webhook = await shop.webhook({active: false, policies: somePolicies({offSwitch: 'hold'})})
  const over = {state: 'delivered', dueAt: null, finishedAt: NOON} as const
  const [old] = await shop.owe(webhook, 1, over)
  const [owed] = await shop.owe(webhook, 1, {state: 'held', dueAt: null})
  await shop.worker().start()
  shop.clock.now += 31 * 24 * 60 * MINUTE
  await vi.waitFor(async () => expect(await shop.delivery(old!.id)).toMatchObject({contentGone: 'pruned'}), 10_000)
  expect(await shop.store.deliveries.body(old!.id)).toBeNull()
  expect(await shop.delivery(owed!.id)).not.toHaveProperty('contentGone')
  expect(await shop.store.deliveries.body(owed!.id)).not.toBeNull()
  await vi.waitFor(
    () => expect(shop.said.map(([, sentence]) => sentence)).toContain('removed what is past its time'),
    10_000,
  )
})

test('G3: what is held of a webhook that is on is sent within a minute, whoever was cut off before resuming it', async () => {
  await using shop = await aWorkshop()
  const receiver = await shop.receiver()
  const webhook = await shop.webhook({url: receiver.url, active: false, policies: somePolicies({offSwitch: 'hold'})})
  await shop.owe(webhook, 2, {state: 'held', dueAt: null})
  await shop.store.webhooks.replace({...webhook, active: true}, aHistoryEntry(), {was: webhook})
  await shop.worker().start()
  shop.clock.now += MINUTE
  await receiver.received(2)
  expect(shop.said.map(([, sentence]) => sentence)).toContain('resumed what was held although its webhook is on')
})

test('what is held is looked for once a minute, and at once again where much was found', async () => {
  const held = [10_000, 4, 0, new Error('the disk is full'), 1, 0]
  const {keeper, told, clock} = aKeeper([], held)
  const left = async (steps: number) => {
    for (let n = 0; n < steps; n++) await keeper.step()
    return held.length
  }
  expect(await left(5)).toBe(6)
  clock.now += MINUTE
  expect(await left(5)).toBe(3)
  clock.now += MINUTE
  expect(await left(5)).toBe(2)
  clock.now += MINUTE
  expect(await left(5)).toBe(0)
  const resumed = 'resumed what was held although its webhook is on'
  const failed = 'what is held although its webhook is on could not be resumed'
  expect(told.filter(text => text.includes('although'))).toEqual([resumed, resumed, failed, resumed])
})
