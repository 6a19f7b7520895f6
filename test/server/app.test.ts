import {randomUUID} from 'node:crypto'
import {expect, test} from 'vitest'
import {operations} from '../../src/api/operations.ts'
import {type ErrorKind, HookctlError} from '../../src/errors.ts'
import {createApp} from '../../src/server/app.ts'
import {adminAuth} from '../../src/server/auth.ts'
import {newToken, tokenDigest} from '../../src/services/token-text.ts'
import {admin, anApp, type LogLine, post} from './setup.ts'

const unknownToken = newToken(length => new Uint8Array(length).fill(7))
const base = '/v1/organizations/default'
const event = {type: 'node.added', object: {type: 'Node', id: '7', name: 'db-1'}, data: {a: 1}}

test('an event sent over HTTP is answered 202 with the event as it was stored', async () => {
  await using server = await anApp()
  const response = await server.ask(`${base}/events`, post(event))
  expect(response.status).toBe(202)
  const answer = (await response.json()) as {event: {id: string; type: string}; duplicate: boolean}
  expect(answer).toMatchObject({event: {type: 'node.added', data: {a: 1}}, duplicate: false})
  const shown = await server.ask(`${base}/events/${answer.event.id}`)
  expect(await shown.json()).toMatchObject({event: answer.event})
})

test('numbers travel as they were written, and settings that are calculated with may be written 2.0', async () => {
  await using server = await anApp()
  const sent = await server.ask(
    `${base}/events`,
    post('{"type":"node.added","data":{"a":1.0,"b":12345678901234567890,"c":1e400}}'),
  )
  expect(await sent.text()).toContain('"data":{"a":1.0,"b":12345678901234567890,"c":1e400}')
  const created = await server.ask(
    `${base}/webhooks`,
    post(
      '{"name":"n","platform":"standard","url":"https://example.com/","eventTypes":["*"],"policies":{"retry":{"kind":"exponential","baseMs":1000.0,"factor":2.0,"capMs":1e4,"attempts":5,"jitter":0.10}}}',
    ),
  )
  expect(await created.text()).toContain('"factor":2,')
  expect(created.status).toBe(201)
})

test.each(Object.entries(operations))('%s is a route: without a token it says so', async (_name, operation) => {
  await using server = await anApp()
  const path = operation.path.replaceAll(/:\w+/g, 'default')
  const response = await server.app.fetch(new Request(`http://127.0.0.1${path}`, {method: operation.method}))
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm="hookctl"/)
  expect(await response.json()).toMatchObject({code: 'token_missing', hint: expect.any(String)})
})

test.each([
  'Bearer x',
  'Basic aGs6aGs=',
  `Bearer ${unknownToken}`,
  `Bearer ${unknownToken.slice(0, -1)}`,
  `Bearer ${unknownToken}, Bearer x`,
])('D4: a wrong token is refused the same way, whatever is wrong with it: %s', async authorization => {
  await using server = await anApp()
  const response = await server.app.fetch(new Request('http://127.0.0.1/v1/worker', {headers: {authorization}}))
  expect(response.status).toBe(401)
  const text = await response.text()
  expect(text).toContain('token_invalid')
  expect(text).not.toContain(authorization.slice(7))
})

test('what is not there is 404, what is there for another method is 405 with Allow', async () => {
  await using server = await anApp()
  const missing = await server.ask('/v1/nothing')
  expect(missing.status).toBe(404)
  expect(await missing.json()).toMatchObject({code: 'route_not_found', hint: 'GET /openapi.json lists every path'})
  const wrong = await server.ask(`${base}/webhooks`, {method: 'DELETE'})
  expect(wrong.status).toBe(405)
  expect(wrong.headers.get('allow')).toBe('POST, GET, HEAD')
  const options = await server.ask(`${base}/webhooks`, {method: 'OPTIONS'})
  expect(options.status).toBe(405)
  expect([...options.headers.keys()].filter(name => name.startsWith('access-control'))).toEqual([])
})

const kinds: readonly [ErrorKind, string, number][] = [
  ['usage', 'x', 422],
  ['not_found', 'x', 404],
  ['conflict', 'x', 409],
  ['not_allowed', 'x', 403],
  ['unreachable', 'x', 503],
  ['unreachable', 'store_full', 507],
  ['too_large', 'x', 413],
  ['overloaded', 'x', 429],
  ['timeout', 'x', 504],
  ['answer_no', 'x', 417],
  ['internal', 'x', 500],
]

test.each(kinds)('an error of kind %s with code %s is answered %d', async (kind, code, status) => {
  const error = new HookctlError(kind, code, 'no', {hint: 'do', path: 'a/b'})
  await using server = await anApp({invoke: () => Promise.reject(error)})
  const response = await server.ask('/v1/worker')
  expect(response.status).toBe(status)
  expect(response.headers.has('retry-after')).toBe([429, 503, 507].includes(status))
  const body = await response.json()
  if (kind === 'internal') expect(body).toMatchObject({code: 'internal'})
  else expect(body).toEqual({code, message: 'no', hint: 'do', path: 'a/b'})
})

test('a bug is answered 500 without its details, which are in the log under the same request id', async () => {
  await using server = await anApp({invoke: () => Promise.reject(new TypeError('secret thing'))})
  const response = await server.ask('/v1/worker')
  expect(response.status).toBe(500)
  const text = await response.text()
  expect(text).not.toMatch(/secret thing|^\s+at /m)
  const id = response.headers.get('x-request-id') as string
  expect(text).toContain(id)
  const bug = server.lines.find(line => line.sentence === 'bug')
  expect(bug).toMatchObject({level: 'error', members: {requestId: id}})
  expect((bug as LogLine & {members: {err: Error}}).members.err.stack).toContain('secret thing')
})

test('C4: a request is logged by its pattern, never with its path, query, token or body', async () => {
  await using server = await anApp()
  await server.ask(`${base}/webhooks/CANARY?x=CANARY`, {headers: {cookie: 'CANARY', 'x-hook-signature': 'CANARY'}})
  await server.ask(`${base}/webhooks`, post({name: 'CANARY', platform: 'CANARY', secret: {value: 'CANARY'}}))
  await server.ask('/CANARY')
  const text = JSON.stringify(server.lines)
  expect(server.lines).toHaveLength(3)
  expect(text).toContain('/v1/organizations/:organization/webhooks/:webhook')
  expect(text).not.toMatch(/CANARY|hkt_/)
})

test('the caller a token stands for reaches the services, with the id of the request', async () => {
  const seen: unknown[] = []
  await using server = await anApp({invoke: async (...call) => void seen.push(call), newUuid: () => 'id-1'})
  await server.ask(`${base}/webhooks?active=true`)
  expect(seen).toEqual([
    [
      'webhook.list',
      {active: 'true', organization: 'default'},
      {...admin, requestId: 'id-1', credential: tokenDigest(server.token), peerUser: expect.any(Function)},
    ],
  ])
})

test.each([
  ['a query member given twice that is no list', `${base}/webhooks?platform=a&platform=b`, 422, 'platform'],
  ['an unknown query member', `${base}/webhooks?nope=1`, 422, 'nope'],
  ['a query member that stands in the path', `${base}/webhooks?organization=other`, 422, 'organization'],
  ['a prototype as a query member', `${base}/webhooks?__proto__=1&constructor=2`, 422, undefined],
])('%s is refused, never ignored', async (_what, path, status, where) => {
  await using server = await anApp()
  const response = await server.ask(path)
  expect(response.status).toBe(status)
  const {path: told} = (await response.json()) as {path?: string}
  if (where) expect(told).toBe(where)
})

test('a repeated query member is a list where the operation takes one', async () => {
  await using server = await anApp()
  const both = await server.ask(`${base}/deliveries?state=failed&state=skipped`)
  expect(await both.json()).toEqual({items: [], next: null})
  const one = await server.ask(`${base}/deliveries?state=failed`)
  expect(one.status).toBe(200)
})

test('a body or a query where none belongs is refused', async () => {
  await using server = await anApp()
  const query = await server.ask(`${base}/events?type=x`, post(event))
  expect([query.status, await query.json()]).toMatchObject([422, {code: 'misplaced_member', path: 'type'}])
  const member = await server.ask(`${base}/events`, post({...event, organization: 'other'}))
  expect([member.status, await member.json()]).toMatchObject([422, {code: 'misplaced_member', path: 'organization'}])
  const body = await server.ask(`${base}/webhooks/x`, {...post({}), method: 'DELETE'})
  expect([body.status, await body.json()]).toMatchObject([400, {code: 'unexpected_body'}])
})

test('names with every kind of character are found by their path', async () => {
  await using server = await anApp()
  for (const name of ['a/b', 'a b+c%20%2F', 'é 名 🦊', '?#&=', '100%', "it's", '..x', 'a\\b']) {
    const body = {name, platform: 'standard', url: 'https://example.com/', eventTypes: ['*']}
    expect((await server.ask(`${base}/webhooks`, post(body))).status).toBe(201)
    const shown = await server.ask(`${base}/webhooks/${encodeURIComponent(name)}`)
    expect(await shown.json()).toMatchObject({name})
  }
})

test('what needs no token: health, the description, a word of greeting', async () => {
  const app = createApp({
    auth: adminAuth('x'),
    version: '1.2.3',
    newUuid: randomUUID,
    invoke: () => Promise.reject(new Error('not asked')),
    receive: () => Promise.reject(new Error('not asked')),
    greet: () => Promise.reject(new Error('not asked')),
    metrics: () => Promise.reject(new Error('not asked')),
    stream: {begin: () => Promise.reject(new Error('not asked')), follow: () => (async function* () {})()},
  })
  for (const path of ['/', '/healthz', '/openapi.json']) {
    const response = await app.fetch(new Request(`http://127.0.0.1${path}`))
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  }
})
