import {expect, test} from 'vitest'
import {metricsReply} from '../../src/server/metrics.ts'
import {createMeter} from '../../src/services/meter.ts'
import {sign} from '../../src/signature/index.ts'
import {anApp, post} from './setup.ts'

const events = '/v1/organizations/default/events'

async function metricsOf(ask: (path: string, init?: RequestInit) => Promise<Response>, init?: RequestInit) {
  const response = await ask('/metrics', init)
  const text = await response.text()
  const lines = text.split('\n')
  return {
    response,
    text,
    value: (name: string) =>
      lines
        .find(line => line.startsWith(`${name} `))
        ?.split(' ')
        .at(-1),
  }
}

test('metrics are text that Prometheus reads: every line is a comment, or a name, labels and a number', async () => {
  await using server = await anApp()
  await server.ask(events, post('{"type":"node.added","data":{"name":"a"}}'))
  const {response, text} = await metricsOf(server.ask)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const line =
    /^(?:# HELP [a-z_]+ .+|# TYPE [a-z_]+ (?:gauge|counter|histogram)|[a-z_]+(?:\{[a-z]+="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z]+="(?:[^"\\\n]|\\[\\"n])*")*\})? -?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/
  expect(
    text
      .trimEnd()
      .split('\n')
      .filter(each => !line.test(each)),
  ).toEqual([])
  expect(text.endsWith('\n')).toBe(true)
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
  expect(new Set(names).size).toBe(names.length)
})

test('a label is escaped, whatever a webhook is called', () => {
  const samples = [{labels: {webhook: 'a "b" \\ c\nd', result: 'success'}, value: 1}]
  const {body} = metricsReply([{name: 'x_total', type: 'counter', help: 'A \\ and\nmore.', samples}])
  expect(body).toBe(
    '# HELP x_total A \\\\ and\\nmore.\n# TYPE x_total counter\nx_total{webhook="a \\"b\\" \\\\ c\\nd",result="success"} 1\n',
  )
})

test('what stands in the store is told by organization and state', async () => {
  await using server = await anApp()
  const url = 'http://127.0.0.1:9999/'
  const webhook = {name: 'ops', platform: 'netbox', url, eventTypes: ['dcim.site.*'], secret: {generate: true}}
  await server.ask('/v1/organizations/default/webhooks', post(JSON.stringify(webhook)))
  for (const id of [1, 2]) {
    await server.ask(events, post(`{"type":"dcim.site.created","data":{"id":${id},"name":"a"}}`))
  }
  const {value} = await metricsOf(server.ask)
  expect(value('hookctl_deliveries{organization="default",state="pending"}')).toBe('2')
  expect(value('hookctl_deliveries{organization="default",state="failed"}')).toBe('0')
  expect(value('hookctl_webhooks{organization="default"}')).toBe('1')
  expect(value('hookctl_webhooks_active{organization="default"}')).toBe('1')
  expect(value('hookctl_worker_active')).toBe('0')
  expect(Number(value('hookctl_oldest_unfinished_seconds{organization="default"}'))).toBeGreaterThanOrEqual(0)
})

test('D4: metrics need a token that may read, and one of an organization is told of no other', async () => {
  await using server = await anApp()
  const ask = (token: string) => (path: string) =>
    server.ask(path, {headers: token === '' ? {authorization: ''} : {authorization: `Bearer ${token}`}})
  await server.ask('/v1/organizations', post('{"slug":"other","name":"Other"}'))
  const tokenWith = async (...scopes: string[]) => {
    const made = await server.ask('/v1/organizations/other/tokens', post(JSON.stringify({name: scopes.join(), scopes})))
    return ((await made.json()) as {value: string}).value
  }
  expect((await ask('')('/metrics')).status).toBe(401)
  expect((await ask(await tokenWith('ingest'))('/metrics')).status).toBe(403)
  const {text} = await metricsOf(ask(await tokenWith('read')))
  expect(text).toContain('hookctl_healthy{organization="other"}')
  expect(text).not.toContain('"default"')
  expect((await metricsOf(server.ask)).text).toMatch(/hookctl_healthy\{organization="default"\} [01]\n.*"other"/s)
})

test('attempts are counted by how they ended, and their durations of an organization stay when a webhook goes', () => {
  const meter = createMeter()
  const of = (webhookId: string, errorClass: 'timeout' | null, durationMs: number) => ({
    webhookId,
    organizationId: 1,
    attempt: {success: errorClass === null, errorClass, durationMs},
  })
  meter.attempted([of('a', null, 20), of('a', 'timeout', 90_000), of('b', null, 10)])
  expect(Object.fromEntries(meter.results.get('a')!)).toEqual({success: 1, timeout: 1})
  expect(meter.durations.get(1)).toMatchObject({bins: [1, 1, ...Array(10).fill(0)], count: 3, seconds: 90.03})
})

test('what came to a source is counted by how it ended: whoever watches sees a sender that signs with another secret', async () => {
  const meter = createMeter()
  await using server = await anApp({meter})
  const made = await server.ask(
    '/v1/organizations/default/sources',
    post({name: 'in', platform: 'catalyst', secret: {value: 'a secret of a sender'}}),
  )
  const {address} = ((await made.json()) as {source: {address: string}}).source
  const body = '{"event":"node.added","organization_id":1,"timestamp":"2026-07-03T12:00:00+00:00","data":{"name":"a"}}'
  const send = (secret: string, bytes: string, type = {}) =>
    server.ask(address, {
      method: 'POST',
      headers: {...Object.fromEntries(sign({scheme: 'netbox', secret, body: bytes})), ...type},
      body: bytes,
    })
  await send('a secret of a sender', body)
  await send('a secret of a sender', body)
  await send('another secret entirely', body)
  await send('a secret of a sender', '{}')
  await send('a secret of a sender', body, {'content-encoding': 'gzip'})
  const {value} = await metricsOf(server.ask)
  const of = (result: string) =>
    value(`hookctl_inbound_requests_total{organization="default",source="in",result="${result}"}`)
  expect(['accepted', 'signature_invalid', 'bad_body', 'unsupported_media_type'].map(of)).toEqual(['2', '1', '1', '1'])
})

test('events that are refused are counted by the code of the error: whoever watches sees a schema that became too strict', async () => {
  const meter = createMeter()
  await using server = await anApp({meter})
  const type = {name: 'order.created', schema: {type: 'object', required: ['id']}}
  await server.ask('/v1/organizations/default/event-types', post(JSON.stringify(type)))
  const sent = (data: object) => ({type: 'order.created', data})
  await server.ask(events, post(JSON.stringify(sent({id: 1}))))
  await server.ask(events, post(JSON.stringify(sent({}))))
  await server.ask(`${events}/bulk`, post(JSON.stringify({events: [sent({id: 2}), sent({})]})))
  await server.ask(events, post('{"type":"node.*"}'))
  const {value} = await metricsOf(server.ask)
  const of = (code: string) => value(`hookctl_events_refused_total{organization="default",code="${code}"}`)
  expect(['data_mismatch', 'unknown_event_type'].map(of)).toEqual(['3', '1'])
  expect(value('hookctl_events_accepted_total{organization="default"}')).toBe('1')
})
