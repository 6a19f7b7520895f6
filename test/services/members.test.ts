import {describe, expect, test} from 'vitest'
import type {Role} from '../../src/domain/organization.ts'
import {aWebhook} from '../harness/factories.ts'
import {aCaller, aProduct, refusal} from '../harness/product.ts'

const organization = 'default'

describe('members', () => {
  test('CAT-28 CAT-29: a change of a member is an event from hookctl, told to whoever subscribes, with one history row', async () => {
    await using product = await aProduct()
    const webhook = aWebhook({eventTypes: ['member.*']})
    const {aHistoryEntry} = await import('../harness/factories.ts')
    await product.deps.store.webhooks.add(webhook, aHistoryEntry())
    await product.ask('member.create', {organization, user: 'bob', email: 'bob@example.com'})
    await product.ask('member.edit', {organization, user: 'bob', role: 'admin'})
    await product.ask('member.edit', {organization, user: 'bob', role: 'admin'})
    await product.ask('member.delete', {organization, user: 'bob'})
    const events = (await product.ask('event.list', {organization})).items.toReversed()
    const bob = {user: 'bob', email: 'bob@example.com', role: 'member'}
    const admin = {...bob, role: 'admin'}
    const object = {type: 'Membership', id: 'bob', name: 'bob'}
    expect(events).toMatchObject([
      {type: 'member.created', source: 'hookctl', actor: {name: 'anna'}, object, data: bob, before: null, after: bob},
      {type: 'member.updated', source: 'hookctl', object, data: admin, before: bob, after: admin},
      {type: 'member.deleted', source: 'hookctl', object, data: admin, before: admin, after: null},
    ])
    const deliveries = await product.ask('delivery.list', {organization})
    expect(deliveries.items.map(({eventType}) => eventType)).toEqual([
      'member.deleted',
      'member.updated',
      'member.created',
    ])
    const {items} = await product.ask('history.list', {organization, objectType: ['Membership']})
    expect(items.map(({change, eventId}) => [change, eventId])).toEqual([
      ['deleted', events[2]?.id],
      ['changed', events[1]?.id],
      ['created', events[0]?.id],
    ])
  })

  test('CAT-29: a user is in several organizations, with a role in each', async () => {
    await using product = await aProduct()
    await product.ask('org.create', {slug: 'acme'})
    await product.ask('member.create', {organization, user: 'bob', role: 'owner'})
    await product.ask('member.create', {organization: 'acme', user: 'bob', role: 'member'})
    expect((await product.ask('member.show', {organization, user: 'bob'})).role).toBe('owner')
    expect((await product.ask('member.show', {organization: 'acme', user: 'bob'})).role).toBe('member')
    await product.ask('member.delete', {organization: 'acme', user: 'bob'})
    expect((await product.ask('member.show', {organization, user: 'bob'})).role).toBe('owner')
  })

  const refused: readonly [what: string, role: Role, operation: 'create' | 'edit' | 'delete', input: object][] = [
    ['makes an owner', 'admin', 'create', {user: 'new', role: 'owner'}],
    ['makes a member owner', 'admin', 'edit', {user: 'bob', role: 'owner'}],
    ['makes an owner less', 'admin', 'edit', {user: 'boss', role: 'member'}],
    ['takes an owner out', 'admin', 'delete', {user: 'boss'}],
  ]
  test.each(refused)('nobody gives or takes more than they have: %s as %s', async (_, role, verb, input) => {
    await using product = await aProduct()
    await product.ask('member.create', {organization, user: 'boss', role: 'owner'})
    await product.ask('member.create', {organization, user: 'second', role: 'owner'})
    await product.ask('member.create', {organization, user: 'bob'})
    const asked = product.askRaw(`member.${verb}`, {organization, ...input}, aCaller({role}))
    expect(await refusal(asked)).toMatchObject({kind: 'not_allowed', code: 'role_too_high'})
    await product.askRaw(`member.${verb}`, {organization, ...input})
  })

  test("T22, cascade: a user's tokens end with the membership, each with a history row", async () => {
    await using product = await aProduct()
    await product.ask('member.create', {organization, user: 'bob'})
    await product.ask('token.create', {organization, name: 'his', user: 'bob'})
    expect(await product.ask('member.delete', {organization, user: 'bob'})).toEqual({user: 'bob', tokens: 1})
    const {items} = await product.ask('history.list', {organization, objectType: ['Token'], change: ['deleted']})
    expect(items).toMatchObject([{object: {name: 'his'}, actor: {name: 'anna'}}])
  })
})

describe('organizations', () => {
  test('CAT-29: who creates one is its owner; a machine that does is in no list', async () => {
    await using product = await aProduct()
    await product.ask('org.create', {slug: 'acme', name: 'Acme'})
    expect((await product.ask('member.list', {organization: 'acme'})).items).toMatchObject([
      {user: 'anna', role: 'owner'},
    ])
    await product.ask('org.create', {slug: 'b'}, aCaller({actor: {kind: 'token', name: 'admin'}}))
    expect((await product.ask('member.list', {organization: 'b'})).items).toEqual([])
  })

  test('creating, changing and deleting one is in the history; what was deleted, in that of the first one', async () => {
    await using product = await aProduct()
    await product.ask('org.create', {slug: 'acme'})
    await product.ask('org.edit', {organization: 'acme', slug: 'new', name: 'New'})
    const own = await product.ask('history.list', {organization: 'new', objectType: ['Organization']})
    expect(own.items).toMatchObject([
      {change: 'changed', object: {name: 'new'}, before: {slug: 'acme'}, after: {slug: 'new', name: 'New'}},
      {change: 'created', object: {name: 'acme'}, after: {slug: 'acme', name: 'acme'}},
    ])
    await product.ask('org.delete', {organization: 'new'})
    const first = await product.ask('history.list', {organization, objectType: ['Organization']})
    expect(first.items).toMatchObject([{change: 'deleted', object: {name: 'new'}, before: {slug: 'new', name: 'New'}}])
  })

  test('CAT-29: an admin changes an organization, an owner deletes it', async () => {
    await using product = await aProduct()
    await product.ask('org.create', {slug: 'acme'})
    const admin = aCaller({role: 'admin'})
    await product.ask('org.edit', {organization: 'acme', name: 'A'}, admin)
    expect(await refusal(product.ask('org.delete', {organization: 'acme'}, admin))).toMatchObject({
      code: 'role_missing',
    })
    await product.ask('org.delete', {organization: 'acme'})
  })
})

describe('contexts', () => {
  test('ENT-10: an event and a webhook of a context that is not there are refused, with those that are', async () => {
    await using product = await aProduct()
    const event = {organization, type: 'node.added', contextId: 'campsu'}
    const none = await refusal(product.ask('event.send', event))
    expect(none).toMatchObject({kind: 'usage', code: 'unknown_context', path: 'contextId'})
    expect(none.hint).toContain('hookctl context create')
    for (const id of ['campus', 'lab']) await product.ask('context.create', {organization, id})
    const meant = await refusal(product.ask('event.send', event))
    expect(meant.hint).toBe('did you mean "campus"? there are campus, lab')
    const many = {organization, events: [{type: 'node.added'}, {type: 'node.added', contextId: 'x'}]}
    expect(await refusal(product.ask('event.sendMany', many))).toMatchObject({path: 'events/1/contextId'})
    expect((await product.ask('event.list', {organization})).items).toEqual([])
    const webhook = {organization, name: 'w', platform: 'netbox', url: 'https://example.com/', eventTypes: ['*']}
    const create = product.ask('webhook.create', {...webhook, contextId: 'x'})
    expect(await refusal(create)).toMatchObject({code: 'unknown_context'})
    await product.ask('webhook.create', webhook)
    const edit = product.ask('webhook.edit', {organization, webhook: 'w', contextId: 'x'})
    expect(await refusal(edit)).toMatchObject({code: 'unknown_context'})
  })

  test('a context of another organization is not known', async () => {
    await using product = await aProduct()
    await product.ask('org.create', {slug: 'acme'})
    await product.ask('context.create', {organization: 'acme', id: 'campus'})
    const sent = product.ask('event.send', {organization, type: 'node.added', contextId: 'campus'})
    expect(await refusal(sent)).toMatchObject({code: 'unknown_context', hint: expect.not.stringContaining('campus')})
  })

  test('ENT-12: an event keeps the name its context had when it was accepted', async () => {
    await using product = await aProduct()
    await product.ask('context.create', {organization, id: 'campus', name: 'Campus Süd'})
    const {event} = await product.ask('event.send', {organization, type: 'node.added', contextId: 'campus'})
    await product.ask('context.edit', {organization, context: 'campus', name: 'Campus South'})
    const shown = await product.ask('event.show', {organization, event: event.id})
    expect([event.contextName, shown.event.contextName]).toEqual(['Campus Süd', 'Campus Süd'])
  })

  test('every change of one is in the history', async () => {
    await using product = await aProduct()
    await product.ask('context.create', {organization, id: 'campus', name: 'A'})
    await product.ask('context.edit', {organization, context: 'campus', name: 'B'})
    await product.ask('context.delete', {organization, context: 'campus'})
    const {items} = await product.ask('history.list', {organization, objectType: ['Context']})
    expect(items.map(({change, before, after}) => [change, before, after])).toEqual([
      ['deleted', {name: 'B', kind: 'context'}, null],
      ['changed', {name: 'A', kind: 'context'}, {name: 'B', kind: 'context'}],
      ['created', null, {name: 'A', kind: 'context'}],
    ])
  })
})
