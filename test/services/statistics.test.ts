import {expect, test} from 'vitest'
import {type Attempt, deliveryStates} from '../../src/domain/delivery.ts'
import {DAY_MS, HOUR_MS, statisticsKeys} from '../../src/domain/statistics.ts'
import {anAttempt, NOON} from '../harness/factories.ts'
import {aProduct, type Product, refusal} from '../harness/product.ts'
import {failure, success, withDelivery, withWebhook} from '../store/conformance/setting.ts'

const organization = 'default'

async function tried(product: Product, changes: Partial<Attempt> & {readonly name?: string} = {}) {
  const {name = 'cmdb', ...attempt} = changes
  const {store} = product.deps
  const webhook = (await store.webhooks.find(1, name)) ?? (await withWebhook(store, {name}))
  const delivery = await withDelivery(store, webhook)
  const made = anAttempt({deliveryId: delivery.id, ...attempt})
  await store.deliveries.record([
    made.success ? success(delivery, {attempt: made}) : failure(delivery, {attempt: made}),
  ])
}

const good = {success: true, status: 200, errorClass: null, error: null} as const

test('statistics of the last 24 hours: groups with the most attempts first, percentiles, a series without gaps', async () => {
  await using product = await aProduct()
  product.clock.now = NOON + 30 * 60_000
  for (const durationMs of [10, 20, 400]) await tried(product, {...good, durationMs, startedAt: NOON - 2 * HOUR_MS})
  await tried(product, {startedAt: NOON, status: null, errorClass: 'timeout', durationMs: 15_000})
  await tried(product, {name: 'ops', startedAt: NOON, status: 503})
  await tried(product, {startedAt: NOON - 2 * DAY_MS})
  const {groups, total, ...rest} = await product.ask('stats.show', {organization})
  expect(rest).toMatchObject({
    since: '2026-07-02T12:00:00.000Z',
    until: '2026-07-03T13:00:00.000Z',
    stretchMs: HOUR_MS,
    groupCount: 2,
    latencyError: 0.09051,
  })
  expect(total).toMatchObject({attempts: 5, delivered: 3, failed: 2, successRate: 0.6})
  expect(total.series.map(({attempts}) => attempts)).toEqual([...Array(22).fill(0), 3, 0, 2])
  expect(groups.map(({name, attempts, successRate}) => [name, attempts, successRate])).toEqual([
    ['cmdb', 4, 0.75],
    ['ops', 1, 0],
  ])
  const {p50, p99} = groups[0]?.latencyMs ?? {}
  expect([Math.abs((p50 ?? 0) / 20 - 1) < 0.091, Math.abs((p99 ?? 0) / 400 - 1) < 0.091]).toEqual([true, true])
})

test('by class and by status, what has none is named', async () => {
  await using product = await aProduct()
  await tried(product, good)
  await tried(product, {status: null, errorClass: 'timeout'})
  const names = async (by: 'class' | 'status') =>
    (await product.ask('stats.show', {organization, by})).groups.map(({key, name}) => [key, name])
  expect((await names('class')).toSorted()).toEqual([
    [null, 'delivered'],
    ['timeout', 'timeout'],
  ])
  expect((await names('status')).toSorted()).toEqual([
    [null, 'no answer'],
    ['200', '200'],
  ])
})

test.each([
  ['2h', 2 * HOUR_MS, HOUR_MS, 3, '10:00'],
  ['2d', 2 * DAY_MS, 2 * HOUR_MS, 25, '12:00'],
  ['7d', 7 * DAY_MS, 6 * HOUR_MS, 29, '12:00'],
  ['13d', 13 * DAY_MS, 12 * HOUR_MS, 27, '12:00'],
  ['15d', 15 * DAY_MS, DAY_MS, 16, '00:00'],
  ['400d', 400 * DAY_MS, 14 * DAY_MS, 30, '00:00'],
  ['ten years', 3650 * DAY_MS, 14 * DAY_MS, 30, '00:00'],
])('asked since %s, the time is cut into whole stretches', async (_, agoMs, stretchMs, count, begins) => {
  await using product = await aProduct()
  product.clock.now = NOON + 30 * 60_000
  const since = new Date(product.clock.now - agoMs).toISOString()
  const answer = await product.ask('stats.show', {organization, since})
  expect([answer.stretchMs, answer.total.series.length, answer.since.slice(11, 16)]).toEqual([stretchMs, count, begins])
})

test('from the attempts themselves it says what the kept counts say', async () => {
  await using product = await aProduct()
  product.clock.now = NOON + 30 * 60_000
  const {store} = product.deps
  for (const hours of [1, 1, 5, 23, 25, 40]) {
    const startedAt = NOON - hours * HOUR_MS + 1234
    await tried(product, {...good, startedAt, durationMs: 7 * hours})
    await tried(product, {name: 'ops', startedAt, status: 503, durationMs: 90})
    await tried(product, {name: 'ops', startedAt, status: null, errorClass: 'timeout', durationMs: 15_000})
  }
  const webhook = await store.webhooks.find(1, 'ops')
  const lost = await withDelivery(store, webhook!)
  const attempt = anAttempt({deliveryId: lost.id, startedAt: NOON, status: 410, errorClass: 'gone'})
  await store.deliveries.record([{...failure(lost, {attempt}), state: 'failed', reason: 'gone', dueAt: null}])
  const all = {state: [...deliveryStates]}
  for (const filter of [
    {},
    {since: new Date(NOON - 3 * DAY_MS).toISOString()},
    {webhook: 'ops', status: '5xx'},
    {errorClass: 'timeout' as const, until: new Date(NOON - 4 * HOUR_MS).toISOString()},
    {type: ['node.*'], trigger: 'event' as const},
  ]) {
    for (const by of statisticsKeys) {
      const kept = await product.ask('stats.show', {organization, by, ...filter})
      expect(kept.total.attempts).toBeGreaterThan(0)
      const sorted = (view: typeof kept) => ({
        ...view,
        groups: view.groups.toSorted((a, b) => String(a.key).localeCompare(String(b.key))),
      })
      expect(sorted(await product.ask('stats.show', {organization, by, ...filter, ...all}))).toEqual(sorted(kept))
    }
  }
})

test('every key of the grammar chooses whose attempts are counted, an unknown value is refused', async () => {
  await using product = await aProduct()
  await tried(product, {...good, startedAt: NOON})
  await tried(product, {name: 'ops', startedAt: NOON, status: 503})
  const attempts = async (filter: object) => (await product.ask('stats.show', {organization, ...filter})).total.attempts
  const {items} = await product.ask('delivery.list', {organization})
  expect(await attempts({})).toBe(2)
  expect(await attempts({state: ['delivered']})).toBe(1)
  expect(await attempts({undelivered: true})).toBe(0)
  expect(await attempts({event: items[0]!.eventId})).toBe(1)
  expect(await attempts({host: 'nowhere.example.com'})).toBe(0)
  expect(await attempts({object: 'Node:nobody'})).toBe(0)
  expect(await attempts({where: ['data.name=nobody']})).toBe(0)
  expect(await refusal(attempts({status: '9xx'}))).toMatchObject({kind: 'usage', code: 'bad_status', path: 'status/0'})
  expect(await refusal(attempts({context: 'nowhere'}))).toMatchObject({code: 'context_not_found'})
  expect(await refusal(attempts({stat: 'failed'}))).toMatchObject({kind: 'usage', code: 'invalid_input'})
})
