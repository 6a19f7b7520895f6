import {describe, expect, test} from 'vitest'
import type {Input} from '../../src/api/operations.ts'
import {parseJson} from '../../src/domain/json.ts'
import type {Webhook} from '../../src/domain/webhook.ts'
import {findPlatform} from '../../src/platforms/table.ts'
import {invoke} from '../../src/services/invoke.ts'
import type {DueDelivery} from '../../src/store/store.ts'
import {aHistoryEntry, aWebhook, somePolicies} from '../harness/factories.ts'
import {aCaller, aProduct, type Product, refusal} from '../harness/product.ts'

const organization = 'default'
const node: Input<'event.send'> = {organization, type: 'node.added', data: {name: 'edge-7', nebula_ip: '10.42.0.7'}}

async function stored(product: Product, ...webhooks: Webhook[]): Promise<void> {
  for (const webhook of webhooks) await product.deps.store.webhooks.add(webhook, aHistoryEntry())
}

const bodyOf = async (product: Product, delivery: string): Promise<string | undefined> =>
  (await product.ask('delivery.show', {organization, delivery})).body?.content

describe('accepting', () => {
  test('CAT-13: every active webhook subscribed to the type gets the same body, and no other one', async () => {
    await using product = await aProduct()
    await stored(
      product,
      aWebhook({name: 'one', eventTypes: ['node.added']}),
      aWebhook({name: 'two', eventTypes: ['node.*', 'cert.*']}),
      aWebhook({name: 'three', eventTypes: ['cert.*']}),
    )
    const {deliveries} = await product.ask('event.send', node)
    expect(deliveries.map(({webhook, state}) => `${webhook} ${state}`).toSorted()).toEqual([
      'one pending',
      'two pending',
    ])
    const bodies = await Promise.all(deliveries.map(({id}) => bodyOf(product, id)))
    expect(bodies[0]).toContain('"event":"node.added"')
    expect(bodies[1]).toBe(bodies[0])
  })

  test('G01: the body that is frozen is the golden one', async () => {
    await using product = await aProduct()
    await stored(product, aWebhook())
    const {deliveries} = await product.ask('event.send', {...node, occurredAt: '2026-07-03T12:00:00.5Z'})
    expect(await bodyOf(product, deliveries[0]?.id as string)).toBe(
      '{"event":"node.added","organization_id":1,"timestamp":"2026-07-03T12:00:00+00:00","data":{"name":"edge-7","nebula_ip":"10.42.0.7"}}',
    )
  })

  test('ENT-14: an event is kept where there is no webhook at all, and so is one no platform knows', async () => {
    await using product = await aProduct()
    await product.ask('event.send', node)
    await product.ask('event.send', {organization, type: 'my-app.thing_happened'})
    const {items} = await product.ask('event.list', {organization})
    expect(items.map(({type, data}) => [type, data])).toEqual([
      ['my-app.thing_happened', {}],
      ['node.added', node.data],
    ])
  })

  test('what is due is offered with its body to whoever sends here, once; what is not, is not', async () => {
    await using product = await aProduct()
    const paused = {reason: 'failing', at: 0} as const
    await stored(product, aWebhook({name: 'on'}), aWebhook({name: 'paused', paused}))
    const offered: DueDelivery[] = []
    const deps = {...product.deps, offer: (due: readonly DueDelivery[]) => void offered.push(...due)}
    const send = () => invoke(deps, 'event.send', {...node, idempotencyKey: 'once'}, aCaller({hops: 2}))
    const {deliveries} = await send()
    await send()
    expect(deliveries.map(({webhook, state}) => `${webhook} ${state}`).toSorted()).toEqual([
      'on pending',
      'paused held',
    ])
    expect(offered).toHaveLength(1)
    const [{delivery, body, hops}] = offered as [DueDelivery]
    expect([delivery.id, hops]).toEqual([deliveries.find(({state}) => state === 'pending')?.id, 2])
    expect(String(body)).toBe(await bodyOf(product, delivery.id))
  })

  test('a webhook whose platform cannot speak of the type owes nothing, whatever its pattern', async () => {
    await using product = await aProduct()
    await stored(product, aWebhook({platform: 'netbox@4.6', eventTypes: ['*']}))
    expect((await product.ask('event.send', node)).deliveries).toEqual([])
  })

  test.each([
    [null, null, true],
    [null, 'ctx-a', true],
    ['ctx-a', 'ctx-a', true],
    ['ctx-a', 'ctx-b', false],
    ['ctx-a', null, false],
  ])('ENT-10: a webhook of context %s and an event of context %s: %s', async (webhookContext, eventContext, owed) => {
    await using product = await aProduct()
    for (const id of ['ctx-a', 'ctx-b']) await product.ask('context.create', {organization, id})
    await stored(product, aWebhook({contextId: webhookContext}))
    const context = eventContext === null ? {} : {contextId: eventContext}
    expect((await product.ask('event.send', {...node, ...context})).deliveries).toHaveLength(owed ? 1 : 0)
  })

  const switches: readonly [what: string, webhook: Partial<Webhook>, state: string, reason: string | null][] = [
    [
      'NBX-17: off, looked at when accepted',
      {active: false, policies: somePolicies({offSwitch: 'accept'})},
      'skipped',
      'inactive',
    ],
    [
      'CAT-10: off, looked at when delivered',
      {active: false, policies: somePolicies({offSwitch: 'delivery'})},
      'pending',
      null,
    ],
    ['PRO-05: off, which holds', {active: false, policies: somePolicies({offSwitch: 'hold'})}, 'held', null],
    ['paused', {paused: {reason: 'gone', at: 1}}, 'held', null],
    ['without a URL yet', {url: null}, 'skipped', 'unconfigured'],
  ]
  test.each(switches)('a webhook that is %s: %j leads to %s (%s)', async (_what, webhook, state, reason) => {
    await using product = await aProduct()
    await stored(product, aWebhook(webhook))
    const {deliveries} = await product.ask('event.send', node)
    expect(deliveries).toMatchObject([{state, reason}])
    const {delivery, body} = await product.ask('delivery.show', {organization, delivery: deliveries[0]?.id as string})
    expect(delivery.dueAt !== null).toBe(state === 'pending')
    expect(body !== null).toBe(state !== 'skipped')
  })

  test('NBX-17: what was skipped while the webhook was off is not sent when it is on again', async () => {
    await using product = await aProduct()
    await stored(product, aWebhook({name: 'a', active: false, policies: somePolicies({offSwitch: 'accept'})}))
    await product.ask('event.send', node)
    expect(await product.ask('webhook.enable', {organization, webhook: 'a'})).toMatchObject({resumed: 0})
    expect((await product.ask('status.show', {organization})).deliveries).toMatchObject({skipped: 1, pending: 0})
  })

  test('T10: two events of one request share its id, which the caller may give', async () => {
    await using product = await aProduct()
    await product.ask('event.sendMany', {organization, events: [{type: 'node.added'}, {type: 'node.removed'}]})
    await product.ask('event.send', {...node, requestId: 'my-request'})
    const ids = (await product.ask('event.list', {organization})).items.map(({requestId}) => requestId)
    expect(ids[0]).toBe('my-request')
    expect(ids[1]).toBe(ids[2])
    expect(ids[1]).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('CAT-28: the source says where an event came from, and nobody passes for hookctl', async () => {
    await using product = await aProduct()
    const sourceOf = async (source?: string) =>
      (await product.ask('event.send', {...node, ...(source ? {source} : {})})).event.source
    expect(await sourceOf()).toBe('cli')
    expect(await sourceOf('certificate task')).toBe('certificate task')
    for (const source of ['hookctl', 'inbound:netbox']) {
      expect(await refusal(sourceOf(source))).toMatchObject({code: 'reserved_source', path: 'source'})
    }
  })

  test('an object that data carries is the object of the event', async () => {
    await using product = await aProduct()
    expect((await product.ask('event.send', node)).event.object).toEqual({type: 'Node', id: 'edge-7', name: 'edge-7'})
    const site = await product.ask('event.send', {organization, type: 'site.updated', data: {id: 9, display: 'AMS'}})
    expect(site.event).toMatchObject({type: 'dcim.site.updated', object: {type: 'dcim.site', id: '9', name: 'AMS'}})
    expect((await product.ask('event.send', {organization, type: 'cert.expiring', data: {id: 1}})).event.object).toBe(
      null,
    )
  })
})

test('others are answered while the events of one request are rendered by slow templates', async () => {
  await using product = await aProduct()
  const loops =
    '{% for a in data.l %}{% for b in data.l %}{% for c in data.l %}{{ a }}{% endfor %}{% endfor %}{% endfor %}'
  const slow = {platform: 'netbox', eventTypes: ['dcim.site.created'], settings: {bodyTemplate: loops}}
  await stored(product, aWebhook({...slow, policies: somePolicies()}))
  let turn = 0
  let isOver = false
  const count = () => {
    turn++
    if (!isOver) setImmediate(count)
  }
  count()
  const turns = new Set<number>()
  const newId: typeof product.deps.newId = prefix => {
    if (prefix === 'dlv') turns.add(turn)
    return product.deps.newId(prefix)
  }
  const events = Array.from({length: 10}, () => ({type: 'dcim.site.created', data: {l: Array(40).fill(1)}}))
  await invoke({...product.deps, newId}, 'event.sendMany', {organization, events}, aCaller())
  isOver = true
  expect(turns.size).toBeGreaterThan(1)
})

describe('what an event holds', () => {
  test.each([
    ['numbers come back as they were written', '{"name":"x","a":1.0,"b":12345678901234567890,"c":1e400,"d":0.1000}'],
    ['members called like numbers come back in their order', '{"name":"x","10":{"b":1,"2":[],"1":2.0},"9":null}'],
  ])('D7: %s', async (_what, text) => {
    await using product = await aProduct()
    await stored(product, aWebhook())
    const {event, deliveries} = await product.ask('event.send', {...node, data: parseJson(text)})
    expect(JSON.stringify(event.data)).toBe(text)
    expect(await bodyOf(product, deliveries[0]?.id as string)).toContain(`"data":${text}`)
    const {items} = await product.ask('event.list', {organization})
    expect(JSON.stringify(items[0]?.data)).toBe(text)
  })

  test.each([
    ['2026-07-03T12:00:00Z', '2026-07-03T12:00:00.000000Z'],
    ['2026-07-03T14:00:00.123456789+02:00', '2026-07-03T12:00:00.123456Z'],
    ['1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999Z'],
  ])('an event of %s occurred at %s, to the microsecond', async (occurredAt, expected) => {
    await using product = await aProduct()
    expect((await product.ask('event.send', {...node, occurredAt})).event.occurredAt).toBe(expected)
  })

  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])
  const bad: readonly [what: string, input: Record<string, unknown>, code: string, path: string][] = [
    ['a pattern for a type', {type: 'node.*'}, 'unknown_event_type', 'type'],
    ['a type with a space', {type: 'node added'}, 'unknown_event_type', 'type'],
    ['a type with an empty part', {type: 'node..added'}, 'unknown_event_type', 'type'],
    ['no type', {type: ''}, 'invalid_input', 'type'],
    ['data 129 deep', {data: nested(129)}, 'too_deep', 'data'],
    ['extra 129 deep', {extra: {a: nested(128)}}, 'too_deep', 'extra'],
    ['1 MiB and a byte', {data: 'x'.repeat(1024 * 1024 - 1)}, 'payload_too_large', 'data'],
    ['1 MiB of two-byte letters', {before: 'ü'.repeat(600_000)}, 'payload_too_large', 'before'],
    ['an instant after 2255', {occurredAt: '2300-01-01T00:00:00Z'}, 'invalid_input', 'occurredAt'],
    ['an instant without zone', {occurredAt: '2026-01-01T00:00:00'}, 'invalid_input', 'occurredAt'],
    ['a big integer', {data: {n: 1n}}, 'invalid_input', 'data'],
    ['extra that is a list', {extra: [1]}, 'invalid_input', 'extra'],
  ]
  test.each(bad)('%s is refused, and nothing is kept', async (_what, input, code, path) => {
    await using product = await aProduct()
    expect(await refusal(product.askRaw('event.send', {...node, ...input}))).toMatchObject({code, path})
    expect((await product.ask('event.list', {organization})).items).toEqual([])
  })

  test('data 128 deep and of 1 MiB is taken', async () => {
    await using product = await aProduct()
    await product.ask('event.send', {...node, data: nested(128)})
    await product.ask('event.send', {...node, data: 'x'.repeat(1024 * 1024 - 2)})
  })
})

describe('idempotency', () => {
  const keyed = {...node, idempotencyKey: 'k1'}

  test('F5: the same key with the same content is the first event again, with its deliveries', async () => {
    await using product = await aProduct()
    await stored(product, aWebhook())
    const first = await product.ask('event.send', keyed)
    product.clock.now += 60_000
    const second = await product.ask('event.send', keyed)
    expect(second).toEqual({...first, duplicate: true})
    expect((await product.ask('event.list', {organization})).items).toHaveLength(1)
  })

  test('F5: the same key with other content is a conflict that names the first event', async () => {
    await using product = await aProduct()
    const {event} = await product.ask('event.send', keyed)
    const error = await refusal(product.ask('event.send', {...keyed, data: {name: 'other'}}))
    expect(error).toMatchObject({kind: 'conflict', code: 'idempotency_conflict', path: 'idempotencyKey'})
    expect(error.message).toContain(event.id)
  })

  test('F5: two hundred at once with one key are one event, twenty times over', async () => {
    await using product = await aProduct()
    await stored(product, aWebhook())
    for (let round = 1; round <= 20; round++) {
      const input = {...keyed, idempotencyKey: `round-${round}`}
      const answers = await Promise.all(Array.from({length: 200}, () => product.ask('event.send', input)))
      expect(new Set(answers.map(({event}) => event.id)).size).toBe(1)
      expect(answers.filter(({duplicate}) => !duplicate)).toHaveLength(1)
      expect((await product.ask('status.show', {organization})).deliveries.pending).toBe(round)
    }
    console.log('figure F5: 20 rounds of 200 at once with one key: one event each')
  })
})

describe('many at once', () => {
  test('T02: they are accepted in the order given', async () => {
    await using product = await aProduct()
    await stored(product, aWebhook({}), aWebhook({}))
    const events = ['a', 'b', 'c'].map(name => ({type: 'node.added', data: {name}}))
    const answer = await product.ask('event.sendMany', {organization, events})
    expect(answer).toMatchObject({accepted: 3, duplicates: 0, deliveries: 6})
    const {items} = await product.ask('event.list', {organization})
    expect(items.map(({id}) => id)).toEqual(answer.eventIds.toReversed())
    expect(items.map(({data}) => (data as {name: string}).name)).toEqual(['c', 'b', 'a'])
  })

  test('one bad event refuses all of them, by its place', async () => {
    await using product = await aProduct()
    const events = [{type: 'node.added'}, {type: 'node.*'}]
    const error = await refusal(product.ask('event.sendMany', {organization, events}))
    expect(error).toMatchObject({code: 'unknown_event_type', path: 'events/1/type'})
    expect((await product.ask('event.list', {organization})).items).toEqual([])
  })

  test('one conflict refuses all of them, by its place', async () => {
    await using product = await aProduct()
    await product.ask('event.send', {...node, idempotencyKey: 'k'})
    const events = [{type: 'node.added'}, {type: 'node.removed', idempotencyKey: 'k'}]
    const error = await refusal(product.ask('event.sendMany', {organization, events}))
    expect(error).toMatchObject({code: 'idempotency_conflict', path: 'events/1/idempotencyKey'})
    expect((await product.ask('event.list', {organization})).items).toHaveLength(1)
  })

  test('duplicates among them are counted as such', async () => {
    await using product = await aProduct()
    const event = {type: 'node.added', idempotencyKey: 'k'}
    const answer = await product.ask('event.sendMany', {organization, events: [event, event]})
    expect(answer).toMatchObject({accepted: 1, duplicates: 1})
    expect(answer.eventIds[0]).toBe(answer.eventIds[1])
  })
})

describe('looking things up', () => {
  test('an event shows its deliveries, oldest first; an unknown one is not found', async () => {
    await using product = await aProduct()
    await stored(product, aWebhook({name: 'one'}), aWebhook({name: 'two'}))
    const sent = await product.ask('event.send', node)
    const {duplicate: _, warnings: __, ...rest} = sent
    expect(await product.ask('event.show', {organization, event: sent.event.id})).toEqual(rest)
    expect(await refusal(product.ask('event.show', {organization, event: 'evt_x'}))).toMatchObject({
      kind: 'not_found',
      code: 'event_not_found',
    })
  })

  test('a filter by type takes the short spelling too, and refuses what is no pattern', async () => {
    await using product = await aProduct()
    await product.ask('event.send', {organization, type: 'dcim.site.created'})
    expect((await product.ask('event.list', {organization, type: ['site.*']})).items).toHaveLength(1)
    expect(await refusal(product.ask('event.list', {organization, type: ['a b']}))).toMatchObject({
      code: 'bad_event_type',
      path: 'type/0',
    })
  })

  test('the example of every event type is accepted and becomes a delivery', async () => {
    await using product = await aProduct()
    const {items} = await product.ask('event.types', {})
    const wanted = new Set(items.map(({platform}) => platform))
    await stored(
      product,
      ...[...wanted].map(platform => aWebhook({platform: `${platform}@${defaultOf(platform)}`, name: platform})),
    )
    for (const {name, platform} of items) {
      const {items: found} = await product.ask('event.types', {platform, example: name})
      const example = found[0]?.example as Omit<Input<'event.send'>, 'organization'>
      const {deliveries} = await product.ask('event.send', {organization, ...example})
      expect([name, deliveries.map(({webhook, state}) => [webhook, state])]).toContainEqual(
        expect.arrayContaining([[platform, 'pending']]),
      )
    }
  })
})

const defaultOf = (platform: string): string => findPlatform(platform).version
