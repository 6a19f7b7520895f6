import {expect, test} from 'vitest'
import {createGuard} from '../../src/server/guard.ts'
import {headerLines} from '../../src/server/head.ts'
import {Refused} from '../../src/server/refused.ts'
import {admin, aServer, requestText, statusOfAnswer} from './setup.ts'

const names = ['hooks.example.com', 'proxy.example.com:8443']

/** Host header lines, PORT standing for the port listened on; the status that /healthz answers. */
const hosts: readonly [lines: readonly string[], status: number][] = [
  [['Host: 127.0.0.1:PORT'], 200],
  [['Host: localhost:PORT'], 200],
  [['Host: [::1]:PORT'], 200],
  [['Host: hooks.example.com'], 200],
  [['Host: hooks.example.com:PORT'], 200],
  [['Host: proxy.example.com:8443'], 200],
  [['host:   localhost:PORT  '], 200],
  [['Host: evil.example'], 421],
  [['Host: evil.example:PORT'], 421],
  [['Host: localhost.evil:PORT'], 421],
  [['Host: evil.localhost:PORT'], 421],
  [['Host: 127.0.0.1.nip.io:PORT'], 421],
  [['Host: 127.0.0.1'], 421],
  [['Host: localhost'], 421],
  [['Host: [::1]'], 421],
  [['Host: localhost:1'], 421],
  [['Host: localhost:0PORT'], 421],
  [['Host: localhost.:PORT'], 421],
  [['Host: 127.0.0.1.:PORT'], 421],
  [['Host: LOCALHOST:PORT'], 421],
  [['Host: LocalHost:PORT'], 421],
  [['Host: 127.1:PORT'], 421],
  [['Host: 0x7f000001:PORT'], 421],
  [['Host: 2130706433:PORT'], 421],
  [['Host: 017700000001:PORT'], 421],
  [['Host: 127.0.0.2:PORT'], 421],
  [['Host: 0.0.0.0:PORT'], 421],
  [['Host: [::]:PORT'], 421],
  [['Host: [0:0:0:0:0:0:0:1]:PORT'], 400],
  [['Host: [::ffff:127.0.0.1]:PORT'], 400],
  [['Host: HOOKS.example.com'], 421],
  [['Host: hooks.example.com.evil'], 421],
  [['Host: hooks.example.com:9'], 421],
  [['Host: proxy.example.com'], 421],
  [['Host: user@localhost:PORT'], 400],
  [['Host: localhost:PORT/evil'], 400],
  [['Host: localhost:PORT, evil'], 400],
  [['Host: loc alhost:PORT'], 400],
  [['Host:'], 400],
  [[], 400],
  [['Host: localhost:PORT', 'Host: localhost:PORT'], 400],
  [['Host: localhost:PORT', 'Host: evil.example'], 400],
  [['Host: evil.example', 'Host: localhost:PORT'], 400],
  [['Host: evil.example', 'X-Forwarded-Host: localhost:PORT'], 421],
]

test('D2: only the hosts on the list reach a handler, 40 and more spellings do not', async () => {
  await using server = await aServer({hosts: names})
  for (const [lines, status] of hosts) {
    const spelled = lines.map(line => line.replaceAll('PORT', String(server.server.port)))
    const answer = await server.raw(requestText('GET /healthz HTTP/1.1', spelled))
    expect([spelled, statusOfAnswer(answer)]).toEqual([spelled, status])
    expect(answer).toMatch(status === 200 ? /"ok"/ : /"code":"(?:wrong_host|bad_host|bad_request)".*"hint":/)
  }
})

test('D2: a target with a host of its own must name the same host', async () => {
  await using server = await aServer()
  const host = `localhost:${server.server.port}`
  const status = async (target: string, header = host) =>
    statusOfAnswer(await server.raw(requestText(`GET ${target} HTTP/1.1`, [`Host: ${header}`])))
  expect(await status(`http://${host}/healthz`)).toBe(200)
  expect(await status('http://evil.example/healthz')).toBe(400)
  expect(await status(`http://127.0.0.1:${server.server.port}/healthz`)).toBe(400)
  expect(await status(`http://${host}/healthz`, 'evil.example')).toBe(400)
  expect(await status('http://evil.example/healthz', 'evil.example')).toBe(421)
  expect(await status(`http://x@${host}/healthz`)).toBe(400)
  expect(await status('healthz')).toBe(400)
  expect(await status('*')).toBe(400)
})

test('D2: a server on the default port answers to names without a port', () => {
  const guard = createGuard([])
  const head = (host: string) => () => guard({target: '/', headers: headerLines(['Host', host]), port: 80})
  expect(head('localhost')).not.toThrow()
  expect(head('127.0.0.1:80')).not.toThrow()
  expect(head('evil')).toThrow(Refused)
})

const json = 'Content-Type: application/json'
const body = '{"type":"node.added"}'
const events = '/v1/organizations/default/events'

interface Shape {
  readonly line?: string
  readonly headers: readonly string[]
  readonly body?: string
  readonly status: number
}

/** What a page could make a browser send, here even with the right token; SELF is the server's own origin. */
const shapes: readonly Shape[] = [
  {headers: [json, 'Origin: https://evil.example'], status: 403},
  {headers: [json, 'Origin: http://localhost:3000'], status: 403},
  {headers: [json, 'Origin: http://localhost'], status: 403},
  {headers: [json, 'Origin: http://127.0.0.1:PORT'], status: 403},
  {headers: [json, 'Origin: http://LOCALHOST:PORT'], status: 403},
  {headers: [json, 'Origin: http://localhost:PORT.evil'], status: 403},
  {headers: [json, 'Origin: null'], status: 403},
  {headers: [json, 'Origin: file://'], status: 403},
  {headers: [json, 'Origin: chrome-extension://abcdef'], status: 403},
  {headers: [json, 'Origin: http://localhost:PORT', 'Origin: https://evil.example'], status: 403},
  {headers: [json, 'Sec-Fetch-Site: cross-site'], status: 403},
  {headers: [json, 'Sec-Fetch-Site: same-site'], status: 403},
  {headers: [json, 'Sec-Fetch-Site: whatever'], status: 403},
  {headers: [json, 'Sec-Fetch-Site: SAME-ORIGIN'], status: 403},
  {headers: [json, 'Origin: http://localhost:PORT', 'Sec-Fetch-Site: cross-site'], status: 403},
  {headers: ['Content-Type: text/plain'], status: 415},
  {headers: ['Content-Type: text/plain;charset=UTF-8'], status: 415},
  {headers: ['Content-Type: application/x-www-form-urlencoded'], body: 'type=node.added', status: 415},
  {headers: ['Content-Type: multipart/form-data; boundary=x'], body: '--x--', status: 415},
  {headers: ['Content-Type: application/json, text/plain'], status: 415},
  {headers: ['Content-Type: application/json; charset=utf-16'], status: 415},
  {headers: ['Content-Type: application/json+evil'], status: 415},
  {headers: ['Content-Type: text/json'], status: 415},
  {headers: [], status: 415},
  {headers: [json, 'Content-Encoding: gzip'], status: 415},
  {line: `GET ${events}?type=node.added`, headers: ['Sec-Fetch-Site: cross-site'], body: '', status: 403},
  {line: `GET ${events}?_method=POST`, headers: ['X-HTTP-Method-Override: POST'], body: '', status: 422},
  {
    line: `OPTIONS ${events}`,
    headers: ['Origin: https://evil.example', 'Access-Control-Request-Method: POST'],
    body: '',
    status: 403,
  },
  {line: `POST ${events}`, headers: ['Content-Type: text/plain', 'Sec-Fetch-Mode: no-cors'], status: 415},
  {line: 'GET /v1/stream?organization=default', headers: ['Sec-Fetch-Site: cross-site'], body: '', status: 403},
  {line: 'POST /v1/worker/disable', headers: ['Origin: https://evil.example'], body: '', status: 403},
  {line: 'POST /v1/worker/disable', headers: ['Content-Type: text/plain'], body: 'x', status: 415},
]

test('D3: no shape of request a web page can make changes anything, even with a token', async () => {
  await using server = await aServer()
  for (const {line = `POST ${events}`, headers, body: content = body, status} of shapes) {
    const lines = headers.map(header => header.replaceAll('PORT', String(server.server.port)))
    const all = [`Host: localhost:${server.server.port}`, `Authorization: Bearer ${server.token}`, ...lines]
    const answer = await server.raw(requestText(`${line} HTTP/1.1`, all, content))
    expect([line, headers, statusOfAnswer(answer)]).toEqual([line, headers, status])
    expect(answer.toLowerCase()).not.toContain('access-control-')
  }
  const {items} = await server.deps.store.events.list(1, {}, {limit: 10})
  expect(items).toEqual([])
  expect(await server.deps.store.worker.enabled()).toBe(true)
})

test('D3: without a token a page of this very server changes nothing either', async () => {
  await using server = await aServer({}, {})
  const lines = [
    `Host: localhost:${server.server.port}`,
    `Origin: http://localhost:${server.server.port}`,
    'Cookie: token=x',
    json,
  ]
  expect(statusOfAnswer(await server.raw(requestText(`POST ${events} HTTP/1.1`, lines, body)))).toBe(401)
  const allowed = [...lines, `Authorization: Bearer ${server.token}`, 'Sec-Fetch-Site: same-origin']
  expect(statusOfAnswer(await server.raw(requestText(`POST ${events} HTTP/1.1`, allowed, body)))).toBe(202)
  expect(admin.via).toBe('api')
})
