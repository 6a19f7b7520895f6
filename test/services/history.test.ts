import {describe, expect, test} from 'vitest'
import type {HistoryEntry} from '../../src/domain/history.ts'
import {activitySentence} from '../../src/services/activity.ts'
import {aHistoryEntry} from '../harness/factories.ts'
import {aProduct, type Product, refusal} from '../harness/product.ts'

const organization = 'default'
const send = (product: Product, type: string, name: string) => {
  product.clock.now += 1000
  return product.ask('event.send', {organization, type, data: {name}})
}

const sentences: readonly [entry: Pick<HistoryEntry, 'object' | 'change'>, expected: string][] = [
  [{object: {type: 'Node', id: '7', name: 'db-1'}, change: 'created'}, 'Node “db-1” was created.'],
  [{object: {type: 'Tag', id: '7', name: 'web'}, change: 'changed'}, 'Security group “web” was updated.'],
  [{object: {type: 'FirewallRule', id: '7', name: 'allow'}, change: 'deleted'}, 'Firewall rule “allow” was deleted.'],
  [{object: {type: 'dcim.site', id: '7', name: 'AMS'}, change: 'created'}, 'Site “AMS” was created.'],
  [{object: {type: 'dcim.front_port', id: '7', name: ''}, change: 'changed'}, 'Front port “7” was updated.'],
  [{object: {type: 'Webhook', id: 'wh_1', name: 'Ops'}, change: 'created'}, 'Webhook “Ops” was created.'],
  [{object: {type: 'WebhookDelivery', id: 'd', name: 'd'}, change: 'changed'}, 'Delivery “d” was updated.'],
  [{object: {type: 'Worker', id: 'worker', name: 'worker'}, change: 'changed'}, 'Worker “worker” was updated.'],
]

test.each(sentences)('CAT-23: %j reads %s', (entry, expected) => {
  expect(activitySentence(entry)).toBe(expected)
})

describe('activity', () => {
  test('CAT-22: eight nodes, eight groups and two deletions give the ten newest, no deletion among them', async () => {
    await using product = await aProduct()
    for (let count = 1; count <= 8; count++) {
      await send(product, 'node.added', `n${count}`)
      await send(product, count % 2 === 0 ? 'group.updated' : 'group.created', `g${count}`)
    }
    await send(product, 'node.removed', 'n1')
    await send(product, 'group.deleted', 'g1')
    await send(product, 'policy.created', 'p1')
    const {items, next} = await product.ask('activity.list', {organization})
    expect(next).toBe(null)
    expect(items.map(({message}) => message)).toEqual([
      'Security group “g8” was updated.',
      'Node “n8” was created.',
      'Security group “g7” was created.',
      'Node “n7” was created.',
      'Security group “g6” was updated.',
      'Node “n6” was created.',
      'Security group “g5” was created.',
      'Node “n5” was created.',
      'Security group “g4” was updated.',
      'Node “n4” was created.',
    ])
    expect(items[0]).toMatchObject({change: 'changed', at: '2026-07-03T12:00:16.000Z', actor: {name: 'anna'}})
  })

  test('CAT-22: ten is the most, and fewer can be asked for', async () => {
    await using product = await aProduct()
    for (let count = 1; count <= 12; count++) await send(product, 'node.added', `n${count}`)
    const count = async (limit: number) => (await product.ask('activity.list', {organization, limit})).items.length
    expect(await count(50)).toBe(10)
    expect(await count(3)).toBe(3)
    expect(await refusal(product.ask('activity.list', {organization, cursor: 'x'}))).toMatchObject({path: 'cursor'})
  })

  test('CAT-26: everything is kept, and all shows it page by page', async () => {
    await using product = await aProduct()
    for (let count = 1; count <= 50; count++)
      await send(product, count % 2 === 0 ? 'node.removed' : 'policy.created', `${count}`)
    const first = await product.ask('activity.list', {organization, all: true, limit: 30})
    const second = await product.ask('activity.list', {
      organization,
      all: true,
      limit: 30,
      cursor: first.next as string,
    })
    expect([first.items.length, second.items.length, second.next]).toEqual([30, 20, null])
    expect(first.items[0]?.message).toBe('Node “50” was deleted.')
    expect((await product.ask('history.list', {organization, limit: 100})).items).toHaveLength(50)
  })
})

describe('history', () => {
  test('CAT-25: what the system does by itself has no user', async () => {
    await using product = await aProduct()
    await product.ask('event.send', {
      organization,
      type: 'node.added',
      data: {name: 'a'},
      actor: {kind: 'system', name: null},
    })
    const {items} = await product.ask('history.list', {organization})
    expect(items).toMatchObject([{change: 'created', actor: {kind: 'system', name: null}}])
  })

  test('a change says before and after, and the event that reported it', async () => {
    await using product = await aProduct()
    const object = {type: 'Tag', id: 7, name: 'web'}
    const [before, after] = [{port: 80}, {port: 443}]
    const {event} = await product.ask('event.send', {organization, type: 'group.updated', object, before, after})
    const [entry] = (await product.ask('history.list', {organization, objectId: '7'})).items
    expect(entry).toMatchObject({eventId: event.id, requestId: event.requestId, change: 'changed', before, after})
    expect(await product.ask('history.show', {organization, entry: entry?.id as string})).toEqual(entry)
  })

  test('an event about nothing in particular changes nothing', async () => {
    await using product = await aProduct()
    await product.ask('event.send', {organization, type: 'node.added'})
    await product.ask('event.send', {organization, type: 'security.brute_force', data: {name: 'x'}})
    expect((await product.ask('history.list', {organization})).items).toEqual([])
  })

  test('ENT-24: it is filtered by part of the user, kind of change, type and time', async () => {
    await using product = await aProduct()
    await product.deps.store.history.add([
      aHistoryEntry({actor: {kind: 'user', name: 'Ada Admin'}, at: 1_000_000}),
      aHistoryEntry({actor: {kind: 'user', name: 'bob'}, change: 'deleted', at: 2_000_000}),
      aHistoryEntry({actor: {kind: 'system', name: null}, object: {type: 'Tag', id: '1', name: 'web'}, at: 3_000_000}),
    ])
    const count = async (filter: object) => (await product.ask('history.list', {organization, ...filter})).items.length
    expect(await count({actor: 'ad'})).toBe(1)
    expect(await count({change: ['deleted', 'created']})).toBe(3)
    expect(await count({objectType: ['Tag']})).toBe(1)
    expect(await count({since: '1970-01-01T00:33:20Z', until: '1970-01-01T00:50:00Z'})).toBe(1)
  })

  test('an unknown entry is not found', async () => {
    await using product = await aProduct()
    expect(await refusal(product.ask('history.show', {organization, entry: 'hst_x'}))).toMatchObject({
      kind: 'not_found',
      code: 'history_not_found',
    })
  })
})
