import {expect, test} from 'vitest'
import {aClockedServer, type ClockedServer} from '../../harness/clocked-server.ts'

/** Domains are contexts: an event is of the one that its data names, and its data names the one that it is of. */

const organization = 'default'
const type = 'radius-authentication.subscriber-nas-updated'

async function aDomain({ask, receiver}: ClockedServer, id: string) {
  await ask('context.create', {organization, id, kind: 'domain'})
  await ask('webhook.create', {
    organization,
    name: id,
    platform: 'nebularstack',
    url: `${receiver.url}/${id}`,
    eventTypes: [type],
    contextId: id,
    policies: {tls: {verify: false}},
  })
}

const sent = ({receiver}: ClockedServer) =>
  receiver.requests.map(({path, body}) => [path, JSON.parse(body.toString()).data.domain])

test('NEB-07: an event that names its domain in the data alone reaches the webhook of that domain, and no other', async () => {
  await using server = await aClockedServer()
  for (const id of ['isp.example', 'other.example']) await aDomain(server, id)
  await server.ask('event.send', {organization, type, data: {id: '7', domain: 'isp.example'}})
  await server.ask('event.send', {organization, type, data: {id: '7', domain: 'nobody.example'}})
  const {event} = await server.ask('event.send', {organization, type, data: {}, contextId: 'other.example'})
  await server.pass(0)
  expect(sent(server)).toEqual([
    ['/isp.example', 'isp.example'],
    ['/other.example', 'other.example'],
  ])
  expect(event.contextId).toBe('other.example')
})

test('NEB-07: so does the report of a subscriber', async () => {
  await using server = await aClockedServer()
  await aDomain(server, 'isp.example')
  const report = (data: Record<string, unknown>) => ({
    platform: 'nebularstack',
    type: 'subscriber',
    id: '7',
    data,
  })
  const objects = [report({id: '7', domain: 'isp.example', last_known_nas_name: 'bng-1'})]
  await server.ask('object.apply', {organization, objects})
  await server.ask('object.apply', {
    organization,
    objects: [report({id: '7', domain: '', last_known_nas_name: 'bng-2'})],
  })
  await server.pass(0)
  expect(sent(server)).toEqual([
    ['/isp.example', 'isp.example'],
    ['/isp.example', 'isp.example'],
  ])
})

test('NEB-03: an event whose before and after have the same NAS tells of no change, and is refused', async () => {
  await using server = await aClockedServer()
  await aDomain(server, 'isp.example')
  const send = (before: object, after?: object, data: object = {}) =>
    server.ask('event.send', {organization, type, data, contextId: 'isp.example', before, ...(after ? {after} : {})})
  const was = {id: '7', last_known_nas_ip4: '198.51.100.7', last_known_nas_name: 'bng-1'}
  const refused = {code: 'bad_event', path: 'before', message: expect.stringContaining('NAS')}
  await expect(send(was, was)).rejects.toMatchObject(refused)
  await expect(send(was, {...was, name: 'Jane'})).rejects.toMatchObject(refused)
  await expect(send(was, undefined, was)).rejects.toMatchObject(refused)
  await send(was, {...was, last_known_nas_ip4: '198.51.100.8'})
  await send({id: '7'}, was)
  await server.pass(0)
  expect(server.receiver.requests).toHaveLength(2)
})

test('NEB-14: every value of a subscriber is a string, also of fields that are not among the eleven', async () => {
  await using server = await aClockedServer()
  await aDomain(server, 'isp.example')
  const data = {service_id: 7, extra: 1, speed: 1.5, vip: true, note: null, tags: ['a'], city: 'Köln'}
  await server.ask('event.send', {organization, type, data, contextId: 'isp.example'})
  await server.pass(0)
  const body = JSON.parse(server.receiver.requests[0]!.body.toString())
  expect(body.data).toMatchObject({
    service_id: '7',
    extra: '1',
    speed: '1.5',
    vip: 'true',
    note: '',
    tags: '["a"]',
    city: 'Köln',
  })
})

test('NEB-14: what one of the eleven fields holds is not lost where it is no text, and the id is the object’s where it is not told', async () => {
  await using server = await aClockedServer()
  await aDomain(server, 'isp.example')
  const object = {type: 'subscriber', id: 's-7', name: 'jane'}
  const send = (data: object) => server.ask('event.send', {organization, type, object, data, contextId: 'isp.example'})
  await send({virtual_id: {a: [1.5]}, tenant_id: ['x'], profile_id: null})
  await send({id: '7'})
  await server.pass(0)
  const [told, own] = server.receiver.requests.map(({body}) => JSON.parse(body.toString()).data)
  expect(told).toMatchObject({id: 's-7', virtual_id: '{"a":[1.5]}', tenant_id: '["x"]', profile_id: ''})
  expect(own).toMatchObject({id: '7'})
})
