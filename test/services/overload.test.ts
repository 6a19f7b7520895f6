import {expect, test, vi} from 'vitest'
import {type AcceptLimits, createOverload} from '../../src/services/overload.ts'
import {aProduct, refusal} from '../harness/product.ts'

const organization = 'default'

async function limited(limits: Partial<AcceptLimits>) {
  const product = await aProduct()
  const {deps, clock, ask} = product
  const overload = createOverload(deps, {waiting: null, diskFreeBytes: null, ...limits})
  Object.assign(deps, {overload})
  await ask('webhook.create', {
    organization,
    name: 'ops',
    platform: 'netbox',
    url: 'http://127.0.0.1:9000/',
    eventTypes: ['dcim.site.*'],
  })
  const send = (count: number) =>
    ask('event.sendMany', {
      organization,
      events: Array.from({length: count}, (_, id) => ({type: 'dcim.site.created', data: {id, name: `site ${id}`}})),
    })
  const report = () =>
    ask('object.apply', {
      organization,
      objects: [{platform: 'netbox', type: 'dcim.site', id: '9', data: {id: 9, name: 'site 9'}}],
    })
  const later = () => {
    clock.now += 1000
  }
  return {...product, send, report, later, [Symbol.asyncDispose]: () => product[Symbol.asyncDispose]()}
}

test('G6: where enough waits nothing more is accepted, whole, until some of it is over', async () => {
  await using product = await limited({waiting: 10})
  const {deps, ask, send, report, later} = product
  await send(12)
  later()
  for (const refused of [send(1), report()]) {
    const error = await refusal(refused)
    expect(error).toMatchObject({kind: 'overloaded', code: 'store_overloaded'})
    expect(error.message).toContain('12 deliveries wait already, and 10 are the most')
    expect(error.hint).toContain('limits.waiting')
  }
  expect((await deps.store.events.list(1, {}, {limit: 100})).items).toHaveLength(12)
  expect((await ask('status.show', {organization})).reasons[0]).toMatchObject({code: 'store_overloaded'})
  const {items} = await ask('delivery.list', {organization, limit: 3})
  for (const {id} of items) await ask('delivery.cancel', {organization, delivery: id})
  later()
  await send(1)
  expect((await ask('status.show', {organization})).reasons.map(({code}) => code)).not.toContain('store_overloaded')
})

test('G6: what waits is looked at a few times a second, not for every event', async () => {
  await using product = await limited({waiting: 10})
  const counts = vi.spyOn(product.deps.store.deliveries, 'counts')
  for (let round = 0; round < 20; round++) await product.send(1)
  expect(counts).toHaveBeenCalledTimes(1)
  product.later()
  await refusal(product.send(1))
  expect(counts).toHaveBeenCalledTimes(2)
})

test('G6 H1: before the disk is full nothing more is accepted; where it is full the store says so itself', async () => {
  await using product = await limited({diskFreeBytes: 100e6})
  const {deps, send, later} = product
  const room = vi.spyOn(deps.store, 'room')
  const free = (bytes: number) => {
    room.mockResolvedValue(bytes)
    later()
  }
  free(100e6)
  await send(1)
  free(50e6)
  expect(await refusal(send(1))).toMatchObject({code: 'store_overloaded', hint: expect.stringContaining('make room')})
  free(1000)
  await send(1)
})
