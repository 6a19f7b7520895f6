import {expect, test} from 'vitest'
import {aClockedServer, type ClockedServer} from '../harness/clocked-server.ts'

/** What a sender may say of a body beyond the event, and what only a body that was captured may. Over HTTP. */

const organization = 'default'
const nas = 'radius-authentication.subscriber-nas-updated'

async function webhooks({ask, receiver}: ClockedServer) {
  const own = {
    catalyst: {eventTypes: ['*'], policies: {allowHttp: true}},
    nebularstack: {eventTypes: ['*'], policies: {tls: {verify: false}}},
    procustodibus: {eventTypes: ['alerts'], policies: {batch: {maxEvents: 1}}},
  }
  for (const [platform, more] of Object.entries(own))
    await ask('webhook.create', {organization, name: platform, platform, url: `${receiver.url}/${platform}`, ...more})
}

test.each([
  ['node.added', {timestamp: 'foo', more: {x: 1}}, 'extra/timestamp'],
  ['node.added', {timestamp: '2026-07-03T12:00:00Z'}, 'extra/timestamp'],
  ['node.added', {more: {x: 1}}, 'extra/more'],
  [nas, {timestamp: 'foo'}, 'extra/timestamp'],
  [nas, {data: {}}, 'extra/data'],
  [nas, {more: {trigger: 'other'}}, 'extra/more'],
  ['alerts', {more: {x: 1}}, 'extra/more'],
])('CAT-15 CAT-16 NEB-12 NEB-13 PRO-09: %s has no place for extra %j', async (type, extra, path) => {
  await using server = await aClockedServer()
  await webhooks(server)
  await expect(server.ask('event.send', {organization, type, data: {}, extra})).rejects.toMatchObject({
    code: 'bad_event',
    path,
  })
  await server.pass(0)
  expect(server.receiver.requests).toEqual([])
})

test('CAT-15 CAT-16: nor has the report of an object', async () => {
  await using server = await aClockedServer()
  await webhooks(server)
  const object = {platform: 'catalyst', type: 'Node', id: '1', data: {name: 'a'}, extra: {timestamp: 'foo'}}
  await expect(server.ask('object.apply', {organization, objects: [object]})).rejects.toMatchObject({
    code: 'bad_event',
    path: 'objects/0/extra/timestamp',
  })
})

test.each([nas, 'entrypoint.configuration.audit', 'alerts'])(
  'ENT-12 NEB-14 PRO-09: the data of %s are an object; what a list, a text or null says would be lost',
  async type => {
    await using server = await aClockedServer()
    await webhooks(server)
    for (const data of [null, [1], 'x', 7, true]) {
      const refused = server.ask('event.send', {organization, type, data})
      await expect(refused).rejects.toMatchObject({code: 'bad_event', path: 'data'})
    }
    await server.pass(0)
    expect(server.receiver.requests).toEqual([])
  },
)

test('ENT-12: a captured body keeps the context it names, whether there is one of that id here or not', async () => {
  await using server = await aClockedServer()
  await server.ask('context.create', {organization, id: 'campus', name: 'Campus'})
  await server.ask('webhook.create', {
    organization,
    name: 'audit',
    platform: 'entrypoint',
    url: server.receiver.url,
    eventTypes: ['*'],
  })
  await server.pass(0)
  server.fresh()
  const item = (contextId: string) =>
    `{"id":"${contextId}","eventId":"entrypoint.configuration.audit","timestamp":"2026-07-03T12:00:00Z","scope":"ORGANIZATION_CTX_ENTRYPOINT","organizationId":"org-0001","contextId":"${contextId}","contextName":"Süd","actor":{"type":"SYSTEM","id":null,"email":null},"action":"UPDATE","description":"","changes":[],"metadata":{}}`
  const items = ['campus', 'elsewhere'].map(item)
  await server.ask('event.import', {organization, body: Buffer.from(`[${items.join(',')}]`).toString('base64')})
  await server.pass(0)
  expect(server.fresh().map(({body}) => body.toString())).toEqual(items.map(text => `[${text}]`))
  const {items: events} = await server.ask('event.list', {organization, limit: 2})
  expect(events.map(({contextId}) => contextId)).toEqual([null, 'campus'])
})

test.each([
  [
    'catalyst',
    '{"event":"node.added","organization_id":1,"timestamp":"2026-07-03T12:00:00.25Z","data":{},"new":[1.0]}',
  ],
  [
    'nebularstack',
    `{"timestamp":"2026-07-03T12:00:00Z","context":"radius-authentication","trigger":"subscriber-nas-updated","data":{"vlan":7,"id":"7","domain":"","name":"","username":"","tenant_id":"","virtual_id":"","calling_station_id":"","profile_id":"","service_id":"","last_known_nas_ip4":"","last_known_nas_name":""},"new":1}`,
  ],
  [
    'procustodibus',
    '[{"attributes":{"created":"2026-07-03T12:00:00Z"},"id":"short","new":1,"relationships":{"user":{"data":[]}},"type":"alerts"}]',
  ],
])('NEB-12: a captured body of %s goes out as it was, with what nobody knows yet', async (platform, text) => {
  await using server = await aClockedServer()
  await webhooks(server)
  await server.ask('event.import', {organization, platform, body: Buffer.from(text).toString('base64')})
  await server.pass(0)
  const sent = server.receiver.requests.filter(({path}) => path === `/${platform}`)
  expect(sent.map(({body}) => body.toString())).toEqual([text])
})
