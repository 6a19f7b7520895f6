import {readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {sign} from '../../src/signature/index.ts'
import {type AnApp, anApp, aServer, post, requestText, statusOfAnswer} from './setup.ts'

const SECRET = 'a secret that the sender has'
const {body} = JSON.parse(
  readFileSync(
    new URL('../fixtures/G08-netbox-4-6-created-current-foo-merged-from-action-data.json', import.meta.url),
    'utf8',
  ),
) as {body: string}

const signature = (bytes = body) => Object.fromEntries(sign({scheme: 'netbox', secret: SECRET, body: bytes}))

async function aSource({ask}: Pick<AnApp, 'ask'>, more: object = {secret: {value: SECRET}}) {
  const made = await ask('/v1/organizations/default/sources', post({name: 'in', platform: 'netbox', ...more}))
  expect(made.status).toBe(201)
  return ((await made.json()) as {source: {address: string; id: string}}).source
}

const inbound = (bytes: string, headers: Record<string, string>): RequestInit => ({
  method: 'POST',
  headers: {authorization: '', ...headers},
  body: bytes,
})

test('a platform needs nothing but the address and the secret: no token, and any content type', async () => {
  await using server = await anApp()
  const {address} = await aSource(server)
  for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
    const answer = await server.ask(address, inbound(body, {...signature(), 'content-type': type}))
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({accepted: 1, eventIds: [expect.stringMatching(/^evt_/)]})
  }
})

test('a handshake of Slack is answered with its challenge alone', async () => {
  await using server = await anApp()
  const signs = {signature: {scheme: 'slack'}, secret: {value: SECRET}}
  const {address} = await aSource(server, {platform: 'standard', eventType: 'slack.{body.event.type}', ...signs})
  const bytes = '{"type": "url_verification", "challenge": "3eZbrw1aB"}'
  const timestamp = Math.floor(server.deps.now() / 1000)
  const headers = Object.fromEntries(sign({scheme: 'slack', secret: SECRET, body: bytes, timestamp}))
  const answer = await server.ask(address, inbound(bytes, headers))
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
  expect(await answer.text()).toBe('{"challenge":"3eZbrw1aB"}')
})

test('over a socket: the signature is over the bytes as they came, and a line given twice is one too many', async () => {
  await using server = await aServer()
  const {address} = await aSource(server)
  const bytes = `${body}\n`
  const [[name, value] = ['', '']] = Object.entries(signature(bytes))
  const send = (...lines: string[]) =>
    server.raw(requestText(`POST ${address} HTTP/1.1`, [`host: 127.0.0.1:${server.server.port}`, ...lines], bytes))
  expect(statusOfAnswer(await send(`${name}: ${value}`))).toBe(200)
  const twice = await send(`${name}: ${value}`, `${name}: ${value}`)
  expect(statusOfAnswer(twice)).toBe(403)
  expect(twice).toContain('duplicate_header')
})

test('T5: nobody is told more than why nothing was taken, by a status of its own', async () => {
  await using server = await anApp()
  const {address, id} = await aSource(server)
  const told = async (path: string, init: RequestInit) => {
    const answer = await server.ask(path, init)
    return [answer.status, ((await answer.json()) as {code: string}).code]
  }
  expect(await told(address, inbound(body, {}))).toEqual([403, 'signature_invalid'])
  expect(await told(address, inbound('{}', signature('{}')))).toEqual([422, 'bad_body'])
  expect(await told(`${address}0`, inbound(body, signature()))).toEqual([404, 'source_not_found'])
  expect(await told('/in/in', inbound(body, signature()))).toEqual([404, 'source_not_found'])
  expect(await told(address, inbound(body, {...signature(), 'content-encoding': 'gzip'}))).toEqual([
    415,
    'unsupported_media_type',
  ])
  expect(await told(address, {method: 'GET'})).toEqual([405, 'method_not_allowed'])
  await server.ask(`/v1/organizations/default/sources/${id}`, {...post({active: false}), method: 'PATCH'})
  expect(await told(address, inbound(body, signature()))).toEqual([409, 'source_disabled'])
})

test('a sender that looks whether somebody is there hears so by HEAD, and Dropbox and Meta their challenge', async () => {
  await using server = await anApp()
  const look = async (path: string, method: string) => {
    const answer = await server.ask(path, {method})
    return [answer.status, await answer.text()]
  }
  const {address, id} = await aSource(server)
  expect(await look(address, 'HEAD')).toEqual([200, ''])
  expect((await look(`${address}?challenge=x`, 'GET'))[0]).toBe(405)
  expect(await look('/in/src_none', 'HEAD')).toEqual([404, ''])
  await server.ask(`/v1/organizations/default/sources/${id}`, {...post({active: false}), method: 'PATCH'})
  expect(await look(address, 'HEAD')).toEqual([409, ''])
  const dropbox = await aSource(server, {name: 'dropbox', signature: {scheme: 'dropbox'}})
  expect(await look(`${dropbox.address}?challenge=%3Cb%3Ex`, 'GET')).toEqual([200, '<b>x'])
  expect((await look(dropbox.address, 'GET'))[0]).toBe(405)
  const meta = await aSource(server, {name: 'meta', signature: {scheme: 'meta'}})
  expect(await look(`${meta.address}?hub.mode=subscribe&hub.challenge=7`, 'GET')).toEqual([200, '7'])
  const answer = await server.ask(`${dropbox.address}?challenge=x`, {method: 'GET'})
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
})

test('a body of more than 16 MiB is refused unread', async () => {
  await using server = await aServer()
  const {address} = await aSource(server)
  const host = `host: 127.0.0.1:${server.server.port}`
  const answer = await server.raw(`POST ${address} HTTP/1.1\r\n${host}\r\ncontent-length: 16777217\r\n\r\n`)
  expect(statusOfAnswer(answer)).toBe(413)
})

test('D4: a source that expects no signature takes a token, in a header or as the password of the URL', async () => {
  await using server = await anApp()
  const {address} = await aSource(server, {signature: null})
  const made = await server.ask('/v1/organizations/default/tokens', post({name: 'lab', scopes: ['ingest']}))
  const {value} = (await made.json()) as {value: string}
  const status = async (authorization: string) => (await server.ask(address, inbound(body, {authorization}))).status
  expect(await status('')).toBe(401)
  expect(await status(`Bearer ${value}`)).toBe(200)
  expect(await status(`Basic ${Buffer.from(`lab:${value}`).toString('base64')}`)).toBe(200)
  expect(await status(`Basic ${Buffer.from(`${value}:lab`).toString('base64')}`)).toBe(401)
  expect(await status('Basic !')).toBe(401)
  // Only here: nothing else is opened by a password.
  const elsewhere = await server.ask('/v1/organizations', {
    headers: {authorization: `Basic ${Buffer.from(`lab:${value}`).toString('base64')}`},
  })
  expect(elsewhere.status).toBe(401)
})

test('a token beside a signature is not looked at: a sender may have its own', async () => {
  await using server = await anApp()
  const {address} = await aSource(server)
  const answer = await server.ask(address, inbound(body, {...signature(), authorization: 'Bearer its-own'}))
  expect(answer.status).toBe(200)
})

test('what a platform was refused stands in the log with the source and the reason: nobody reads its answer', async () => {
  await using server = await anApp()
  const {address, id} = await aSource(server)
  await server.ask(address, inbound('{}', signature('{}')))
  await server.ask(address, inbound(body, {'x-hook-signature': 'ab'.repeat(64)}))
  const refused = server.lines.filter(({level}) => level === 'warn')
  expect(refused.map(({members: {route, status, code, source}}) => ({route, status, code, source}))).toEqual([
    {route: '/in/:source', status: 422, code: 'bad_body', source: id},
    {route: '/in/:source', status: 403, code: 'signature_invalid', source: id},
  ])
  expect(JSON.stringify(server.lines)).not.toContain('abab')
})

test('what goes round through deliveries of hookctl ends', async () => {
  await using server = await anApp()
  const {address} = await aSource(server)
  const answer = await server.ask(address, inbound(body, {...signature(), 'hookctl-hops': '4'}))
  expect([answer.status, await answer.json()]).toEqual([409, expect.objectContaining({code: 'delivery_loop'})])
})
