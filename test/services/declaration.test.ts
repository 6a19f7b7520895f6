import {describe, expect, test} from 'vitest'
import {contextInput} from '../../src/api/contexts.ts'
import type {Input} from '../../src/api/operations.ts'
import {policies} from '../../src/api/policies.ts'
import {webhookInput} from '../../src/api/webhooks.ts'
import {webhookValues} from '../../src/services/declaration/fields.ts'
import {aCaller, aProduct, type Product, refusal} from '../harness/product.ts'

type Declaration = Input<'declaration.plan'>['declaration']

const organization = 'default'
const ops = {name: 'ops', platform: 'catalyst', url: 'https://example.com/in', eventTypes: ['node.*']}
const cmdb = {name: 'cmdb', platform: 'netbox@4.6', url: 'https://cmdb.example.com/in', eventTypes: ['dcim.site.*']}

const plan = ({ask}: Product, declaration: Declaration, more = {}) =>
  ask('declaration.plan', {organization, declaration, ...more})
const apply = ({ask}: Product, declaration: Declaration, more = {}) =>
  ask('declaration.apply', {organization, declaration, ...more})

const fieldsIn = (planned: Awaited<ReturnType<typeof plan>>) => planned.changes.flatMap(({fields}) => fields)

test('what is declared becomes so, and asked again nothing changes', async () => {
  await using product = await aProduct()
  const declaration = {
    contexts: [{id: 'campus', kind: 'site-group'}],
    members: [{user: 'ada', role: 'admin' as const}],
    webhooks: [{...ops, contextId: 'campus', active: false, policies: {retry: {kind: 'manual' as const}}}],
  }
  await apply(product, declaration)
  const webhook = await product.ask('webhook.show', {organization, webhook: 'ops'})
  expect(webhook).toMatchObject({contextId: 'campus', active: false, policies: {retry: {kind: 'manual'}}})
  expect(await product.ask('context.show', {organization, context: 'campus'})).toMatchObject({kind: 'site-group'})
  product.clock.now += 1000
  expect(await apply(product, declaration)).toMatchObject({changes: [], unchanged: 3})
  expect(await product.ask('webhook.show', {organization, webhook: 'ops'})).toEqual(webhook)
})

test('what is exported is taken again, as much as there is: 1,500 webhooks, and one that was changed meanwhile', async () => {
  await using product = await aProduct()
  const named = (from: number) =>
    Array.from({length: 750}, (_, at) => ({...ops, name: `ops-${from + at}`, url: `https://example.com/${from + at}`}))
  for (const from of [0, 750]) expect((await apply(product, {webhooks: named(from)})).changes).toHaveLength(750)
  const {declaration} = await product.ask('declaration.export', {organization})
  expect(await plan(product, declaration)).toMatchObject({changes: [], unchanged: 1500, undeclared: []})
  await product.ask('webhook.edit', {organization, webhook: 'ops-700', description: 'another'})
  const fields = [{path: 'description', before: 'another', after: '', masked: false}]
  expect(await plan(product, declaration)).toMatchObject({
    changes: [{kind: 'webhook', name: 'ops-700', action: 'change', fields}],
    unchanged: 1499,
  })
})

test('a plan of thousands lets others be answered meanwhile', async () => {
  await using product = await aProduct()
  const webhooks = Array.from({length: 3000}, (_, at) => ({...ops, name: `ops-${at}`}))
  let turns = 0
  let over = false
  const others = (async () => {
    for (; !over; turns += 1) await new Promise(resolve => setImmediate(resolve))
  })()
  await plan(product, {webhooks})
  over = true
  await others
  expect(turns).toBeGreaterThan(2)
})

test('a plan names every field that differs, with before and after, and changes nothing', async () => {
  await using product = await aProduct()
  await apply(product, {webhooks: [ops]})
  const next = {...ops, url: 'https://example.com/other', policies: {timeoutMs: 5000}, active: false}
  const planned = await plan(product, {webhooks: [next]})
  expect(planned.changes).toEqual([
    {
      kind: 'webhook',
      name: 'ops',
      action: 'change',
      fields: [
        {path: 'url', before: 'https://example.com/in', after: 'https://example.com/other', masked: false},
        {path: 'active', before: true, after: false, masked: false},
        {path: 'policies/timeoutMs', before: 10_000, after: 5000, masked: false},
      ],
    },
  ])
  expect(await plan(product, {webhooks: [ops]})).toMatchObject({changes: []})
})

test('what is not said stays; settings, headers and event types are meant as a whole', async () => {
  await using product = await aProduct()
  const settings = {conditions: {attr: 'x', value: 1}, actionData: {a: 1}}
  await apply(product, {webhooks: [{...cmdb, description: 'kept', settings, headers: [{name: 'X-A', value: '1'}]}]})
  const planned = await apply(product, {
    webhooks: [{name: 'cmdb', platform: 'netbox', settings: {actionData: {a: 2}}, headers: []}],
  })
  expect(fieldsIn(planned).map(({path}) => path)).toEqual(['headers', 'settings/conditions', 'settings/actionData'])
  expect(await product.ask('webhook.show', {organization, webhook: 'cmdb'})).toMatchObject({
    description: 'kept',
    url: cmdb.url,
    headers: [],
    settings: {actionData: {a: 2}},
  })
})

test('what is declared of nothing is left alone: only --prune deletes, and only in the sections that are given', async () => {
  await using product = await aProduct()
  await apply(product, {
    contexts: [{id: 'campus'}],
    members: [{user: 'ada'}],
    webhooks: [{...ops, contextId: 'campus'}],
  })
  expect(await plan(product, {webhooks: []})).toMatchObject({
    changes: [],
    undeclared: [{kind: 'webhook', name: 'ops'}],
  })
  expect(await plan(product, {}, {prune: true})).toMatchObject({changes: [], undeclared: []})
  // The webhook goes before the context that it is scoped to.
  const pruned = await apply(product, {contexts: [], webhooks: []}, {prune: true})
  expect(pruned.changes.map(({action, kind, name}) => [action, kind, name])).toEqual([
    ['delete', 'context', 'campus'],
    ['delete', 'webhook', 'ops'],
  ])
  expect((await product.ask('member.list', {organization})).items.map(({user}) => user)).toEqual(['ada'])
  expect((await product.ask('webhook.list', {organization})).items).toEqual([])
})

test('a webhook may take what a pruned one gives up: its place in a context', async () => {
  await using product = await aProduct()
  const lab = (name: string) => ({
    name,
    platform: 'nebularstack@1',
    url: 'https://lab.example.com/in',
    contextId: 'isp',
    eventTypes: ['*'],
  })
  await apply(product, {contexts: [{id: 'isp', kind: 'domain'}], webhooks: [lab('old')]})
  const planned = await apply(product, {webhooks: [lab('new')]}, {prune: true})
  expect(planned.changes.map(({action, name}) => [action, name])).toEqual([
    ['create', 'new'],
    ['delete', 'old'],
  ])
})

describe('sources', () => {
  const secret = {value: 'correct horse battery'}
  const netbox = {name: 'netbox', platform: 'netbox', contextId: 'campus', secret}
  const lab = {name: 'lab', platform: 'standard', eventType: 'lab.{body.type}', dedupeBy: '{body.id}', signature: null}

  test('are made, changed, pruned and exported with the rest, their contexts before them', async () => {
    await using product = await aProduct()
    const declaration = {
      contexts: [{id: 'campus'}],
      sources: [netbox, lab],
    }
    const made = await apply(product, declaration)
    expect(made.changes.map(({action, kind, name}) => [action, kind, name])).toEqual([
      ['create', 'context', 'campus'],
      ['create', 'source', 'netbox'],
      ['create', 'source', 'lab'],
    ])
    expect(made.changes[2]?.fields.map(({path}) => path)).toEqual(['platform', 'eventType', 'dedupeBy', 'signature'])
    product.clock.now += 1000
    expect(await apply(product, declaration)).toMatchObject({changes: [], unchanged: 3})
    const exported = await product.ask('declaration.export', {organization})
    expect(exported.masked).toEqual(['sources/1/secret'])
    expect(exported.declaration.sources).toEqual([
      {...lab, contextId: null, active: true},
      {
        name: 'netbox',
        platform: 'netbox',
        eventType: null,
        dedupeBy: null,
        contextId: 'campus',
        signature: {scheme: 'netbox'},
        active: true,
      },
    ])
    const next = {sources: [{name: 'lab', platform: 'standard', active: false}]}
    const pruned = await apply(product, next, {prune: true})
    expect(pruned.changes.map(({action, name, fields}) => [action, name, fields.map(({path}) => path)])).toEqual([
      ['change', 'lab', ['active']],
      ['delete', 'netbox', []],
    ])
    expect(pruned.undeclared).toEqual([])
  })

  test('keep their address when all else of them changes, and another secret is rotated in', async () => {
    await using product = await aProduct()
    await apply(product, {contexts: [{id: 'campus'}], sources: [netbox]})
    const before = await product.ask('source.show', {organization, source: 'netbox'})
    product.clock.now += 1000
    const other = {value: 'another horse battery'}
    const planned = await apply(
      product,
      {sources: [{...netbox, platform: 'netbox@2.6', contextId: null, signature: {scheme: 'github'}, secret: other}]},
      {graceMs: 60_000},
    )
    expect(fieldsIn(planned).map(({path}) => path)).toEqual(['platform', 'contextId', 'signature', 'secret'])
    expect(JSON.stringify(planned)).not.toContain('horse')
    const after = await product.ask('source.show', {organization, source: 'netbox'})
    expect(after).toMatchObject({address: before.address, platform: 'netbox@2.6', signature: {scheme: 'github'}})
    expect(after.secrets).toHaveLength(2)
  })

  test('have the declared secret alone where the one of before does not fit another signature', async () => {
    await using product = await aProduct()
    await apply(product, {contexts: [{id: 'campus'}], sources: [netbox]})
    const whsec = {value: `whsec_${Buffer.alloc(32, 1).toString('base64')}`}
    await apply(product, {sources: [{...netbox, signature: {scheme: 'standard-v1'}, secret: whsec}]})
    expect((await product.ask('source.show', {organization, source: 'netbox'})).secrets).toHaveLength(1)
  })

  test('are refused without a secret that fits: nobody would be told of one that was made', async () => {
    await using product = await aProduct()
    const {secret: _, ...bare} = {...netbox, contextId: null}
    const refused = await refusal(plan(product, {sources: [bare]}))
    expect(refused).toMatchObject({code: 'secret_needed', path: 'declaration/sources/0/secret'})
    expect(refused.message).toContain('source "netbox"')
    await apply(product, {sources: [{...bare, secret}]})
    const otherScheme = plan(product, {sources: [{...bare, signature: {scheme: 'standard-v1'}}]})
    expect(await refusal(otherScheme)).toMatchObject({code: 'secret_needed'})
    expect(await plan(product, {sources: [bare]})).toMatchObject({changes: [], unchanged: 1})
  })

  test('of a plan that was looked at are as they were then, or nothing is done', async () => {
    await using product = await aProduct()
    await apply(product, {sources: [{...netbox, contextId: null}]})
    const next = {sources: [{...netbox, contextId: null, active: false}]}
    const {digest} = await plan(product, next)
    product.clock.now += 1000
    await product.ask('source.rotateSecret', {organization, source: 'netbox', secret, graceMs: 0})
    expect(await refusal(apply(product, next, {plan: digest}))).toMatchObject({code: 'plan_changed'})
  })
})

describe('secrets', () => {
  const secret = {value: 'correct horse battery'}
  const other = {value: 'another horse battery'}
  const headers = (token: string) => [{name: 'Authorization', value: `Bearer ${token}`}]
  const full = {...ops, url: 'https://example.com/in?key=secret-one', secret, headers: headers('header-one')}
  const oauth = {tokenUrl: 'https://example.com/token?key=token-one', clientId: 'hookctl', clientSecret: 'client-one'}

  test('E4: a plan tells that a secret differs, and neither plan nor export nor history tells what it is', async () => {
    await using product = await aProduct()
    await apply(product, {webhooks: [full]})
    const next = {...full, url: 'https://example.com/in?key=secret-two', secret: other, headers: headers('header-two')}
    const planned = await plan(product, {webhooks: [next]})
    expect(fieldsIn(planned).map(({path, masked}) => [path, masked])).toEqual([
      ['url', true],
      ['secret', true],
      ['headers', true],
    ])
    await apply(product, {webhooks: [next]})
    const exported = await product.ask('declaration.export', {organization})
    const history = await product.ask('history.list', {organization})
    expect(exported.masked).toEqual(['webhooks/0/url', 'webhooks/0/secret', 'webhooks/0/headers/0/value'])
    expect(JSON.stringify([planned, exported, history])).not.toMatch(
      /horse|secret-one|secret-two|header-one|header-two/,
    )
  })

  test('E4: what a token is asked for with is planned member by member, and its secret told by nobody', async () => {
    await using product = await aProduct()
    await apply(product, {webhooks: [{...ops, oauth}]})
    expect(await plan(product, {webhooks: [{...ops, oauth: {clientSecret: 'client-one', scope: null}}]})).toMatchObject(
      {
        changes: [],
      },
    )
    const next = {...oauth, tokenUrl: 'https://example.com/token?key=token-two', clientSecret: 'client-two', scope: 'a'}
    const planned = await plan(product, {webhooks: [{...ops, oauth: next}]})
    expect(fieldsIn(planned).map(({path, masked}) => [path, masked])).toEqual([
      ['oauth/tokenUrl', true],
      ['oauth/clientSecret', true],
      ['oauth/scope', false],
    ])
    const exported = await product.ask('declaration.export', {organization})
    expect(exported.masked).toEqual(['webhooks/0/oauth/clientSecret', 'webhooks/0/oauth/tokenUrl'])
    expect(exported.declaration.webhooks?.[0]?.oauth).toMatchObject({clientId: 'hookctl', clientSecret: '***'})
    const history = await product.ask('history.list', {organization})
    expect(JSON.stringify([planned, exported, history])).not.toMatch(/token-one|token-two|client-one|client-two/)
    const taken = await plan(product, {webhooks: [{...ops, oauth: null}]})
    expect(fieldsIn(taken).map(({path, after}) => [path, after])).toContainEqual(['oauth/clientId', null])
    expect((await apply(product, {webhooks: [{...ops, oauth: null}]})).changes).toHaveLength(1)
    expect((await product.deps.store.webhooks.all(1))[0]?.oauth).toBe(null)
  })

  test('another secret is rotated in: the one of now signs along for the grace', async () => {
    await using product = await aProduct()
    await apply(product, {webhooks: [full]})
    product.clock.now += 1000
    await apply(product, {webhooks: [{...full, secret: other}]}, {graceMs: 60_000})
    const [webhook] = await product.deps.store.webhooks.all(1)
    expect(webhook!.secrets).toEqual([
      {value: other.value, createdAt: product.clock.now, expiresAt: null},
      {value: secret.value, createdAt: product.clock.now - 1000, expiresAt: product.clock.now + 60_000},
    ])
    expect(await plan(product, {webhooks: [{...full, secret: other}]})).toMatchObject({changes: []})
    expect(await plan(product, {webhooks: [{...full, secret: undefined}]})).toMatchObject({changes: []})
  })
})

describe('all or nothing', () => {
  test('what is wrong anywhere is refused with its place before anything is done', async () => {
    await using product = await aProduct()
    const refused = await refusal(
      apply(product, {contexts: [{id: 'campus'}], webhooks: [ops, {...cmdb, url: 'ftp://example.com'}]}),
    )
    expect(refused).toMatchObject({kind: 'usage', path: 'declaration/webhooks/1/url'})
    expect(refused.message).toContain('webhook "cmdb"')
    expect((await product.ask('context.list', {organization})).items).toEqual([])
    expect((await product.ask('history.list', {organization})).items).toEqual([])
  })

  test.each<[string, Declaration, string]>([
    ['an unknown context', {webhooks: [{...ops, contextId: 'campus'}]}, 'unknown_context'],
    ['a member who is there twice', {members: [{user: 'a'}, {user: 'a'}]}, 'declared_twice'],
    ['a policy that the platform has locked', {webhooks: [{...ops, policies: {batch: {everyMs: 1}}}]}, 'policy_locked'],
    [
      'a secret its scheme cannot sign with',
      {webhooks: [{...ops, policies: {signature: {scheme: 'standard-v1'}}, secret: {value: '?'}}]},
      'bad_secret',
    ],
  ])('%s is refused', async (_, declaration, code) => {
    await using product = await aProduct()
    expect(await refusal(plan(product, declaration))).toMatchObject({code})
  })

  test('a webhook does not change its platform', async () => {
    await using product = await aProduct()
    await apply(product, {webhooks: [cmdb]})
    expect(await refusal(plan(product, {webhooks: [{...cmdb, platform: 'netbox@2.6'}]}))).toMatchObject({
      code: 'platform_fixed',
      path: 'declaration/webhooks/0/platform',
    })
    expect(await plan(product, {webhooks: [{...cmdb, platform: 'netbox'}]})).toMatchObject({changes: []})
  })

  test('a store that fails at the last moment has none of it', async () => {
    await using product = await aProduct()
    const {store} = product.deps
    const failing = {...product.deps, store: {...store, changes: {make: () => Promise.reject(new Error('disk'))}}}
    const {invoke} = await import('../../src/services/invoke.ts')
    const declaration = {contexts: [{id: 'campus'}], webhooks: [ops]}
    await expect(invoke(failing, 'declaration.apply', {organization, declaration}, aCaller())).rejects.toThrow('disk')
    expect([await store.webhooks.all(1), (await store.contexts.list(1, {limit: 5})).items]).toEqual([[], []])
  })
})

test('what was changed since the plan was looked at is not applied', async () => {
  await using product = await aProduct()
  await apply(product, {webhooks: [ops]})
  const declaration = {webhooks: [{...ops, url: 'https://example.com/next'}]}
  const {digest} = await plan(product, declaration)
  product.clock.now += 1
  await product.ask('webhook.edit', {organization, webhook: 'ops', description: 'changed by somebody else'})
  const refused = await refusal(apply(product, declaration, {plan: digest}))
  expect(refused).toMatchObject({kind: 'conflict', code: 'plan_changed'})
  expect(await product.ask('webhook.show', {organization, webhook: 'ops'})).toMatchObject({url: ops.url})
})

test('a description with half a character is applied with what else changes, and is the same the next time', async () => {
  await using product = await aProduct()
  await apply(product, {webhooks: [ops]})
  const declaration = {webhooks: [{...ops, description: 'x\ud800', active: false, secret: {value: 'correct horse'}}]}
  await apply(product, declaration)
  expect(await product.ask('webhook.show', {organization, webhook: 'ops'})).toMatchObject({active: false})
  expect(await plan(product, declaration)).toMatchObject({changes: []})
})

test('every change is in the history like any other, by whom and with one request id', async () => {
  await using product = await aProduct()
  await apply(product, {webhooks: [ops]})
  const caller = aCaller({actor: {kind: 'user', name: 'bob'}})
  const declaration = {
    contexts: [{id: 'campus'}],
    members: [{user: 'ada'}],
    webhooks: [{...ops, description: 'x', active: false, secret: {value: 'correct horse'}}, cmdb],
  }
  await product.ask('declaration.apply', {organization, declaration}, caller)
  const {items} = await product.ask('history.list', {organization, actor: 'bob'})
  expect(items.map(({change, object}) => `${change} ${object.type} ${object.name}`).sort()).toEqual([
    'changed Webhook ops',
    'changed Webhook ops',
    'changed Webhook ops',
    'created Context campus',
    'created Membership ada',
    'created Webhook cmdb',
  ])
  expect(new Set(items.map(({requestId}) => requestId)).size).toBe(1)
})

test('what a webhook is owed is held and sent on, as by webhook disable and enable', async () => {
  await using product = await aProduct()
  const holding = {...ops, policies: {offSwitch: 'hold' as const}}
  await apply(product, {webhooks: [holding]})
  await product.ask('event.send', {organization, type: 'node.added', data: {name: 'a', nebula_ip: ''}})
  const states = async () => (await product.ask('delivery.list', {organization})).items.map(({state}) => state)
  await apply(product, {webhooks: [{...holding, active: false}]})
  expect(await states()).toEqual(['held'])
  await apply(product, {webhooks: [{...holding, active: true}]})
  expect(await states()).toEqual(['pending'])
})

test('an admin declares no owner', async () => {
  await using product = await aProduct()
  const admin = aCaller({role: 'admin'})
  const asked = product.ask(
    'declaration.apply',
    {organization, declaration: {members: [{user: 'eve', role: 'owner'}]}},
    admin,
  )
  expect(await refusal(asked)).toMatchObject({kind: 'not_allowed', code: 'role_too_high'})
})

test('everything that can be given for a context and a webhook is exported and compared', async () => {
  await using product = await aProduct()
  const oauth = {tokenUrl: 'https://example.com/token', clientId: 'hookctl', clientSecret: 'correct horse'}
  await apply(product, {contexts: [{id: 'campus'}], webhooks: [{...ops, oauth}]})
  const {declaration} = await product.ask('declaration.export', {organization})
  expect(Object.keys(declaration.contexts![0]!).sort()).toEqual(['id', ...Object.keys(contextInput)].sort())
  const exported = Object.keys(declaration.webhooks![0]!)
  expect(exported.sort()).toEqual([...Object.keys(webhookInput()), 'platform', 'active'].sort())
  const [webhook] = await product.deps.store.webhooks.all(1)
  const compared = new Set(Object.keys(webhookValues(webhook!)).map(path => path.split('/')[0]))
  expect(exported.filter(member => !compared.has(member))).toEqual(['name', 'settings'])
  expect(Object.keys(webhookValues(webhook!)).filter(path => path.startsWith('policies/'))).toHaveLength(
    Object.keys(policies().shape).length,
  )
})

describe('event types', () => {
  const order = {name: 'order.created', summary: 'An order', schema: {type: 'object', required: ['total']}}

  test('are made, changed, pruned and exported with the rest', async () => {
    await using product = await aProduct()
    const made = await apply(product, {eventTypes: [order, {name: 'bare'}]})
    expect(
      made.changes.map(({action, kind, name, fields}) => [action, kind, name, fields.map(({path}) => path)]),
    ).toEqual([
      ['create', 'eventType', 'order.created', ['summary', 'schema']],
      ['create', 'eventType', 'bare', []],
    ])
    expect(
      await apply(product, {eventTypes: [{...order, schema: {required: ['total'], type: 'object'}}]}),
    ).toMatchObject({
      changes: [],
      unchanged: 1,
    })
    const {items: told} = await product.ask('history.list', {organization, objectType: 'EventType'})
    expect(told).toHaveLength(2)
    const exported = await product.ask('declaration.export', {organization})
    expect(exported.declaration.eventTypes?.map(({name}) => name)).toEqual(['bare', 'order.created'])
    expect(await plan(product, exported.declaration, {prune: true})).toMatchObject({changes: [], unchanged: 2})
    const next = {eventTypes: [{name: 'order.created', schema: {type: 'object'}, onMismatch: 'warn' as const}]}
    expect((await apply(product, next, {prune: true})).changes).toEqual([
      {
        kind: 'eventType',
        name: 'order.created',
        action: 'change',
        fields: [
          {path: 'onMismatch', before: 'refuse', after: 'warn', masked: false},
          {path: 'schema', before: order.schema, after: {type: 'object'}, masked: false},
        ],
      },
      {kind: 'eventType', name: 'bare', action: 'delete', fields: []},
    ])
    const {items} = await product.ask('eventType.list', {organization})
    expect(items).toMatchObject([{name: 'order.created', summary: 'An order', onMismatch: 'warn'}])
  })

  test('with a wrong schema are refused with the place, and nothing is changed', async () => {
    await using product = await aProduct()
    const refused = await refusal(apply(product, {eventTypes: [order, {name: 'x', schema: {typ: 1}}]}))
    expect(refused).toMatchObject({code: 'bad_schema', path: 'declaration/eventTypes/1/schema'})
    expect((await product.ask('eventType.list', {organization})).items).toEqual([])
  })
})
