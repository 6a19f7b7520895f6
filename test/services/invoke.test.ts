import {describe, expect, test} from 'vitest'
import type {Scope} from '../../src/api/operation.ts'
import {type OperationName, operations} from '../../src/api/operations.ts'
import type {Role} from '../../src/domain/organization.ts'
import {services} from '../../src/services/table.ts'
import {aCaller, aProduct, refusal} from '../harness/product.ts'

const organization = 'default'
const names = Object.keys(operations) as OperationName[]
const writes = names.filter(name => operations[name].role !== 'member')
const reads = names.filter(name => operations[name].role === 'member')

test('every operation of the wire contract has a service, and no service is without one', () => {
  expect(Object.keys(services).toSorted()).toEqual(names.toSorted())
})

test('CAT-03: what writes is for owners and admins, but for sending events', () => {
  const changing = names.filter(name => operations[name].method !== 'GET')
  expect(changing.filter(name => !writes.includes(name))).toEqual([
    'webhook.verify',
    'event.send',
    'event.sendMany',
    'event.import',
    'event.render',
    'event.why',
    'replay.preview',
    'object.apply',
    'object.delete',
    'platform.render',
    'eventType.check',
    'web.code',
  ])
})

describe('roles', () => {
  test.each(writes)('CAT-03: a member may not call %s, and learns who may', async name => {
    await using product = await aProduct()
    const error = await refusal(product.askRaw(name, {}, aCaller({role: 'member'})))
    expect(error).toMatchObject({kind: 'not_allowed', code: 'role_missing'})
    const needed = operations[name].role === 'owner' ? 'an owner' : 'an owner or admin'
    expect(error.message).toBe(`anna is a member and may not call ${name}: it needs ${needed}`)
  })

  test.each(reads)('CAT-02: any member may call %s', async name => {
    await using product = await aProduct()
    const asked = product.askRaw(name, {}, aCaller({role: 'member'})).then(
      () => null,
      error => error.kind,
    )
    expect(await asked).not.toBe('not_allowed')
  })

  const creators: readonly Role[] = ['owner', 'admin']
  test.each(creators)('CAT-03: %s creates, edits and deletes', async role => {
    await using product = await aProduct()
    const caller = aCaller({role})
    const input = {organization, name: 'a', platform: 'catalyst', url: 'https://example.com/', eventTypes: ['*']}
    await product.ask('webhook.create', input, caller)
    await product.ask('webhook.edit', {organization, webhook: 'a', description: 'b'}, caller)
    expect(await product.ask('webhook.delete', {organization, webhook: 'a'}, caller)).toMatchObject({name: 'a'})
  })

  const matrix: readonly [scopes: readonly Scope[], name: OperationName, allowed: boolean][] = [
    [['read'], 'webhook.list', true],
    [['read'], 'event.send', false],
    [['read'], 'webhook.create', false],
    [['ingest'], 'event.send', true],
    [['ingest'], 'webhook.list', false],
    [['admin'], 'webhook.create', true],
    [['admin'], 'webhook.list', true],
    [['admin'], 'event.send', true],
    [[], 'platform.list', false],
  ]
  test.each(matrix)('a token with the scopes %j may call %s: %s', async (scopes, name, allowed) => {
    await using product = await aProduct()
    const asked = product.askRaw(name, {}, aCaller({scopes})).then(
      () => 'done',
      error => error.code,
    )
    expect((await asked) !== 'scope_missing').toBe(allowed)
  })

  test('who may not ask learns nothing about the input', async () => {
    await using product = await aProduct()
    const error = await refusal(product.askRaw('webhook.create', {nonsense: 1}, aCaller({role: 'member'})))
    expect(error.code).toBe('role_missing')
  })
})

test('an organization that is not there is not found, and the ones there are named', async () => {
  await using product = await aProduct()
  const error = await refusal(product.ask('webhook.list', {organization: 'defualt'}))
  expect(error).toMatchObject({kind: 'not_found', code: 'organization_not_found', hint: 'there is default'})
})

test('an unknown member is refused and not ignored', async () => {
  await using product = await aProduct()
  const error = await refusal(product.askRaw('delivery.list', {organization, stat: 'failed'}))
  expect(error).toMatchObject({kind: 'usage', code: 'invalid_input', path: 'stat', hint: 'did you mean "state"?'})
})

test('every answer of a service is what its schema promises', async () => {
  await using product = await aProduct()
  const {webhook} = await product.ask('webhook.create', {
    organization,
    name: 'a',
    platform: 'netbox',
    url: 'https://example.com/',
    eventTypes: ['*'],
    headers: [{name: 'X-Foo', value: 'bar'}],
    secret: {value: 'CANARY-secret-value'},
  })
  const sent = await product.ask('event.send', {organization, type: 'dcim.site.created', data: {id: 1, name: 'AMS'}})
  const delivery = sent.deliveries[0]?.id as string
  const entry = (await product.ask('history.list', {organization})).items[0]?.id as string
  const node = {event: 'node.added', organization_id: 1, timestamp: '2026-07-03T12:00:00+00:00', data: {name: 'a'}}
  const named = {organization, selection: 'named' as const, deliveries: [delivery], now: true, confirm: 1}
  const {id: replay} = await product.ask('replay.create', named)
  const {deliveryId: tested} = await product.ask('webhook.test', {organization, webhook: 'a'})
  const declared = (await product.ask('declaration.export', {organization})).declaration
  const captured = Buffer.from(JSON.stringify(node)).toString('base64')
  const asked: readonly [OperationName, object][] = [
    ['webhook.list', {organization}],
    ['webhook.show', {organization, webhook: 'a'}],
    ['webhook.edit', {organization, webhook: 'a', description: 'x'}],
    ['webhook.test', {organization, webhook: 'a'}],
    ['webhook.sign', {organization, webhook: 'a', body: ''}],
    ['webhook.verify', {organization, webhook: 'a', body: '', headers: []}],
    ['webhook.flush', {organization, webhook: webhook.id}],
    ['webhook.disable', {organization, webhook: webhook.id}],
    ['webhook.enable', {organization, webhook: webhook.id}],
    ['webhook.rotateSecret', {organization, webhook: webhook.id}],
    ['event.send', {organization, type: 'dcim.site.created'}],
    ['event.sendMany', {organization, events: [{type: 'dcim.site.created'}]}],
    ['event.import', {organization, body: captured}],
    ['event.render', {organization, type: 'node.added', data: {name: 'a'}, platform: 'catalyst'}],
    ['platform.render', {body: captured}],
    ['event.list', {organization}],
    ['event.show', {organization, event: sent.event.id}],
    ['event.why', {organization, event: sent.event.id}],
    ['event.types', {}],
    ['event.types', {example: 'node.added'}],
    ['delivery.list', {organization}],
    ['delivery.show', {organization, delivery}],
    ['delivery.replay', {organization, deliveries: [delivery], now: true}],
    ['delivery.cancel', {organization, delivery}],
    ['delivery.diff', {organization, delivery, with: tested}],
    ['delivery.expunge', {organization, deliveries: [delivery]}],
    ['stats.show', {organization}],
    ['declaration.export', {organization}],
    ['declaration.plan', {organization, declaration: declared}],
    ['declaration.apply', {organization, declaration: declared}],
    ['replay.preview', {organization, selection: 'all'}],
    ['replay.create', {organization, selection: 'missing', confirm: 0}],
    ['replay.list', {organization}],
    ['replay.show', {organization, replay}],
    ['replay.pause', {organization, replay}],
    ['replay.resume', {organization, replay}],
    ['replay.cancel', {organization, replay}],
    ['activity.list', {organization, all: true}],
    ['history.list', {organization}],
    ['history.show', {organization, entry}],
    ['object.apply', {organization, objects: [{platform: 'catalyst', type: 'Node', id: '7', data: {psk: 'CANARY'}}]}],
    ['object.list', {organization}],
    ['object.show', {organization, platform: 'catalyst', type: 'Node', id: '7'}],
    ['object.delete', {organization, platform: 'catalyst', type: 'Node', id: '7'}],
    ['worker.status', {}],
    ['worker.disable', {}],
    ['worker.enable', {}],
    ['worker.queues', {organization}],
    ['status.show', {organization}],
    ['web.rights', {}],
    ['store.info', {}],
    ['store.prune', {}],
    ['store.compact', {}],
    ['platform.list', {}],
    ['platform.show', {platform: 'netbox@2.6'}],
    ['org.create', {slug: 'acme'}],
    ['org.list', {}],
    ['org.show', {organization: 'acme'}],
    ['org.edit', {organization: 'acme', name: 'Acme'}],
    ['context.create', {organization: 'acme', id: 'a'}],
    ['context.list', {organization: 'acme'}],
    ['context.show', {organization: 'acme', context: 'a'}],
    ['context.edit', {organization: 'acme', context: 'a', name: 'A'}],
    ['context.delete', {organization: 'acme', context: 'a'}],
    ['eventType.create', {organization, name: 'order.created', schema: {type: 'object'}}],
    ['eventType.list', {organization}],
    ['eventType.show', {organization, eventType: 'order.created'}],
    ['eventType.edit', {organization, eventType: 'order.created', onMismatch: 'warn'}],
    ['eventType.check', {organization, eventType: 'order.created', data: {}}],
    ['eventType.delete', {organization, eventType: 'order.created'}],
    ['source.create', {organization, name: 'in', platform: 'netbox', secret: {value: 'CANARY-of-a-source'}}],
    ['source.list', {organization}],
    ['source.show', {organization, source: 'in'}],
    ['source.edit', {organization, source: 'in', active: false}],
    ['source.rotateSecret', {organization, source: 'in'}],
    ['source.delete', {organization, source: 'in'}],
    ['member.create', {organization: 'acme', user: 'bob'}],
    ['member.list', {organization: 'acme'}],
    ['member.show', {organization: 'acme', user: 'bob'}],
    ['member.edit', {organization: 'acme', user: 'bob', role: 'admin'}],
    ['token.create', {organization: 'acme', name: 't', user: 'bob'}],
    ['token.list', {organization: 'acme'}],
    ['token.show', {organization: 'acme', token: 't'}],
    ['token.revoke', {organization: 'acme', token: 't'}],
    ['member.delete', {organization: 'acme', user: 'bob'}],
    ['org.delete', {organization: 'acme'}],
    ['webhook.delete', {organization, webhook: 'a'}],
  ]
  const left = new Set(names)
  left.delete('webhook.create')
  // Only a server makes one: test/server/web.test.ts.
  left.delete('web.code')
  for (const [name, input] of asked) {
    left.delete(name)
    const answer = await product.askRaw(name, input)
    const {error} = operations[name].output.safeParse(JSON.parse(JSON.stringify(answer)))
    expect([name, error?.issues]).toEqual([name, undefined])
    expect(JSON.stringify(answer)).not.toContain('CANARY')
  }
  expect([...left]).toEqual([])
})
