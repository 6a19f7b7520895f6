import {expect, test} from 'vitest'
import type {Input} from '../../src/api/operations.ts'
import type {Header} from '../../src/domain/webhook.ts'
import {aProduct, type Product, refusal} from '../harness/product.ts'
import {aSender, SERVER} from '../harness/sender.ts'

const organization = 'default'
const TEMPLATE = 'github.{header.X-GitHub-Event}.{body.action}'
const opened = '{"action": "opened", "issue": {"number": 7, "id": 12345678901234567890}}'

/** A source of what no platform sends, signed as GitHub does unless told otherwise. */
const aTypedSender = (product: Product, more: Partial<Input<'source.create'>> = {}) =>
  aSender(product, {platform: 'standard', eventType: TEMPLATE, signature: {scheme: 'github'}, ...more})

const issues: Header = ['X-GitHub-Event', 'issues']

const theEvent = async (product: Product, [id]: readonly string[]) =>
  (await product.ask('event.show', {organization, event: id as string})).event

test('what no platform sends comes in as one event: of the type that the source makes of it, with the body as data', async () => {
  await using product = await aProduct()
  const {send, signed} = await aTypedSender(product)
  const {accepted, eventIds} = await send(opened, {headers: [...signed(opened), issues]})
  expect(accepted).toBe(1)
  expect(await theEvent(product, eventIds)).toMatchObject({
    type: 'github.issues.opened',
    source: 'inbound:in',
    actor: {kind: 'system', name: 'in'},
    contextId: null,
    object: null,
  })
  expect(JSON.stringify((await theEvent(product, eventIds)).data)).toBe(
    opened.replaceAll(': ', ':').replaceAll(', ', ','),
  )
})

test('it is in the context of the source', async () => {
  await using product = await aProduct()
  await product.ask('context.create', {organization, id: 'campus'})
  const {send} = await aTypedSender(product, {eventType: 'order.paid', contextId: 'campus'})
  const {eventIds} = await send(opened)
  expect(await theEvent(product, eventIds)).toMatchObject({contextId: 'campus'})
})

test('it goes to every webhook that wants its type', async () => {
  await using product = await aProduct()
  const webhook = {organization, platform: 'standard', url: 'https://x.example.com/'}
  await product.ask('webhook.create', {...webhook, name: 'wants', eventTypes: ['github.issues.*']})
  await product.ask('webhook.create', {...webhook, name: 'other', eventTypes: ['gitlab.*']})
  const {send, signed} = await aTypedSender(product)
  await send(opened, {headers: [...signed(opened), issues]})
  const {items} = await product.ask('delivery.list', {organization})
  expect(items).toMatchObject([{webhook: 'wants', eventType: 'github.issues.opened'}])
})

test('its data have to fit the schema of their type, where there is one', async () => {
  await using product = await aProduct()
  const schema = {type: 'object', required: ['issue']}
  await product.ask('eventType.create', {organization, name: 'github.issues.opened', schema})
  const {send, signed} = await aTypedSender(product)
  const post = (body: string) => send(body, {headers: [...signed(body), issues]})
  expect(await post(opened)).toMatchObject({accepted: 1})
  expect(await refusal(post('{"action": "opened"}'))).toMatchObject({code: 'data_mismatch'})
})

test('a signature that does not fit, or a request of which no type can be made, is refused and noted', async () => {
  await using product = await aProduct()
  const {send, signed} = await aTypedSender(product)
  expect(await refusal(send(opened, {headers: [...signed('{}'), issues]}))).toMatchObject({code: 'signature_invalid'})
  const refused = await refusal(send('{"zen": "Design for failure."}'))
  expect(refused).toMatchObject({kind: 'usage', code: 'no_event_type', message: expect.stringContaining(TEMPLATE)})
  product.clock.now += 1000
  await refusal(send('{}'))
  const noted = {lastAcceptedAt: null, lastRefusal: 'no_event_type'}
  expect(await product.ask('source.show', {organization, source: 'in'})).toMatchObject(noted)
})

test.each([
  ['a form', 'a=1&b=x%20y&b=z&__proto__=p', '{"a":"1","b":["x y","z"],"__proto__":"p"}'],
  ['JSON in the field payload of a form', `payload=${encodeURIComponent('{"n": 1.0}')}`, '{"n":1.0}'],
  ['JSON that curl calls a form', ' {"a": [1.0]}', '{"a":[1.0]}'],
  ['a form of one field', 'a=1', '{"a":"1"}'],
  ['two payloads', 'payload=1&payload=2', '{"payload":["1","2"]}'],
  ['a field without a value', 'a&b=', '{"a":"","b":""}'],
  ['a payload beside other fields', 'payload=x&a=1', '{"payload":"x","a":"1"}'],
])('%s is data too', async (_, body, data) => {
  await using product = await aProduct()
  const {send, signed} = await aTypedSender(product, {eventType: 'form.sent'})
  const form: Header = ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8']
  const {eventIds} = await send(body, {headers: [...signed(body), form]})
  expect(JSON.stringify((await theEvent(product, eventIds)).data)).toBe(data)
})

test('an empty body is data without members, and what is no JSON is refused', async () => {
  await using product = await aProduct()
  const {send, signed} = await aTypedSender(product, {eventType: 'ping.sent'})
  const {eventIds} = await send('')
  expect((await theEvent(product, eventIds)).data).toEqual({})
  expect(await refusal(send('no json'))).toMatchObject({code: 'bad_body'})
  const broken = 'payload=no+json'
  const form: Header = ['Content-Type', 'application/x-www-form-urlencoded']
  expect(await refusal(send(broken, {headers: [...signed(broken), form]}))).toMatchObject({code: 'bad_body'})
})

test.each(['X-Shopify-Webhook-Id', 'Linear-Delivery', 'Twitch-Eventsub-Message-Id'])(
  'F5: what comes again with the same %s counts once',
  async name => {
    await using product = await aProduct()
    const {send, signed} = await aTypedSender(product, {eventType: 'order.paid'})
    const post = () => send(opened, {headers: [...signed(opened), [name, 'one']]})
    expect(await post()).toEqual(await post())
  },
)

test.each([
  ['slack', {type: 'url_verification', challenge: 'c'}, {challenge: 'c'}],
  ['zoom', {event: 'endpoint.url_validation', payload: {plainToken: 't'}}, expect.objectContaining({plainToken: 't'})],
  ['twitch', {challenge: 'c', subscription: {status: 'webhook_callback_verification_pending'}}, 'c'],
] as const)('a handshake of %s is answered, where it is signed, and is no event', async (scheme, body, answer) => {
  await using product = await aProduct()
  const {send} = await aTypedSender(product, {eventType: 'any.thing', signature: {scheme}})
  expect(await send(JSON.stringify(body))).toEqual(answer)
  expect(await refusal(send(JSON.stringify(body), {headers: []}))).toMatchObject({code: 'signature_invalid'})
  expect((await product.ask('event.list', {organization})).items).toEqual([])
})

test('what comes again with the id that the source makes of it counts once, also where it is told otherwise: so Stripe does', async () => {
  await using product = await aProduct()
  const {send} = await aTypedSender(product, {
    eventType: 'stripe.{body.type}',
    dedupeBy: '{body.id}',
    signature: {scheme: 'stripe'},
  })
  const first = await send('{"id": "evt_1", "type": "invoice.paid", "pending_webhooks": 2}')
  product.clock.now += 3_600_000
  expect(await send('{"id": "evt_1", "type": "invoice.paid", "pending_webhooks": 1}')).toEqual(first)
  const other = await send('{"id": "evt_2", "type": "invoice.paid", "pending_webhooks": 2}')
  expect(other).not.toEqual(first)
  // Without an id each is one of its own.
  const bare = await send('{"type": "invoice.paid"}')
  expect(await send('{"type": "invoice.paid"}')).not.toEqual(bare)
  expect((await product.ask('event.list', {organization})).items).toHaveLength(4)
})

test('an id that the source makes says more than the headers that many have, which count where it makes none', async () => {
  await using product = await aProduct()
  const {send, signed} = await aTypedSender(product, {eventType: 'order.paid', dedupeBy: '{body.id}'})
  const post = (body: string, delivery: string) =>
    send(body, {headers: [...signed(body), ['X-GitHub-Delivery', delivery]]})
  const first = await post('{"id": 1}', 'a')
  expect(await post('{"id": 1}', 'b')).toEqual(first)
  expect(await post('{"id": 2}', 'a')).not.toEqual(first)
  const bare = await post('{}', 'c')
  expect(await post('{}', 'c')).toEqual(bare)
  expect(await post('{"id": "x-github-delivery c"}', 'd')).not.toEqual(bare)
})

test('what comes twice at the very same moment, told otherwise, is one event, and neither is refused', async () => {
  await using product = await aProduct()
  const {send} = await aTypedSender(product, {eventType: 'order.paid', dedupeBy: '{body.id}'})
  const answers = await Promise.all([1, 2, 3].map(n => send(`{"id":"a","pending":${n}}`)))
  expect(new Set(answers.map(({eventIds}) => eventIds.join())).size).toBe(1)
  expect((await product.ask('event.list', {organization})).items).toHaveLength(1)
})

test('an id is made only of what no platform sends, and goes with its event type', async () => {
  await using product = await aProduct()
  const create = (input: Partial<Input<'source.create'>>) =>
    product.ask('source.create', {organization, name: 'in', platform: 'standard', ...input})
  expect(await refusal(create({dedupeBy: '{body.id}'}))).toMatchObject({code: 'dedupe_unused', path: 'dedupeBy'})
  expect(await refusal(create({eventType: 'a.b', dedupeBy: 'one'}))).toMatchObject({
    kind: 'usage',
    code: 'bad_id_template',
    path: 'dedupeBy',
  })
  await create({eventType: 'a.b', dedupeBy: '{body.id}'})
  const edit = (changes: Omit<Input<'source.edit'>, 'organization' | 'source'>) =>
    product.ask('source.edit', {organization, source: 'in', ...changes})
  expect((await edit({eventType: null})).source).toMatchObject({eventType: null, dedupeBy: null})
  expect((await edit({eventType: 'a.b', dedupeBy: '{body.n}'})).source).toMatchObject({dedupeBy: '{body.n}'})
  expect((await edit({dedupeBy: null})).source).toMatchObject({eventType: 'a.b', dedupeBy: null})
})

test.each([
  ['square', SERVER],
  ['square', `${SERVER}/`],
  ['trello', SERVER],
  ['hubspot', SERVER],
] as const)('what %s signs over the URL that it was given is taken where %s is told', async (scheme, url) => {
  await using product = await aProduct()
  const {send, id} = await aTypedSender(product, {eventType: 'any.thing', signature: {scheme, url}})
  expect(await send(opened)).toMatchObject({accepted: 1})
  const edit = (told: string) =>
    product.ask('source.edit', {organization, source: 'in', signature: {scheme, url: told}})
  await edit(`${SERVER}/in/${id}`)
  expect(await send(opened)).toMatchObject({accepted: 1})
  await edit('https://other.example.com')
  expect(await refusal(send(opened))).toMatchObject({
    code: 'signature_invalid',
    message: expect.stringContaining('mismatch'),
  })
})

test('a form of Twilio is verified by its fields, and is the data', async () => {
  await using product = await aProduct()
  const {send, signed} = await aTypedSender(product, {
    eventType: 'twilio.{body.SmsStatus}.{body.CallStatus}',
    signature: {scheme: 'twilio', url: SERVER},
  })
  const body = 'SmsStatus=received&From=%2B14158675309&Body=a+b'
  const form: Header = ['Content-Type', 'application/x-www-form-urlencoded']
  const {accepted, eventIds} = await send(body, {headers: [...signed(body), form]})
  expect(accepted).toBe(1)
  expect(await theEvent(product, eventIds)).toMatchObject({
    type: 'twilio.received',
    data: {From: '+14158675309', Body: 'a b'},
  })
})

test('a scheme that signs the URL is refused where it is not told, and a URL where none is signed', async () => {
  await using product = await aProduct()
  const create = (signature: Input<'source.create'>['signature']) =>
    product.ask('source.create', {organization, name: 'in', platform: 'standard', eventType: 'a.b', signature})
  expect(await refusal(create({scheme: 'square'}))).toMatchObject({
    kind: 'usage',
    code: 'missing_url',
    path: 'signature/url',
    hint: expect.stringContaining('--signed-url'),
  })
  expect(await refusal(create({scheme: 'github', url: SERVER}))).toMatchObject({kind: 'usage', code: 'bad_option'})
  expect(await refusal(create({scheme: 'square', url: 'https://a b'}))).toMatchObject({
    kind: 'usage',
    code: 'bad_option',
  })
})

test('an event type is made only where no platform says what its events are, and only of what it can be made', async () => {
  await using product = await aProduct()
  const create = (input: Partial<Input<'source.create'>>) =>
    product.ask('source.create', {organization, name: 'in', platform: 'standard', ...input})
  const reads = await refusal(create({platform: 'netbox', eventType: 'a.b'}))
  expect(reads).toMatchObject({kind: 'usage', code: 'event_type_unused', path: 'eventType'})
  expect(await refusal(create({eventType: 'a.{what}'}))).toMatchObject({code: 'bad_type_template', path: 'eventType'})
  await create({eventType: 'a.b'})
  const edit = (changes: Omit<Input<'source.edit'>, 'organization' | 'source'>) =>
    product.ask('source.edit', {organization, source: 'in', ...changes})
  expect(await refusal(edit({platform: 'netbox'}))).toMatchObject({code: 'event_type_unused'})
  expect((await edit({eventType: null, platform: 'netbox'})).source).toMatchObject({
    eventType: null,
    platform: 'netbox',
  })
})
