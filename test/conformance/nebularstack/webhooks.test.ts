import {expect, test} from 'vitest'
import {openReceiver} from '../../harness/receiver.ts'
import {aShell, type Shell} from '../shell.ts'

/** What a NebularStack webhook may be and what its requests hold: typed at the command line, seen by a receiver. */

const nasUpdated = 'radius-authentication.subscriber-nas-updated'
const create = 'webhook create --platform nebularstack'
const fields = [
  'id',
  'domain',
  'name',
  'username',
  'tenant_id',
  'virtual_id',
  'calling_station_id',
  'profile_id',
  'service_id',
  'last_known_nas_ip4',
  'last_known_nas_name',
]

const refusal = async (shell: Shell, words: string) => {
  const result = await shell.hookctl(`${words} --json`)
  expect(result.exitCode, result.stdout).toBe(2)
  return result.error()
}

test('NEB-01 NEB-11: a webhook has an id, a URL, SSL Verify, a context and a trigger; shown, edited, deleted', async () => {
  await using shell = aShell()
  const made = await shell.json(`${create} --name nas --event ${nasUpdated} --url https://hooks.example.com/nas`)
  expect(made.id).toMatch(/^wh_[0-9a-f]{32}$/)
  const other = await shell.json(`${create} --name other --event ${nasUpdated} --url https://hooks.example.com/nas`)
  expect(other.id).not.toBe(made.id)
  const shown = await shell.json('webhook show nas')
  expect(shown).toMatchObject({
    id: made.id,
    url: 'https://hooks.example.com/nas',
    eventTypes: [nasUpdated],
    policies: {tls: {verify: true}},
  })
  const {data} = await shell.json<{data: {name: string}[]}>('webhook list')
  expect(data.map(({name}) => name).sort()).toEqual(['nas', 'other'])
  const edited = await shell.json('webhook edit nas --url https://hooks2.example.com/nas --tls skip')
  expect(edited).toMatchObject({id: made.id, url: 'https://hooks2.example.com/nas', policies: {tls: {verify: false}}})
  await shell.json('webhook delete nas --yes')
  expect((await shell.json<{data: {name: string}[]}>('webhook list')).data.map(({name}) => name)).toEqual(['other'])
})

test('NEB-02: the one context is radius-authentication, the one trigger subscriber-nas-updated', async () => {
  await using shell = aShell()
  const {data} = await shell.json<{data: {name: string; category: string}[]}>('event types --platform nebularstack')
  expect(data.map(({name, category}) => [category, name])).toEqual([['radius-authentication', nasUpdated]])
  const url = '--name nas --url https://hooks.example.com/nas'
  for (const type of [
    'radius-accounting.subscriber-nas-updated',
    'radius-authentication.subscriber-created',
    'radius-accounting.subscriber-usage-meter-triggered',
    'node.added',
  ]) {
    const {code, message} = await refusal(shell, `${create} ${url} --event ${type}`)
    expect([code, message]).toEqual(['unknown_event_type', `nebularstack@1 has no event type "${type}"`])
  }
  expect(await shell.json(`${create} ${url} --event subscriber-nas-updated`)).toMatchObject({eventTypes: [nasUpdated]})
})

test('NEB-04: the URL begins with http:// or https://', async () => {
  await using shell = aShell()
  for (const url of [
    'hooks.example.com/nas',
    'ftp://hooks.example.com/nas',
    '//hooks.example.com',
    'https:/hooks.example.com',
    'httpss://hooks.example.com',
  ]) {
    const {message} = await refusal(shell, `${create} --name nas --event ${nasUpdated} --url ${url}`)
    expect([url, message]).toEqual([url, expect.stringContaining('http')])
  }
  for (const [name, url] of [
    ['a', 'https://hooks.example.com/nas'],
    ['b', 'HTTPS://hooks.example.com/nas'],
  ]) {
    await shell.json(`${create} --name ${name} --event ${nasUpdated} --url ${url}`)
  }
  await shell.json(`${create} --name c --event ${nasUpdated} --url http://hooks.example.com/nas --tls skip`)
})

const ip = (origin: string) => `nebularstack sends to an IP address over http:// only, not to ${origin}`
const off = (what: string) => `nebularstack wants SSL Verify off for ${what}: there is no certificate to verify`

test.each([
  ['NEB-05 NEB-06', 'https://hooks.example.com/', 'verify', null],
  ['NEB-05 NEB-06', 'https://hooks.example.com/', 'skip', null],
  ['NEB-05', 'https://127.0.0.1/', 'verify', ip('https://127.0.0.1')],
  ['NEB-05', 'https://127.0.0.1/', 'skip', ip('https://127.0.0.1')],
  ['NEB-05', 'https://[::1]:8443/', 'verify', ip('https://[::1]:8443')],
  ['NEB-05', 'https://[::1]/', 'skip', ip('https://[::1]')],
  ['NEB-05', 'https://2130706433/', 'skip', ip('https://127.0.0.1')],
  ['NEB-05', 'https://0x7f.1/', 'skip', ip('https://127.0.0.1')],
  ['NEB-05', 'https://127.0.0.1./', 'skip', ip('https://127.0.0.1')],
  ['NEB-05', 'https://[::ffff:127.0.0.1]/', 'skip', ip('https://[::ffff:7f00:1]')],
  ['NEB-05', 'http://127.0.0.1:9000/', 'skip', null],
  ['NEB-05', 'http://[::1]:9000/', 'skip', null],
  ['NEB-05', 'http://127.0.0.1:9000/', 'verify', off('an IP address')],
  ['NEB-05', 'http://[::1]:9000/', 'verify', off('an IP address')],
  ['NEB-06', 'http://hooks.example.com/', 'skip', null],
  ['NEB-06', 'http://hooks.example.com/', 'verify', off('http://')],
  ['NEB-06', 'http://ip-127-0-0-1.example.com/127.0.0.1', 'skip', null],
  ['NEB-05', 'https://ip-127-0-0-1.example.com/127.0.0.1', 'verify', null],
])('%s: %s with SSL Verify %s: %s', async (_, url, tls, message) => {
  await using shell = aShell()
  const words = `${create} --name nas --event ${nasUpdated} --url ${url} --tls ${tls}`
  if (message === null) await shell.json(words)
  else expect((await refusal(shell, words)).message).toBe(message)
})

test('NEB-05 NEB-06: an edit may not break the rules either', async () => {
  await using shell = aShell()
  await shell.json(`${create} --name nas --event ${nasUpdated} --url https://hooks.example.com/`)
  expect(await refusal(shell, 'webhook edit nas --url http://hooks.example.com/')).toMatchObject({
    code: 'verify_without_tls',
    message: off('http://'),
  })
  expect(await refusal(shell, 'webhook edit nas --url https://127.0.0.1/ --tls skip')).toMatchObject({
    code: 'https_to_ip',
    message: ip('https://127.0.0.1'),
  })
  expect(await shell.json('webhook show nas')).toMatchObject({url: 'https://hooks.example.com/'})
})

test('NEB-12 NEB-14 NEB-16: four keys, eleven fields that are strings, empty ones too; POST, JSON, unsigned', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`${create} --name nas --event ${nasUpdated} --tls skip --url ${receiver.url}/nas`)
  await shell.json(`event send ${nasUpdated} --at 2026-07-03T12:00:00Z --data`, {
    args: ['{"username":"jörg@isp.example.com","id":7,"last_known_nas_ip4":"198.51.100.7"}'],
  })
  const [request] = await receiver.received(1)
  expect([request!.method, request!.path, request!.header('content-type')]).toEqual([
    'POST',
    '/nas',
    'application/json',
  ])
  expect(request!.header('X-Hook-Signature')).toBeUndefined()
  const empty = Object.fromEntries(fields.map(name => [name, '']))
  expect(request!.body.toString()).toBe(
    JSON.stringify({
      timestamp: '2026-07-03 12:00:00+0000',
      context: 'radius-authentication',
      trigger: 'subscriber-nas-updated',
      data: {...empty, username: 'jörg@isp.example.com', id: '7', last_known_nas_ip4: '198.51.100.7'},
    }),
  )
  await shell.json(`event send ${nasUpdated} --data {}`)
  const [, second] = await receiver.received(2)
  expect(JSON.parse(second!.body.toString()).data).toEqual(empty)
})

test('NEB-13: a space, whole seconds, an offset without colon, in the zone of the webhook', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  for (const [name, zone] of [
    ['utc', '+00:00'],
    ['johannesburg', '+02:00'],
    ['marquesas', '-09:30'],
  ]) {
    const url = `--tls skip --url ${receiver.url}/${name}`
    await shell.json(`${create} --name ${name} --event ${nasUpdated} --zone ${zone} ${url}`)
  }
  await shell.json(`event send ${nasUpdated} --example --at 2025-01-01T10:00:00.987Z`)
  const requests = await receiver.received(3)
  const stamps = requests.map(({path, body}) => [path, JSON.parse(body.toString()).timestamp])
  expect(Object.fromEntries(stamps)).toEqual({
    '/utc': '2025-01-01 10:00:00+0000',
    '/johannesburg': '2025-01-01 12:00:00+0200',
    '/marquesas': '2025-01-01 00:30:00-0930',
  })
})

test('NEB-16: a secret is allowed, and signs', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`${create} --name nas --event ${nasUpdated} --tls skip --secret-env NAS --url ${receiver.url}`, {
    env: {NAS: 'a secret'},
  })
  await shell.json(`event send ${nasUpdated} --example`)
  const [request] = await receiver.received(1)
  expect(request!.header('X-Hook-Signature')).toMatch(/^[0-9a-f]{128}$/)
})

test('NEB-17 NEB-18: version 2 has one webhook per context, and a usage meter in another', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  const meter = 'radius-accounting.subscriber-usage-meter-triggered'
  const two = 'webhook create --platform nebularstack@2 --tls skip'
  await shell.json(`${two} --name nas --event ${nasUpdated} --url ${receiver.url}/nas`)
  const taken = await shell.hookctl(`${two} --name again --event ${nasUpdated} --url ${receiver.url}/again --json`)
  expect(taken.exitCode).toBe(4)
  expect(taken.error()).toMatchObject({
    code: 'context_taken',
    message: 'nebularstack@2 has one webhook per context, and radius-authentication has one already',
    hint: 'that webhook is "nas"',
  })
  expect((await shell.hookctl(`${two} --name both --event * --url ${receiver.url}`)).exitCode).toBe(4)
  await shell.json(`${two} --name meter --event ${meter} --url ${receiver.url}/meter`)
  const usage = {monthly_combined_kb: 104_857_600, monthly_month: '2026-07', monthly_combined_trigger_kb: 104_857_600}
  await shell.json(`event send ${meter} --data`, {args: [JSON.stringify({id: 's-1', ...usage})]})
  const [request] = await receiver.received(1)
  expect(request!.path).toBe('/meter')
  expect(JSON.parse(request!.body.toString())).toMatchObject({
    context: 'radius-accounting',
    trigger: 'subscriber-usage-meter-triggered',
    data: {id: 's-1', ...usage},
  })
})
