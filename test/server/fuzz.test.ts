import {expect, test} from 'vitest'
import {operations} from '../../src/api/operations.ts'
import {extraRoutes} from '../../src/server/routes.ts'
import {type AnApp, type AServer, anApp, aServer} from './setup.ts'

/** More with HOOKCTL_FUZZ=200000. */
const inputs = Number(process.env.HOOKCTL_FUZZ ?? 20_000)
/** So many meet one server: sooner or later one of them deletes the organization that the others need. */
const perServer = 500
const seed = Number(process.env.HOOKCTL_FUZZ_SEED ?? 1)

/** Mulberry32: the same numbers for the same seed everywhere. */
function numbers(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const texts = [
  '',
  ' ',
  '0',
  '-1',
  'true',
  'null',
  'default',
  'node.added',
  '*',
  'netbox',
  'catalyst',
  'standard',
  'x'.repeat(300),
  'x'.repeat(5000),
  '../..',
  '%',
  '%00',
  '\u0000',
  '\ud800',
  '\u202e',
  '🦊',
  "' OR 1=1 --",
  '<script>',
  '{{7*7}}',
  '#{7}',
  '1e400',
  '2026-01-01T00:00:00Z',
  '2026-13-45T99:99:99Z',
  '404',
  '4xx',
  '__proto__',
  'constructor',
  'toString',
  '\r\nX: y',
  'http://127.0.0.1/',
  'javascript:alert(1)',
  'evt_0',
  'wh_0',
  'dlv_00000000000000000000000000000000',
  '99999999999999999999',
]
const methods = ['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS']
const types = [
  'application/json',
  'application/json; charset=utf-8',
  'application/x-ndjson',
  'text/plain',
  'multipart/form-data',
  '',
]
const table = Object.values(operations)
const paths = [...table, ...extraRoutes.map(([, path]) => ({path}))].map(({path}) => path)
const members = [
  ...new Set(table.flatMap(({input}) => Object.keys((input as unknown as {shape: object}).shape))),
  'nope',
  '__proto__',
  'constructor',
  'kind',
  'value',
  'name',
  'generate',
]

type Random = () => number
const one = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
const some = <T>(random: Random, most: number, make: () => T): T[] =>
  Array.from({length: Math.floor(random() * (most + 1))}, make)

function anything(random: Random, depth = 0): unknown {
  const pick = Math.floor(random() * (depth > 3 ? 6 : 9))
  if (pick === 0) return null
  if (pick === 1) return random() < 0.5
  if (pick === 2) return one(random, [0, -0, 1, 1.5, -1, 1e308, 2 ** 53, 2 ** 31, 50, 1000])
  if (pick < 6) return one(random, texts)
  if (pick === 6) return some(random, 4, () => anything(random, depth + 1))
  return Object.fromEntries(some(random, 5, () => [one(random, members), anything(random, depth + 1)]))
}

function aPath(random: Random): string {
  if (random() < 0.1) return `/${some(random, 5, () => encode(one(random, texts))).join('/')}`
  const filled = one(random, paths).replaceAll(/:(\w+)/g, (_, name) =>
    name === 'organization' && random() < 0.8
      ? 'default'
      : random() < 0.1
        ? one(random, ['%', '%zz', '%c3%28', '..', '.', ''])
        : encode(one(random, texts)),
  )
  const query = some(random, 3, () => `${encode(one(random, members))}=${encode(one(random, texts))}`).join('&')
  return random() < 0.4 ? `${filled}?${query}` : filled
}

const encode = (text: string): string => encodeURIComponent(text.toWellFormed())

function aBody(random: Random): string {
  const text = JSON.stringify(anything(random)) ?? ''
  const flaw = Math.floor(random() * 12)
  if (flaw === 0) return text.slice(0, Math.floor(random() * text.length))
  if (flaw === 1) return text.replace(/[{,:"]/, one(random, ['', ',', '\0', '\uFEFF', '}', '[[[']))
  if (flaw === 2) return `${text}\n${text}`
  if (flaw === 3) return '['.repeat(Math.floor(random() * 3000))
  if (flaw === 4) return text.replaceAll(/\b1\b/g, '1.0')
  return text
}

/** A request near a right one, so that it gets past the schema and into the services. */
function nearlyRight(random: Random): {path: string; init: RequestInit} {
  const {method, path, input} = one(random, table)
  const known = Object.keys((input as unknown as {shape: object}).shape).filter(name => !path.includes(`:${name}`))
  const given: Record<string, unknown> = {
    type: one(random, ['node.added', 'dcim.site.created', 'nope']),
    name: `n${Math.floor(random() * 50)}`,
    platform: one(random, ['catalyst', 'netbox', 'netbox@2.6', 'standard', 'procustodibus']),
    url: one(random, ['https://example.com/', 'http://127.0.0.1:1/', 'ftp://x']),
    eventTypes: one(random, [['*'], ['node.*'], []]),
    data: anything(random),
    events: some(random, 3, () => ({type: 'node.added', data: anything(random)})),
    deliveries: ['dlv_0'],
    body: 'e30=',
    headers: [{name: one(random, texts), value: one(random, texts)}],
    idempotencyKey: one(random, texts),
    limit: 10,
    secret: {generate: true},
  }
  const members = known.map(name => [name, random() < 0.9 ? given[name] : anything(random)] as const)
  const filled = path
    .replace(':organization', 'default')
    .replace(':webhook', `n${Math.floor(random() * 50)}`)
    .replaceAll(/:\w+/g, 'x')
  if (method === 'GET' || method === 'DELETE') return {path: filled, init: {method}}
  const body = JSON.stringify(Object.fromEntries(members.filter(([, value]) => value !== undefined)))
  return {path: filled, init: {method, headers: {'content-type': 'application/json'}, body}}
}

function aRequest(random: Random): {path: string; init: RequestInit} {
  if (random() < 0.4) return nearlyRight(random)
  const method = random() < 0.8 ? one(random, ['GET', 'POST', 'PATCH', 'DELETE']) : one(random, methods)
  const headers: Record<string, string> = {}
  const type = random() < 0.7 ? 'application/json' : one(random, types)
  if (type !== '') headers['content-type'] = type
  if (random() < 0.1) headers['last-event-id'] = encode(one(random, texts)).slice(0, 500)
  const hasBody = method !== 'GET' && method !== 'HEAD' && random() < 0.8
  return {path: aPath(random), init: {method, headers, ...(hasBody ? {body: aBody(random)} : {})}}
}

test(`D6: ${inputs} hostile inputs get an answer that is never a failure and never a stack`, async () => {
  const statuses = new Map<number, number>()
  for (let first = 0; first < inputs; first += perServer) {
    await using server = await anApp()
    const random = numbers(seed + first)
    const count = Math.min(perServer, inputs - first)
    for (let index = 0; index < count; index++) {
      const status = await tryOne(server, aRequest(random), `seed ${seed + first}, input ${index}`)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  // The inputs reach every part: refused at the door, by the schema and by the services, and taken.
  for (const status of [200, 201, 202, 400, 404, 405, 409, 415, 422])
    expect([status, statuses.has(status)]).toEqual([status, true])
  console.log(
    `figure D6: ${inputs.toLocaleString('en')} hostile requests over ${table.length} operations: 0 answers 5xx, 0 lines of a stack`,
  )
}, 1_200_000)

/** Answers the status, which must not be one of a failure. */
async function tryOne(server: AnApp, {path, init}: {path: string; init: RequestInit}, which: string): Promise<number> {
  const response = await server.ask(path, init)
  const isStream = response.headers.get('content-type') === 'text/event-stream'
  const text = isStream ? '' : await response.text()
  await response.body?.cancel().catch(() => {})
  const {status} = response
  const bugs = () => server.lines.filter(({sentence}) => sentence === 'bug')
  const told = () => JSON.stringify({which, path, init, status, text: text.slice(0, 200), bugs: bugs()}, errorAsText)
  if (status >= 500 || /^\s+at /m.test(text)) expect.fail(told())
  if (status >= 400 && init.method !== 'HEAD') {
    const body = JSON.parse(text) as Record<string, unknown>
    if (typeof body.code !== 'string' || typeof body.message !== 'string') expect.fail(told())
  }
  return status
}

const errorAsText = (_key: string, value: unknown): unknown => (value instanceof Error ? value.stack : value)

test('D6: bytes that are hardly HTTP never bring the server down', async () => {
  await using server = await aServer()
  const random = numbers(seed + 1)
  for (let count = 0; count < 150; count++) {
    const answer = await server.raw(mangled(server, random))
    expect(answer).not.toMatch(/^HTTP\/1\.1 5\d\d|^\s+at /m)
  }
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  expect(server.lines.filter(({level}) => level === 'error')).toEqual([])
})

function mangled({server, token}: AServer, random: Random): Buffer {
  const text = `POST /v1/organizations/default/events HTTP/1.1\r\nHost: localhost:${server.port}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 21\r\nConnection: close\r\n\r\n{"type":"node.added"}`
  const bytes = Buffer.from(text)
  for (let count = 0; count < 1 + random() * 6; count++)
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
  // A line end in place of what was cut off ends the wait for more.
  return Buffer.concat([bytes, Buffer.from('\r\n\r\n'), Buffer.alloc(2000, 'x\r\n\r\n')])
}
