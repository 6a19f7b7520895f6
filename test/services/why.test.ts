import {describe, expect, test} from 'vitest'
import type {Input, Output} from '../../src/api/operations.ts'
import type {Webhook} from '../../src/domain/webhook.ts'
import {randomFrom} from '../domain/random.ts'
import {aContext, aHistoryEntry, aWebhook, somePolicies} from '../harness/factories.ts'
import {aProduct, type Product, refusal} from '../harness/product.ts'

const organization = 'default'
type Described = Omit<Input<'event.send'>, 'organization'>

const site: Described = {type: 'dcim.site.created', data: {id: 54, name: 'ams', status: {value: 'planned'}}}

async function stored(product: Product, ...webhooks: Webhook[]): Promise<void> {
  for (const webhook of webhooks) await product.deps.store.webhooks.add(webhook, aHistoryEntry())
}

async function why(product: Product, describe: Described, webhook: string) {
  const {items} = await product.ask('event.why', {organization, describe, webhook})
  return items[0] as Output<'event.why'>['items'][number]
}

const failing = ({checks}: Output<'event.why'>['items'][number]) =>
  checks.filter(({holds}) => !holds).map(({check, says}) => `${check}: ${says}`)

describe('why a webhook gets an event', () => {
  test.each<[string, Partial<Webhook>, string[]]>([
    [
      'no pattern that matches',
      {eventTypes: ['node.*', 'a']},
      ['event_type: none of node.*, a matches dcim.site.created'],
    ],
    ['another context', {contextId: 'b'}, ['context: the webhook hears of b only, the event has none']],
    [
      'a platform without such events',
      {platform: 'catalyst@1'},
      ['platform: catalyst@1 cannot speak of dcim.site.created'],
    ],
    ['off', {active: false}, ['active: the webhook is off, which counts when an event is accepted']],
    ['no URL', {url: null}, ['url: the webhook has no URL yet']],
    [
      'off where that counts when it is sent',
      {active: false, policies: somePolicies({offSwitch: 'delivery'})},
      ['sending: off when it would be sent: it is skipped'],
    ],
    [
      'paused',
      {paused: {reason: 'gone', at: 1}},
      ['sending: paused (gone): it is held until hookctl webhook enable it'],
    ],
    [
      'conditions',
      {
        settings: {
          conditions: {
            and: [
              {attr: 'status.value', value: 'active'},
              {attr: 'name', value: 'ams'},
            ],
          },
        },
      },
      ['conditions: 1 of 2 hold: not enough', 'and/0: status.value eq "active": saw "planned"'],
    ],
    [
      'a condition on what is not there',
      {settings: {conditions: {attr: 'tenant.name', op: 'regex', value: 'x', negate: true}}},
      ['conditions: 0 of 1 hold: not enough', 'condition: not tenant.name regex "x": the data has no tenant'],
    ],
    [
      'event rules',
      {
        settings: {
          rules: [
            {name: 'off', enabled: false},
            {name: 'gone', objectTypes: ['dcim.device'], eventTypes: ['deleted']},
          ],
        },
      },
      [
        'rules: 0 of 2 event rules fire',
        'off: the rule does not fire',
        'enabled: the rule is off',
        'gone: the rule does not fire',
        'object_types: it is about dcim.device',
        'event_types: it is about deleted',
      ],
    ],
  ])('is told condition by condition with what was seen: %s', async (_, changes, expected) => {
    await using product = await aProduct()
    const policies = somePolicies({offSwitch: 'accept'})
    await product.deps.store.contexts.add(aContext({id: 'b'}), aHistoryEntry())
    await stored(product, aWebhook({name: 'it', platform: 'netbox@4.6', policies, ...changes}))
    expect(failing(await why(product, site, 'it'))).toEqual(expected)
  })

  test('every check is told, and all of them hold, where it is sent', async () => {
    await using product = await aProduct()
    await stored(product, aWebhook({name: 'it', platform: 'netbox@4.6', eventTypes: ['a', 'dcim.*', '*']}))
    const told = await why(product, site, 'it')
    expect(told).toMatchObject({wanted: true, wouldBe: [{state: 'pending', reason: null, rule: null}]})
    expect(told.checks.map(({check}) => check)).toEqual([
      'hops',
      'organization',
      'context',
      'event_type',
      'platform',
      'active',
      'url',
      'body',
      'sending',
      'health',
      'target',
      'worker',
    ])
    expect(failing(told)).toEqual([])
    expect(told.checks.find(({check}) => check === 'event_type')?.says).toBe('dcim.*, * matches dcim.site.created')
  })

  test('a body that cannot be made, a target that is denied and a worker that is off are told too', async () => {
    await using product = await aProduct()
    const bad = {bodyTemplate: '{{ data.name | nope }}'}
    await stored(product, aWebhook({name: 'it', platform: 'netbox@4.6', settings: bad, url: 'http://169.254.169.254/'}))
    await product.ask('worker.disable', {})
    expect(failing(await why(product, site, 'it')).map(text => text.split(':')[0])).toEqual([
      'body',
      'target',
      'worker',
    ])
  })
})

test('what became of an event that was accepted is told, and what changed since', async () => {
  await using product = await aProduct()
  const conditions = {attr: 'name', value: 'fra'}
  await stored(
    product,
    aWebhook({name: 'it', platform: 'netbox@4.6', url: 'http://127.0.0.1:9999/', settings: {conditions}}),
  )
  const {event} = await product.ask('event.send', {organization, ...site})
  product.clock.now += 5000
  await product.ask('webhook.edit', {organization, webhook: 'it', settings: {conditions: null}})
  const {items} = await product.ask('event.why', {organization, event: event.id, webhook: 'it'})
  expect(items).toMatchObject([
    {
      wanted: true,
      deliveries: [{state: 'skipped', reason: 'condition', hint: expect.stringContaining(`event why ${event.id}`)}],
      changedSince: [{actor: 'anna', fields: ['settings']}],
      notes: [expect.stringContaining('changed since')],
    },
  ])
})

test('a webhook made after the event was never owed it', async () => {
  await using product = await aProduct()
  const {event} = await product.ask('event.send', {organization, ...site})
  await stored(product, aWebhook({name: 'late', platform: 'netbox@4.6', createdAt: product.clock.now + 1}))
  const {items} = await product.ask('event.why', {organization, event: event.id, webhook: 'late'})
  expect(items).toMatchObject([{wanted: true, deliveries: [], notes: [expect.stringContaining('created after')]}])
})

test('nothing is stored by asking', async () => {
  await using product = await aProduct()
  await stored(product, aWebhook({platform: 'netbox@4.6'}))
  const before = await product.deps.store.feedEnd()
  await product.ask('event.why', {organization, describe: site})
  expect(await product.deps.store.feedEnd()).toBe(before)
  expect((await product.ask('event.list', {organization})).items).toEqual([])
})

test.each([
  [{}, 'invalid_input'],
  [{event: 'evt_1', describe: site}, 'invalid_input'],
  [{event: 'evt_1'}, 'event_not_found'],
  [{describe: site, webhook: 'nobody'}, 'webhook_not_found'],
  [{describe: {...site, type: 'a b'}}, 'unknown_event_type'],
  [{describe: {...site, contextId: 'nowhere'}}, 'unknown_context'],
])('asked with %j it says %s', async (input, code) => {
  await using product = await aProduct()
  expect(await refusal(product.askRaw('event.why', {organization, ...input}))).toMatchObject({code})
})

describe('why and accept agree', () => {
  const pick = <T>(random: (below: number) => number, ...choices: readonly T[]): T =>
    choices[random(choices.length)] as T
  const types = [
    'dcim.site.created',
    'dcim.site.deleted',
    'dcim.device.updated',
    'node.added',
    'group.created',
    'alerts',
  ]
  const patterns = ['*', 'dcim.*', '*.created', 'dcim.site.created', 'node.*', 'alerts', '*.deleted']

  const aCondition = (random: (below: number) => number) => ({
    attr: pick(random, 'name', 'id', 'status.value', 'nope'),
    op: pick(random, 'eq', 'contains', 'in', 'gt', 'regex'),
    value: pick<unknown>(random, 'a', 'active', 2, ['a', 'b'], null),
    negate: random(3) === 0,
  })

  function generatedWebhook(random: (below: number) => number, name: string): Webhook {
    const platform = pick(random, 'netbox@4.6', 'netbox@2.6', 'catalyst@1', 'standard@1', 'procustodibus@1')
    const isNetbox = platform.startsWith('netbox')
    const conditions = pick<unknown>(random, undefined, aCondition(random), {
      [pick(random, 'and', 'or')]: [aCondition(random), aCondition(random)],
    })
    const rules = Array.from({length: random(3) + 1}, (_, index) => ({
      name: `rule ${index}`,
      enabled: random(4) > 0,
      ...(random(2) === 0 ? {objectTypes: [pick(random, 'dcim.site', 'dcim.*', 'site', 'dcim.device')]} : {}),
      ...(random(2) === 0 ? {eventTypes: [pick(random, 'created', 'object_deleted', 'dcim.site.*')]} : {}),
      ...(random(2) === 0 ? {conditions: aCondition(random)} : {}),
    }))
    const isBatch = platform.startsWith('pro')
    return aWebhook({
      name,
      platform,
      eventTypes: [pick(random, ...patterns), pick(random, ...patterns)],
      contextId: pick(random, null, null, 'a', 'b'),
      active: random(4) > 0,
      paused: random(5) === 0 ? {reason: 'gone', at: 1} : null,
      url: random(8) === 0 ? null : 'http://127.0.0.1:9/in',
      mode: isBatch ? 'batch' : 'instant',
      settings: isNetbox
        ? {
            conditions,
            ...(random(2) === 0 ? {rules} : {}),
            ...(random(5) === 0 ? {bodyTemplate: '{{ data.id | nope }}'} : {}),
          }
        : {},
      policies: somePolicies({
        offSwitch: pick(random, 'accept', 'delivery', 'hold'),
        batch: isBatch ? {everyMs: 60_000, maxEvents: 1000} : null,
      }),
    })
  }

  const generatedEvent = (random: (below: number) => number): Described => {
    const type = pick(random, ...types)
    const context = pick(random, undefined, 'a', 'b')
    const data = {
      id: random(4),
      name: pick(random, 'a', 'b', 'abc'),
      status: pick<unknown>(random, {value: 'active'}, 'active', null),
      ...(type === 'node.added' ? {nebula_ip: ''} : {}),
    }
    return {type, data, ...(context === undefined ? {} : {contextId: context})}
  }

  test.each([1, 2, 3])('over generated webhooks and events, seed %i', async seed => {
    await using product = await aProduct()
    const random = randomFrom(seed)
    for (const id of ['a', 'b']) await product.deps.store.contexts.add(aContext({id, name: id}), aHistoryEntry())
    await stored(product, ...Array.from({length: 60}, (_, index) => generatedWebhook(random, `w${index}`)))
    const outcomes = new Set<string>()
    for (let n = 0; n < 40; n++) {
      const described = generatedEvent(random)
      const {items} = await product.ask('event.why', {organization, describe: described})
      const {event, deliveries} = await product.ask('event.send', {organization, ...described})
      const {items: rows} = await product.ask('delivery.list', {organization, event: event.id, limit: 1000})
      expect(rows).toHaveLength(deliveries.length)
      for (const told of items) {
        const made = rows.filter(({webhookId}) => webhookId === told.webhookId).toReversed()
        const says = made.map(({rule, state, reason}) => ({rule, state, reason}))
        expect(told.wouldBe, `${JSON.stringify(described)} to ${told.webhook}`).toEqual(says)
        const atAccept = told.checks.filter(({depth, check}) => depth === 0 && !['body', 'sending'].includes(check))
        const isMade = says.some(({state}) => state !== 'skipped')
        expect(atAccept.every(({holds}) => holds)).toBe(isMade)
        outcomes.add(says[0] === undefined ? 'none' : `${says[0].state} ${says[0].reason}`)
      }
      const after = await product.ask('event.why', {organization, event: event.id})
      for (const told of after.items)
        expect(told.wouldBe).toEqual(items.find(({webhookId}) => webhookId === told.webhookId)?.wouldBe)
    }
    expect([...outcomes].sort()).toEqual([
      'collecting null',
      'failed render_failed',
      'held null',
      'none',
      'pending null',
      'skipped condition',
      'skipped inactive',
      'skipped unconfigured',
    ])
  })
})
