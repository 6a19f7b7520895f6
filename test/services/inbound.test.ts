import {readFileSync} from 'node:fs'
import {expect, test, vi} from 'vitest'
import type {Input} from '../../src/api/operations.ts'
import type {Header} from '../../src/domain/webhook.ts'
import {HookctlError} from '../../src/errors.ts'
import {findPlatform, platforms} from '../../src/platforms/table.ts'
import {NOON} from '../harness/factories.ts'
import {aCaller, aProduct, refusal} from '../harness/product.ts'
import {aSender, SECRET, type Sender} from '../harness/sender.ts'

const organization = 'default'
/** A fixture of NetBox's own: `dcim.site.created`, by "admin". */
const site =
  '{"event": "created", "timestamp": "2026-07-03T12:00:00.123456+00:00", "object_type": "dcim.site", "username": "admin", "request_id": "17af32f0-852a-46ca-a7d4-33ecd0c13de6", "data": {"id": 54, "url": "/api/dcim/sites/54/", "display": "K\\u00f6ln-2", "name": "K\\u00f6ln-2", "slug": "koln-2"}, "snapshots": {"prechange": null, "postchange": {"name": "K\\u00f6ln-2", "slug": "koln-2"}}}'

test('a webhook of a platform that is signed with the secret of a source becomes an event, with times and actor of its body', async () => {
  await using product = await aProduct()
  const {send} = await aSender(product)
  const {accepted, eventIds} = await send(site)
  expect(accepted).toBe(1)
  const {event} = await product.ask('event.show', {organization, event: eventIds[0] as string})
  expect(event).toMatchObject({
    type: 'dcim.site.created',
    source: 'inbound:in',
    actor: {name: 'admin'},
    occurredAt: '2026-07-03T12:00:00.123456Z',
    requestId: '17af32f0-852a-46ca-a7d4-33ecd0c13de6',
    object: {type: 'dcim.site', id: '54', name: 'Köln-2'},
  })
})

test('without a version what any version of the platform sends is read; with one only what that sends', async () => {
  await using product = await aProduct()
  const {body} = JSON.parse(
    readFileSync(new URL('../fixtures/G07-netbox-2-7-3-3-6-5-created-space-offset.json', import.meta.url), 'utf8'),
  )
  expect(await (await aSender(product)).send(body)).toMatchObject({accepted: 1})
  const strict = await aSender(product, {name: 'strict', platform: 'netbox@4.6'})
  expect(await refusal(strict.send(body))).toMatchObject({code: 'bad_body'})
})

test('what comes in is delivered like any event, and stands in the history of its object', async () => {
  await using product = await aProduct()
  await product.ask('webhook.create', {
    organization,
    name: 'cmdb',
    platform: 'netbox',
    url: 'https://cmdb.example.com/',
    eventTypes: ['dcim.site.*'],
  })
  const {eventIds} = await (await aSender(product)).send(site)
  const deliveries = await product.ask('delivery.list', {organization})
  expect(deliveries.items).toMatchObject([{webhook: 'cmdb', state: 'pending', eventId: eventIds[0]}])
  const {items} = await product.ask('history.list', {organization, objectType: 'dcim.site', objectId: '54'})
  expect(items).toMatchObject([{change: 'created', eventId: eventIds[0]}])
})

test.each(platforms.map(({name}) => name))(
  'every example of %s comes in as what it is, signed as the platform signs',
  async name => {
    await using product = await aProduct()
    const {platform, version} = findPlatform(name)
    const preset = platform.preset(version)
    const secret =
      name === 'standard' ? {secret: {value: `whsec_${Buffer.from(SECRET.padEnd(32)).toString('base64')}`}} : {}
    const {send} = await aSender(product, {platform: name, ...secret})
    for (const {name: type, example} of platform.eventTypes(version)) {
      const rendered = {...example, occurredAtMicros: NOON * 1000, requestId: 'req', contextId: null, id: 'evt_1'}
      const context = {version, organizationId: 1, zone: preset.policies.zone, settings: {}}
      const body = Buffer.from(platform.body([rendered], context)).toString()
      const {eventIds} = await send(body)
      const {event} = await product.ask('event.show', {organization, event: eventIds[0] as string})
      expect(event.type).toBe(type)
      product.clock.now += 1000
    }
  },
)

test.each([
  ['another secret', (headers: Header[]) => headers.map(([name]): Header => [name, 'ab'.repeat(64)]), 'mismatch'],
  ['no signature', () => [], 'missing_header'],
  ['two signatures', (headers: Header[]) => [...headers, ...headers], 'duplicate_header'],
] as const)('with %s nothing is accepted', async (_, forge, reason) => {
  await using product = await aProduct()
  const {send, signed} = await aSender(product)
  const refused = await refusal(send(site, {headers: forge(signed(site))}))
  expect(refused).toMatchObject({kind: 'not_allowed', code: 'signature_invalid'})
  expect(refused.message).toContain(`(${reason})`)
  expect(`${refused.message}${refused.hint}`).not.toContain(SECRET)
  expect((await product.ask('event.list', {organization})).items).toEqual([])
})

test('a body that was changed on its way is refused, and nothing of it is read', async () => {
  await using product = await aProduct()
  const {send, signed} = await aSender(product)
  const refused = refusal(send('{"not": "read"}', {headers: signed(site)}))
  expect(await refused).toMatchObject({code: 'signature_invalid'})
})

test('while secrets are rotated both are taken; after the grace only the new one is', async () => {
  await using product = await aProduct()
  const {send} = await aSender(product)
  const {source} = await product.ask('source.rotateSecret', {organization, source: 'in', graceMs: 60_000})
  expect(source.secrets).toHaveLength(2)
  expect(await send(site)).toMatchObject({accepted: 1})
  product.clock.now += 60_001
  expect(await refusal(send(site))).toMatchObject({code: 'signature_invalid'})
})

test('a signed time that is more than five minutes off is refused: what was recorded is not sent again by somebody else', async () => {
  await using product = await aProduct()
  const {send, signed} = await aSender(product, {signature: {scheme: 'stripe'}})
  const headers = signed(site)
  product.clock.now += 299_000
  expect(await send(site, {headers})).toMatchObject({accepted: 1})
  product.clock.now += 3000
  const refused = await refusal(send(site, {headers}))
  expect(refused).toMatchObject({code: 'signature_invalid', message: expect.stringContaining('timestamp')})
})

test.each(['X-Hook-Delivery', 'webhook-id', 'svix-id', 'X-GitHub-Delivery', 'Idempotency-Key'])(
  'F5: what comes again with the same %s is answered with the events of before; of each source its own',
  async name => {
    await using product = await aProduct()
    const one = await aSender(product)
    const two = await aSender(product, {name: 'two'})
    const again = (sender: Sender, id: string, body = site) =>
      sender.send(body, {headers: [...sender.signed(body), [name, id]]})
    const first = await again(one, '1')
    expect(await again(one, '1')).toEqual(first)
    expect((await again(one, '2')).eventIds).not.toEqual(first.eventIds)
    expect((await again(two, '1')).eventIds).not.toEqual(first.eventIds)
    const other = site.replaceAll('koln-2', 'koln-3')
    expect(await refusal(again(one, '1', other))).toMatchObject({kind: 'conflict', code: 'idempotency_conflict'})
    expect((await product.ask('event.list', {organization})).items).toHaveLength(3)
  },
)

test('a batch is accepted whole, and once', async () => {
  await using product = await aProduct()
  const {platform, version} = findPlatform('entrypoint')
  const [type] = platform.eventTypes(version)
  const event = {...type!.example, occurredAtMicros: NOON * 1000, requestId: '', contextId: null, id: 'evt_1'}
  const context = {version, organizationId: 1, zone: '+00:00', settings: {}}
  const body = Buffer.from(platform.body([event, event, event], context)).toString()
  const sender = await aSender(product, {platform: 'entrypoint'})
  const headers: Header[] = [...sender.signed(body), ['X-Hook-Delivery', 'd1']]
  const first = await sender.send(body, {headers})
  expect(new Set(first.eventIds).size).toBe(3)
  expect(await sender.send(body, {headers})).toEqual(first)
})

test('its events are in the context of the source, unless their body names one', async () => {
  await using product = await aProduct()
  for (const id of ['campus', 'isp.example.test']) await product.ask('context.create', {organization, id})
  const netbox = await aSender(product, {contextId: 'campus'})
  const {eventIds} = await netbox.send(site)
  const {event} = await product.ask('event.show', {organization, event: eventIds[0] as string})
  expect(event.contextId).toBe('campus')
  const nebular = await aSender(product, {name: 'radius', platform: 'nebularstack', contextId: 'campus'})
  const {body} = JSON.parse(readFileSync(new URL('../fixtures/G12-nebularstack.json', import.meta.url), 'utf8'))
  const own = await nebular.send(body)
  const {event: theirs} = await product.ask('event.show', {organization, event: own.eventIds[0] as string})
  expect(theirs.contextId).toBe('isp.example.test')
})

test('D4: where nothing is signed a token of scope ingest is needed, of this organization', async () => {
  await using product = await aProduct()
  const {send} = await aSender(product, {signature: null})
  const as = (changes: Parameters<typeof aCaller>[0]) => ({
    caller: async () => aCaller({organizationId: 1, ...changes}),
  })
  expect(await send(site, as({scopes: ['ingest'], role: 'member'}))).toMatchObject({accepted: 1})
  expect(await refusal(send(site, as({scopes: ['read']})))).toMatchObject({code: 'scope_missing'})
  expect(await refusal(send(site, as({organizationId: 2})))).toMatchObject({code: 'source_not_found'})
  await expect(send(site)).rejects.toThrow('no token was asked for')
})

test('what is off takes nothing, without looking at the body; what is gone is not there', async () => {
  await using product = await aProduct()
  const {send} = await aSender(product)
  await product.ask('source.edit', {organization, source: 'in', active: false})
  expect(await refusal(send(site))).toMatchObject({kind: 'conflict', code: 'source_disabled'})
  await product.ask('source.delete', {organization, source: 'in'})
  expect(await refusal(send(site))).toMatchObject({kind: 'not_found', code: 'source_not_found'})
})

test('a body of another platform is refused by what it lacks, and an event goes round no more than three times', async () => {
  await using product = await aProduct()
  const {send} = await aSender(product)
  expect(await refusal(send('{"a": 1}'))).toMatchObject({kind: 'usage', code: 'bad_body'})
  expect(await refusal(send(''))).toMatchObject({kind: 'usage', code: 'bad_body'})
  expect(await send(site, {hops: 3})).toMatchObject({accepted: 1})
  expect(await refusal(send(site, {hops: 4}))).toMatchObject({code: 'delivery_loop'})
})

test('another signature keeps the secrets it can use, and has one made where there is none', async () => {
  await using product = await aProduct()
  const secret = {value: 'no key of Standard Webhooks'}
  const {source} = await product.ask('source.create', {organization, name: 'in', platform: 'netbox', secret})
  const edit = (changes: Omit<Input<'source.edit'>, 'organization' | 'source'>) =>
    product.ask('source.edit', {organization, source: 'in', ...changes})
  const kept = await edit({signature: {scheme: 'netbox', algorithm: 'sha256'}})
  expect([kept.source.secrets, kept.secret]).toEqual([source.secrets, null])
  const standard = await edit({signature: {scheme: 'standard-v1'}})
  expect(standard.secret).toMatch(/^whsec_/)
  expect(standard.source.secrets).toHaveLength(1)
  const bare = await edit({signature: null})
  expect([bare.source.secrets, bare.secret]).toEqual([[], null])
  expect((await edit({signature: {scheme: 'github'}})).secret).toMatch(/^[0-9a-f]{64}$/)
})

test('with standard-v1a a source verifies with the public key of the sender, and makes none', async () => {
  await using product = await aProduct()
  const create = (secret?: Input<'source.create'>['secret']) =>
    product.ask('source.create', {
      organization,
      name: 'in',
      platform: 'standard',
      signature: {scheme: 'standard-v1a'},
      ...(secret && {secret}),
    })
  expect(await refusal(create())).toMatchObject({code: 'secret_needed', hint: expect.stringContaining('whpk_')})
  expect(await refusal(create({value: 'nonsense'}))).toMatchObject({code: 'bad_secret'})
  const {source} = await create({value: `whpk_${Buffer.alloc(32, 3).toString('base64')}`})
  expect(source.secrets).toHaveLength(1)
})

test('a source without a signature has no secret, and its name is no id', async () => {
  await using product = await aProduct()
  const create = (input: Partial<Input<'source.create'>>) =>
    refusal(product.ask('source.create', {organization, name: 'in', platform: 'netbox', ...input}))
  expect(await create({signature: null, secret: {generate: true}})).toMatchObject({code: 'secret_unused'})
  expect(await create({name: `src_${'0'.repeat(32)}`})).toMatchObject({code: 'bad_name'})
  expect(await create({signature: {scheme: 'netbox', header: 'not a header'}})).toMatchObject({kind: 'usage'})
})

test('what came last is told of a source: accepted, or refused and why, and stands in no history', async () => {
  await using product = await aProduct()
  const {send, id} = await aSender(product)
  const shown = async () => {
    const {lastAcceptedAt, lastRefusedAt, lastRefusal} = await product.ask('source.show', {organization, source: id})
    const {items} = await product.ask('source.list', {organization})
    expect(items).toMatchObject([{lastAcceptedAt, lastRefusedAt, lastRefusal}])
    return [lastAcceptedAt, lastRefusedAt, lastRefusal]
  }
  const at = (ms: number) => new Date(NOON + ms).toISOString()
  expect(await shown()).toEqual([null, null, null])
  await refusal(send(site, {headers: []}))
  expect(await shown()).toEqual([null, at(0), 'signature_invalid'])
  product.clock.now += 60_000
  await send(site)
  await refusal(send('{}'))
  expect(await shown()).toEqual([at(60_000), at(60_000), 'bad_body'])
  await product.ask('source.edit', {organization, source: id, active: false})
  const {items} = await product.ask('history.list', {organization, objectType: 'Source'})
  expect(JSON.stringify(items)).not.toMatch(/last(?:Accepted|Refus)/)
})

test('a flood writes down ten seconds of what is accepted and one of what is refused once, not each request', async () => {
  await using product = await aProduct()
  const {send, id} = await aSender(product)
  const noted = vi.spyOn(product.deps.store.sources, 'noteReceived')
  for (let n = 0; n < 40; n++) {
    await send(site)
    await refusal(send('no json'))
    product.clock.now += 250
  }
  const refusals = noted.mock.calls.filter(([, , code]) => code !== null)
  expect([noted.mock.calls.length - refusals.length, refusals.length]).toEqual([1, 10])
  // Set back, it is not kept from being noted until the time of before has come again.
  product.clock.now -= 3_600_000
  await send(site)
  expect(await product.ask('source.show', {organization, source: id})).toMatchObject({
    lastAcceptedAt: new Date(product.clock.now).toISOString(),
  })
})

test('H1: where nothing can be written down of it, what was accepted is accepted, and a refusal says why', async () => {
  await using product = await aProduct()
  const {send} = await aSender(product)
  const full = new HookctlError('unreachable', 'store_full', 'the disk is full')
  vi.spyOn(product.deps.store.sources, 'noteReceived').mockRejectedValue(full)
  expect(await send(site)).toMatchObject({accepted: 1})
  expect(await refusal(send(site, {headers: []}))).toMatchObject({code: 'signature_invalid'})
})

test('who changed a source, and what, is in the history, without its secret', async () => {
  await using product = await aProduct()
  await aSender(product)
  await product.ask('source.edit', {organization, source: 'in', name: 'netbox'})
  await product.ask('source.delete', {organization, source: 'netbox'})
  const {items} = await product.ask('history.list', {organization, objectType: 'Source'})
  expect(items.map(({change, object}) => [change, object.name])).toEqual([
    ['deleted', 'netbox'],
    ['changed', 'netbox'],
    ['created', 'in'],
  ])
  expect(JSON.stringify(items)).not.toContain(SECRET)
})

test('what does not fit the schema of its type is refused where it comes in or is imported, and the source says so', async () => {
  await using product = await aProduct()
  const {id, send} = await aSender(product)
  const type = {organization, name: 'dcim.site.created', schema: {required: ['tenant']}}
  await product.ask('eventType.create', type)
  expect(await refusal(send(site))).toMatchObject({kind: 'usage', code: 'data_mismatch', path: 'events/0/data'})
  const imported = {organization, body: Buffer.from(site).toString('base64')}
  expect(await refusal(product.ask('event.import', imported))).toMatchObject({code: 'data_mismatch'})
  const source = await product.ask('source.show', {organization, source: id})
  expect(source).toMatchObject({lastAcceptedAt: null, lastRefusal: 'data_mismatch'})
  await product.ask('eventType.edit', {organization, eventType: type.name, onMismatch: 'warn'})
  expect(await send(site)).toMatchObject({accepted: 1})
  const {warnings} = await product.ask('event.import', imported)
  expect(warnings).toEqual([expect.stringContaining("must have required property 'tenant'")])
})
