import {createHmac} from 'node:crypto'
import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {serving} from '../../harness/serving.ts'
import {aSetting, type Setting} from '../../harness/setting.ts'

const SECRET = 'what the receiver has known for years'
const STAMPED = ['--algorithm', 'sha256', '--prefix', 't={timestamp},v1=', '--signed', '{timestamp}.{body}']
const digest = (text: string | Buffer) => createHmac('sha256', SECRET).update(text).digest('hex')

async function withSecret(): Promise<Setting> {
  const setting = await aSetting()
  writeFileSync(path.join(setting.home.path, 'secret'), SECRET)
  return setting
}

test('a webhook signs by the recipe that its receiver has, and says so', async () => {
  await using setting = await withSecret()
  const recipe = ['--signature-header', 'X-Acme-Signature', ...STAMPED]
  await setting.webhook('ops', '--secret-file', 'secret', ...recipe)
  await setting.json('event', 'send', 'node.added', '--example', '--wait')
  const [request] = setting.receiver.requests
  const [, time, signature] = /^t=(\d+),v1=(.+)$/.exec(request!.header('x-acme-signature')!) ?? []
  expect(signature).toBe(digest(`${time}.${request!.body}`))
  expect((await setting.hookctl(['webhook', 'show', 'ops', '--resolved'])).stdout).toContain(
    'hmac (X-Acme-Signature, sha256, t={timestamp},v1=, {timestamp}.{body})',
  )
  const again = await setting.json('webhook', 'show', 'ops')
  expect(again.policies.signature).toEqual({
    scheme: 'hmac',
    header: 'X-Acme-Signature',
    algorithm: 'sha256',
    prefix: 't={timestamp},v1=',
    signed: '{timestamp}.{body}',
  })
})

test('the id of the event is signed in its own header, which stands there once; the time in another', async () => {
  await using setting = await withSecret()
  const recipe = ['--algorithm', 'sha256', '--signed', '{id}.{timestamp}.{body}']
  const headers = ['--id-header', 'X-Hook-Event-Id', '--timestamp-header', 'X-Acme-Time']
  await setting.webhook('ops', '--secret-file', 'secret', ...recipe, ...headers)
  const {id} = await setting.json('event', 'send', 'node.added', '--example', '--wait')
  const [request] = setting.receiver.requests
  const names = request!.headers.map(([name]) => name.toLowerCase())
  expect(names.filter(name => name === 'x-hook-event-id')).toHaveLength(1)
  expect(request!.header('x-hook-event-id')).toBe(id)
  const time = request!.header('x-acme-time')
  expect(request!.header('x-hook-signature')).toBe(digest(`${id}.${time}.${request!.body}`))
})

test.each([
  ['of a recipe', ['--signed', '{timestamp}.{body}', '--timestamp-header', 'X-Acme-Time'], 'x-acme-time: 1'],
  ['of a sender that it signs as', ['--scheme', 'zoom'], 'x-zm-request-timestamp: 1'],
])('the headers %s cannot be set beside it', async (_, recipe, header) => {
  await using setting = await withSecret()
  const flags = ['--platform', 'catalyst', '--url', 'https://x.example.com/', '--event', '*', '--json']
  const refused = await setting.hookctl(['webhook', 'create', '--name', 'x', ...flags, ...recipe, '--header', header])
  expect(refused.exitCode).toBe(2)
  expect(refused.error()).toMatchObject({code: 'reserved_header', path: 'headers/0/name'})
})

test('a webhook signs the URL that it is sent to, also where a replay is sent elsewhere', async () => {
  await using setting = await withSecret()
  const recipe = ['--algorithm', 'sha256', '--signed', '{body}{url}']
  await setting.webhook('ops', '--secret-file', 'secret', ...recipe)
  await setting.json('event', 'send', 'node.added', '--example', '--wait')
  const {url} = await setting.json('webhook', 'show', 'ops')
  const [request] = setting.receiver.requests
  expect(request!.header('x-hook-signature')).toBe(digest(`${request!.body}${url}`))
  const [{id}] = (await setting.rows<{id: string}>('delivery', 'list')) as [{id: string}]
  const elsewhere = setting.url('/elsewhere')
  await setting.json('delivery', 'replay', id, '--to', elsewhere, '--wait')
  expect(setting.receiver.requests[1]!.header('x-hook-signature')).toBe(digest(`${request!.body}${elsewhere}`))
  const {headers} = await setting.json('sign', '--webhook', 'ops', '--body', 'secret')
  expect(headers).toEqual([{name: 'X-Hook-Signature', value: digest(`${SECRET}${url}`)}])
  const message = ['--webhook', 'ops', '--body', 'secret', '--signature', digest(`${SECRET}${url}`)]
  expect(await setting.hookctl(['verify', ...message])).toMatchObject({exitCode: 0})
})

test('a scheme that signs the fields of a form is none for a webhook that sends JSON, and one for a form', async () => {
  await using setting = await withSecret()
  const create = ['webhook', 'create', '--name', 'x', '--url', 'https://x.example.com/', '--json', '--scheme', 'twilio']
  const refused = await setting.hookctl([...create, '--platform', 'catalyst', '--event', '*'])
  expect(refused.exitCode).toBe(2)
  expect(refused.error()).toMatchObject({code: 'not_a_form', path: 'policies/signature'})
  const form = ['--content-type', 'application/x-www-form-urlencoded', '--body-style', 'form']
  const made = await setting.hookctl([...create, '--platform', 'netbox@2.6', '--event', 'dcim.site.*', ...form])
  expect(made, made.stderr).toMatchObject({exitCode: 0})
})

test('a source takes what is signed by the recipe of its sender, and nothing else', async () => {
  await using setting = await withSecret()
  await using server = await serving(setting)
  const recipe = ['--signature-header', 'X-Acme-Signature', ...STAMPED]
  const {address} = await setting.json(
    'source',
    'create',
    'acme',
    '--platform',
    'catalyst',
    '--secret-file',
    'secret',
    ...recipe,
  )
  const body =
    '{"event":"node.added","organization_id":1,"timestamp":"2026-11-28T10:00:00+00:00","data":{"name":"a","nebula_ip":"10.0.0.1"}}'
  const post = async (time: number, signature: string) => {
    const headers = {'content-type': 'application/json', 'x-acme-signature': `t=${time},v1=${signature}`}
    return (await fetch(`${server.url}${new URL(address, server.url).pathname}`, {method: 'POST', headers, body}))
      .status
  }
  const now = Math.floor(Date.now() / 1000)
  expect(await post(now, digest(`${now}.${body}`))).toBe(200)
  expect(await post(now, digest(body))).toBe(403)
  expect(await post(now - 400, digest(`${now - 400}.${body}`))).toBe(403)
  expect((await setting.rows('event', 'list')).map(({source}) => source)).toEqual(['inbound:acme'])
})

test('what comes to a source again with the id that its sender signs is one event', async () => {
  await using setting = await withSecret()
  await using server = await serving(setting)
  const recipe = ['--signature-header', 'X-Acme-Signature', '--algorithm', 'sha256', '--signed', '{id}.{body}']
  const create = ['source', 'create', 'acme', '--platform', 'catalyst', '--secret-file', 'secret']
  const {address} = await setting.json(...create, ...recipe, '--id-header', 'X-Acme-Id')
  const body =
    '{"event":"node.added","organization_id":1,"timestamp":"2026-11-28T10:00:00+00:00","data":{"name":"a","nebula_ip":"10.0.0.1"}}'
  const post = async (id: string, other: string) => {
    const signed = {'x-acme-id': id, 'x-acme-signature': digest(`${id}.${body}`)}
    const headers = {'content-type': 'application/json', ...signed, 'idempotency-key': other}
    const answer = await fetch(`${server.url}${new URL(address, server.url).pathname}`, {method: 'POST', headers, body})
    return ((await answer.json()) as {readonly eventIds: readonly string[]}).eventIds
  }
  const first = await post('a', '1')
  expect(await post('a', '2')).toEqual(first)
  expect(await post('b', '1')).not.toEqual(first)
  expect(await setting.rows('event', 'list')).toHaveLength(2)
})
