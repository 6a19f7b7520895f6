import {expect, test} from 'vitest'
import {aProduct, type Product, refusal} from '../harness/product.ts'

const organization = 'default'

const nas = (address: string) => ({
  platform: 'nebularstack',
  type: 'subscriber',
  id: 's',
  data: {id: 's', username: 'jane', last_known_nas_ip4: address},
})

const apply = (product: Product, ...objects: object[]) =>
  product.ask('object.apply', {organization, objects: objects as ReturnType<typeof nas>[]})

test('NEB-03: of many reports of the same change at the same moment one is the change', async () => {
  await using product = await aProduct()
  const answers = await Promise.all(Array.from({length: 32}, () => apply(product, nas('198.51.100.7'))))
  expect(answers.map(({created}) => created).filter(count => count === 1)).toHaveLength(1)
  expect(answers.map(({unchanged}) => unchanged).filter(count => count === 1)).toHaveLength(31)
  expect((await product.ask('event.list', {organization})).items).toHaveLength(1)
  expect((await product.ask('history.list', {organization})).items).toHaveLength(1)
})

test('reports of other changes at the same moment are each told once, from the state that was there', async () => {
  await using product = await aProduct()
  await Promise.all(['1', '2', '3', '4', '5'].map(last => apply(product, nas(`198.51.100.${last}`))))
  const {items} = await product.ask('history.list', {organization})
  expect(items).toHaveLength(5)
  const chain = items.toReversed().map(({before, after}) => [before, after] as [object | null, object])
  for (const [index, [before]] of chain.entries()) expect(before).toEqual(index === 0 ? null : chain[index - 1]![1])
})

test('what the system that reports says of who, when and where is in the event and in the history', async () => {
  await using product = await aProduct()
  await product.ask('context.create', {organization, id: 'campus', name: 'Campus Süd'})
  const report = {
    platform: 'catalyst',
    type: 'node',
    id: 7,
    data: {name: 'db-1'},
    actor: {kind: 'user', name: 'ada'} as const,
    occurredAt: '2026-07-01T00:00:00.123456Z',
    requestId: 'r-1',
    contextId: 'campus',
    source: 'signal',
    extra: {ticket: 'NOC-7'},
  }
  await product.ask('object.apply', {organization, objects: [report]})
  const [event] = (await product.ask('event.list', {organization, type: ['node.*']})).items
  const {actor, occurredAt, requestId, contextId, source, extra} = report
  expect(event).toMatchObject({actor, occurredAt, requestId, contextId, source, extra, object: {type: 'Node', id: '7'}})
  const [entry] = (await product.ask('history.list', {organization, objectType: ['Node']})).items
  expect(entry).toMatchObject({actor, requestId, contextId, eventId: event?.id, change: 'created'})
})

test('an object keeps its name, its context and its beginning over reports that do not say them', async () => {
  await using product = await aProduct()
  await product.ask('context.create', {organization, id: 'campus'})
  const report = {platform: 'netbox', type: 'ipam.prefix', id: '1'}
  await product.ask('object.apply', {
    organization,
    objects: [{...report, name: 'office', contextId: 'campus', data: {vlan: 7}}],
  })
  product.clock.now += 60_000
  await product.ask('object.apply', {organization, objects: [{...report, data: {vlan: 8}}]})
  expect(await product.ask('object.show', {organization, ...report})).toMatchObject({
    name: 'office',
    contextId: 'campus',
    createdAt: '2026-07-03T12:00:00.000Z',
    updatedAt: '2026-07-03T12:01:00.000Z',
    data: {vlan: 8},
  })
})

test('data that nest too deep or are too large are refused before anything is kept', async () => {
  await using product = await aProduct()
  let deep: Record<string, unknown> = {}
  for (let level = 0; level < 200; level++) deep = {deep}
  const report = {platform: 'standard', type: 'thing', id: '1'}
  const cases = [
    [{...report, data: deep}, 'too_deep'],
    [{...report, data: {text: 'x'.repeat(1_100_000)}}, 'payload_too_large'],
  ] as const
  for (const [object, code] of cases) {
    expect(await refusal(product.ask('object.apply', {organization, objects: [object]}))).toMatchObject({code})
  }
  expect((await product.ask('object.list', {organization})).items).toEqual([])
})
