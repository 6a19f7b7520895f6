import {describe, expect, test} from 'vitest'
import type {Input} from '../../src/api/operations.ts'
import {aCaller, aProduct, type Product, refusal} from '../harness/product.ts'

const organization = 'default'
const name = 'order.created'
const schema = {type: 'object', required: ['total'], properties: {total: {type: 'number'}, lines: {type: 'array'}}}

const described = ({ask}: Product, more: Partial<Input<'eventType.create'>> = {}) =>
  ask('eventType.create', {organization, name, schema, ...more})
const send = ({ask}: Product, data: unknown, more: Partial<Input<'event.send'>> = {}) =>
  ask('event.send', {organization, type: name, data, ...more})

describe('an event whose data does not fit the schema of its type', () => {
  test('F5: that was accepted before is answered as it was when it comes again with its key, also where the schema became stricter', async () => {
    await using product = await aProduct()
    const keyed = {idempotencyKey: 'order-7'}
    const first = await send(product, {total: 'one'}, keyed)
    await described(product)
    expect(await send(product, {total: 'one'}, keyed)).toMatchObject({event: {id: first.event.id}, duplicate: true})
    expect(await refusal(send(product, {total: 'two'}, keyed))).toMatchObject({code: 'idempotency_conflict'})
    expect(await refusal(send(product, {total: 'one'}, {idempotencyKey: 'order-8'}))).toMatchObject({
      code: 'data_mismatch',
    })
  })

  test('is refused with what is wrong and where; nothing is stored', async () => {
    await using product = await aProduct()
    await described(product)
    const error = await refusal(send(product, {total: '12', lines: 1}))
    expect(error).toMatchObject({kind: 'usage', code: 'data_mismatch', path: 'data/total'})
    expect(error.message).toBe(
      'the data does not fit the schema of order.created: total: must be number; lines: must be array',
    )
    expect(error.hint).toContain('hookctl event-type show order.created')
    expect((await product.ask('event.list', {organization})).items).toEqual([])
    await send(product, {total: 12, more: 'is allowed'})
  })

  test('sent without data has none that fits', async () => {
    await using product = await aProduct()
    await described(product)
    expect(await refusal(product.ask('event.send', {organization, type: name}))).toMatchObject({path: 'data'})
  })

  test('among many keeps all of them from being accepted, and is named', async () => {
    await using product = await aProduct()
    await described(product)
    const events = [
      {type: name, data: {total: 1}},
      {type: 'other', data: 1},
      {type: name, data: {total: null}},
    ]
    const error = await refusal(product.ask('event.sendMany', {organization, events}))
    expect(error).toMatchObject({code: 'data_mismatch', path: 'events/2/data/total'})
    expect((await product.ask('event.list', {organization})).items).toEqual([])
  })

  test('is accepted where its type only warns, and whoever sent it is told', async () => {
    await using product = await aProduct()
    await described(product, {onMismatch: 'warn'})
    const warning = "the data does not fit the schema of order.created: must have required property 'total'"
    expect(await send(product, {})).toMatchObject({duplicate: false, warnings: [warning]})
    expect(await send(product, {total: 1})).toMatchObject({warnings: []})
    const events = Array.from({length: 120}, () => ({type: name, data: {}}))
    const many = await product.ask('event.sendMany', {organization, events})
    expect(many.accepted).toBe(120)
    expect(many.warnings).toEqual(Array.from({length: 100}, () => warning))
  })

  test('is one of its own organization: another may have another schema', async () => {
    await using product = await aProduct()
    await product.ask('org.create', {slug: 'acme'})
    await product.ask('eventType.create', {organization: 'acme', name, schema: {required: ['id']}})
    await described(product)
    await send(product, {total: 1})
    await send(product, {id: 1}, {organization: 'acme'})
    expect(await refusal(send(product, {total: 1}, {organization: 'acme'}))).toMatchObject({code: 'data_mismatch'})
  })

  test('is judged by the schema of now: one that is changed or taken away counts at once', async () => {
    await using product = await aProduct()
    await described(product)
    const one = {organization, eventType: name}
    await product.ask('eventType.edit', {...one, schema: {required: ['id']}})
    expect(await refusal(send(product, {total: 1}))).toMatchObject({code: 'data_mismatch'})
    await product.ask('eventType.edit', {...one, schema: null})
    await send(product, 'anything')
    await product.ask('eventType.edit', {...one, schema})
    expect(await refusal(send(product, {}))).toMatchObject({code: 'data_mismatch'})
    await product.ask('eventType.delete', one)
    await send(product, {})
  })

  test('is judged also where a platform has the type, in whatever spelling it was sent', async () => {
    await using product = await aProduct()
    await product.ask('eventType.create', {
      organization,
      name: 'dcim.site.created',
      schema: {properties: {status: {type: 'object'}}},
    })
    const site = {organization, data: {id: 1, name: 'ams', status: 'active'}}
    for (const type of ['dcim.site.created', 'site.created']) {
      expect(await refusal(product.ask('event.send', {...site, type}))).toMatchObject({path: 'data/status'})
    }
  })

  test('is told of in full where there are few problems, and counted where there are many', async () => {
    await using product = await aProduct()
    const names = Array.from({length: 9}, (_, at) => `m${at}`)
    await described(product, {schema: {required: names}})
    expect((await refusal(send(product, {}))).message).toMatch(/property 'm4'; and 4 more$/)
  })
})

describe('an event type of an organization', () => {
  test('is in the history with what it was and is', async () => {
    await using product = await aProduct()
    await described(product, {example: {total: 1}})
    await product.ask('eventType.edit', {organization, eventType: name, onMismatch: 'warn'})
    await product.ask('eventType.delete', {organization, eventType: name})
    const {items} = await product.ask('history.list', {organization, objectType: 'EventType'})
    expect(items.map(({change, object}) => [change, object.name])).toEqual([
      ['deleted', name],
      ['changed', name],
      ['created', name],
    ])
    const shown = await product.ask('history.show', {organization, entry: items[1]!.id})
    expect(shown).toMatchObject({
      before: {onMismatch: 'refuse', schema},
      after: {onMismatch: 'warn', example: {total: 1}},
    })
  })

  test('keeps the numbers of schema and example as they were written', async () => {
    await using product = await aProduct()
    const raw = (text: string) => (JSON as unknown as {rawJSON(text: string): unknown}).rawJSON(text)
    await described(product, {schema: {maximum: raw('1.50')}, example: {id: raw('12345678901234567890')}})
    const shown = await product.ask('eventType.show', {organization, eventType: name})
    expect(JSON.stringify([shown.schema, shown.example])).toBe('[{"maximum":1.50},{"id":12345678901234567890}]')
  })

  test.each([
    ['schema', {schema: {description: 'x'.repeat(70_000)}}, 'payload_too_large'],
    ['example', {schema: true, example: 'x'.repeat(70_000)}, 'payload_too_large'],
    ['schema', {schema: JSON.parse(`${'{"items":'.repeat(200)}1${'}'.repeat(200)}`)}, 'too_deep'],
    ['example', {example: {total: 'x'}}, 'data_mismatch'],
    ['name', {name: 'Ordér'}, 'bad_event_type'],
    ['name', {name: 'order..created'}, 'bad_event_type'],
  ])('with a wrong %s is refused: %#', async (path, input, code) => {
    await using product = await aProduct()
    const error = await refusal(described(product, input))
    expect(error.code).toBe(code)
    expect(error.path?.split('/')[0]).toBe(path)
  })

  test('is changed by those who may change webhooks, and seen by every member', async () => {
    await using product = await aProduct()
    await described(product)
    const member = aCaller({role: 'member'})
    const one = {organization, eventType: name}
    expect((await product.ask('eventType.list', {organization}, member)).items).toHaveLength(1)
    await product.ask('eventType.check', {...one, data: {total: 1}}, member)
    expect(await refusal(product.ask('eventType.delete', one, member))).toMatchObject({kind: 'not_allowed'})
    expect(await refusal(product.ask('eventType.edit', {...one, summary: ''}, member))).toMatchObject({
      code: 'role_missing',
    })
  })

  test('is what a webhook is tested with: its example in place of the platform’s', async () => {
    await using product = await aProduct()
    const {ask} = product
    const standard = {organization, platform: 'standard', url: 'https://example.com/in', eventTypes: ['order.*']}
    await ask('webhook.create', {...standard, name: 'orders'})
    const untold = await refusal(ask('webhook.test', {organization, webhook: 'orders'}))
    expect(untold).toMatchObject({code: 'not_subscribed'})
    await described(product, {example: {total: 12.5}})
    const {eventId, eventType} = await ask('webhook.test', {organization, webhook: 'orders'})
    expect(eventType).toBe(name)
    expect((await ask('event.show', {organization, event: eventId})).event.data).toEqual({total: 12.5})
  })
})

describe('checking data against a schema', () => {
  test('looks at the events of that type, the newest first, since a time and so many', async () => {
    await using product = await aProduct()
    const {ask, clock} = product
    for (const data of [{total: 1}, {}, {total: 2}, {total: 'x'}]) {
      await send(product, data)
      clock.now += 60_000
    }
    await ask('event.send', {organization, type: 'other', data: {}})
    const check = (more: Partial<Input<'eventType.check'>>) =>
      ask('eventType.check', {organization, eventType: name, schema, ...more})
    const all = await check({})
    expect(all).toMatchObject({checked: 4, fits: 2})
    expect(all.misfits.map(({problems}) => problems)).toEqual([
      ['total: must be number'],
      ["must have required property 'total'"],
    ])
    expect(await check({limit: 1})).toMatchObject({checked: 1, fits: 0})
    const since = new Date(clock.now - 2 * 60_000).toISOString()
    expect(await check({since})).toMatchObject({checked: 2, fits: 1})
  })

  test('goes through as many events as there are, a page at a time, and tells of the first hundred', async () => {
    await using product = await aProduct()
    const events = Array.from({length: 250}, (_, at) => ({type: name, data: at % 2 === 0 ? {} : {total: at}}))
    await product.ask('event.sendMany', {organization, events: [...events]})
    const found = await product.ask('eventType.check', {organization, eventType: name, schema})
    expect(found).toMatchObject({checked: 250, fits: 125})
    expect(found.misfits).toHaveLength(100)
    const some = await product.ask('eventType.check', {organization, eventType: name, schema, limit: 130})
    expect(some.checked).toBe(130)
  })

  test('passes over events whose data is no longer kept', async () => {
    await using product = await aProduct()
    await send(product, {})
    product.clock.now += 400 * 86_400_000
    await product.ask('store.prune', {})
    const found = await product.ask('eventType.check', {organization, eventType: name, schema})
    expect(found).toEqual({checked: 0, fits: 0, misfits: []})
  })
})
