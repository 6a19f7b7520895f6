import {spawnSync} from 'node:child_process'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {startCli} from '../harness/cli.ts'
import {aSetting, type Setting} from '../harness/setting.ts'

const KEY = Buffer.alloc(32, 1).toString('base64')
const OTHER = Buffer.alloc(32, 2).toString('hex')
const [SECRET, AUTHORIZATION, LATER] = ['canary-secret-5d1f0b77', 'canary-header-90aa11cc', 'canary-later-31b8e2f4']
const [INBOUND, CLIENT] = ['canary-inbound-77c0d2e1', 'canary-client-04be6a18']
const canaries = [SECRET, AUTHORIZATION, LATER, INBOUND, CLIENT]

const withKey = (key: string) => ({env: {HOOKCTL_SECRET_KEY: key, SECRET, LATER, INBOUND, CLIENT}})

/** Which of the canaries can be read in these files. */
const readable = (files: readonly string[]): readonly string[] =>
  files.filter(existsSync).flatMap(file => {
    const bytes = readFileSync(file)
    return canaries.filter(canary => bytes.includes(canary))
  })

const webhook = (setting: Setting) => [
  ...['webhook', 'create', '--name', 'ops', '--platform', 'netbox', '--url', setting.url(), '--event', 'dcim.site.*'],
  ...['--secret-env', 'SECRET', '--header', `Authorization: Bearer ${AUTHORIZATION}`],
]

/** One that is never sent anything. */
const withToken = [
  ...[
    'webhook',
    'create',
    '--name',
    'cloud',
    '--platform',
    'netbox',
    '--url',
    'https://example.com',
    '--event',
    'dcim.rack.*',
  ],
  ...[
    '--oauth-token-url',
    'https://example.com/token',
    '--oauth-client-id',
    'a',
    '--oauth-client-secret-env',
    'CLIENT',
  ],
]

const source = ['source', 'create', 'netbox', '--platform', 'netbox', '--secret-env', 'INBOUND']

async function ok(setting: Setting, argv: readonly string[], options: Parameters<Setting['hookctl']>[1]) {
  const result = await setting.hookctl(argv, options)
  expect(result, result.stderr).toMatchObject({exitCode: 0})
  return result
}

const send = ['event', 'send', 'dcim.site.created', '--example']

test('E2: with a key set no secret can be read in the store, its log, or a backup; deliveries are signed as ever', async () => {
  await using setting = await aSetting()
  const db = path.join(setting.home.path, 'state/hookctl/hookctl.db')
  // Somebody who keeps the log from being folded into the file.
  await using holder = startCli(['delivery', 'tail'], {home: setting.home, env: withKey(KEY).env})
  await holder.waitFor(/tail|following|waiting|$/, 'stderr').catch(() => {})
  await ok(setting, webhook(setting), withKey(KEY))
  await ok(setting, ['webhook', 'rotate-secret', 'ops', '--secret-env', 'LATER', '--grace', '1h'], withKey(KEY))
  await ok(setting, source, withKey(KEY))
  await ok(setting, withToken, withKey(KEY))
  await ok(setting, send, withKey(KEY))
  const backup = path.join(setting.home.path, 'copy')
  await ok(setting, ['store', 'backup', backup], withKey(KEY))
  expect(readable([db, `${db}-wal`, backup])).toEqual([])
  const strings = spawnSync('strings', ['-a', db, `${db}-wal`, backup], {encoding: 'utf8'})
  if (strings.error === undefined) expect(canaries.filter(canary => strings.stdout.includes(canary))).toEqual([])
  const [request] = setting.receiver.requests
  expect(request?.headers).toContainEqual([expect.stringMatching(/^authorization$/i), `Bearer ${AUTHORIZATION}`])
  writeFileSync(path.join(setting.home.path, 'body'), request?.body ?? '')
  const verified = await setting.hookctl(
    [...['verify', '--body', 'body', '--scheme', 'netbox', '--secret-env', 'LATER', '--header'], signatureOf(request)],
    withKey(KEY),
  )
  expect(verified, verified.stderr).toMatchObject({exitCode: 0})
  console.log('figure E2: 5 secrets, 0 readable in store, log and backup')
})

function signatureOf(request: {headers: readonly (readonly [string, string])[]} | undefined): string {
  const found = request?.headers.find(([name]) => name.toLowerCase() === 'x-hook-signature')
  return `X-Hook-Signature: ${found?.[1]}`
}

test('E2: without the key, or with another one, nothing of the store can be used, and the error says why', async () => {
  await using setting = await aSetting()
  await ok(setting, webhook(setting), withKey(KEY))
  const without = await setting.hookctl(['webhook', 'list'])
  expect(without).toMatchObject({exitCode: 6, stdout: ''})
  expect(without.stderr).toMatch(/encrypted with the key [0-9a-f]{8}, and none is set[\s\S]*HOOKCTL_SECRET_KEY/)
  const other = await setting.hookctl(send, withKey(OTHER))
  expect(other).toMatchObject({exitCode: 6, stderr: expect.stringMatching(/the one that is set is [0-9a-f]{8}/)})
  for (const wrong of ['short', `${KEY}!`, 'x'.repeat(44)]) {
    const refused = await setting.hookctl(['webhook', 'list'], withKey(wrong))
    expect(refused).toMatchObject({exitCode: 2, stderr: expect.stringContaining('openssl rand -base64 32')})
    expect(refused.stderr).not.toContain(wrong)
  }
  // The file itself is looked after without it.
  expect(await setting.hookctl(['store', 'check'])).toMatchObject({exitCode: 0})
})

test('E2: a store is encrypted, gets another key, and is decrypted by store rekey; what stood there is overwritten', async () => {
  await using setting = await aSetting()
  const db = path.join(setting.home.path, 'state/hookctl/hookctl.db')
  const env = {env: {SECRET, LATER, INBOUND, CLIENT}}
  writeFileSync(path.join(setting.home.path, 'other.key'), `${OTHER}\n`)
  await ok(setting, webhook(setting), env)
  await ok(setting, source, env)
  await ok(setting, withToken, env)
  expect(readable([db])).toEqual([SECRET, AUTHORIZATION, INBOUND, CLIENT])
  const unused = await setting.hookctl(['webhook', 'list'], withKey(KEY))
  expect(unused).toMatchObject({exitCode: 6, stderr: expect.stringContaining('hookctl store rekey')})
  await ok(setting, ['store', 'rekey'], withKey(KEY))
  expect(readable([db, `${db}-wal`])).toEqual([])
  await ok(setting, send, withKey(KEY))
  await ok(setting, ['store', 'rekey', '--new-key-file', 'other.key'], withKey(KEY))
  expect((await setting.hookctl(['webhook', 'list'], withKey(KEY))).exitCode).toBe(6)
  await ok(setting, ['config', 'set', 'secretKeyFile', path.join(setting.home.path, 'other.key')], env)
  await ok(setting, send, env)
  await ok(setting, ['store', 'rekey', '--decrypt'], env)
  expect(readable([db])).toContain(CLIENT)
  await ok(setting, ['config', 'unset', 'secretKeyFile'], env)
  await ok(setting, send, env)
  expect(setting.receiver.requests).toHaveLength(3)
})

test('E2: a json: store too', async () => {
  await using setting = await aSetting()
  const store = ['--store', 'json:hooks.json']
  const file = path.join(setting.home.path, 'hooks.json')
  await ok(setting, [...webhook(setting), ...store], withKey(KEY))
  await ok(setting, [...source, ...store], withKey(KEY))
  await ok(setting, [...withToken, ...store], withKey(KEY))
  expect(readable([file])).toEqual([])
  await ok(setting, [...send, ...store], withKey(KEY))
  expect((await setting.hookctl(['webhook', 'list', ...store])).exitCode).toBe(6)
  await ok(setting, ['store', 'rekey', '--decrypt', ...store], withKey(KEY))
  expect(readable([file])).toEqual([SECRET, AUTHORIZATION, INBOUND, CLIENT])
})

test('store rekey counts the webhooks there are, and says of a store that was not encrypted that it was not', async () => {
  await using setting = await aSetting()
  for (const name of ['a', 'b', 'c']) await setting.webhook(name)
  await setting.json('webhook', 'delete', 'c', '--yes')
  const plain = await setting.hookctl(['store', 'rekey', '--decrypt'])
  expect(plain.stdout).toBe('the secrets of 2 webhooks were not encrypted, and are not\n')
  const sealed = await setting.hookctl(['store', 'rekey'], withKey(KEY))
  expect(sealed.stdout).toMatch(/^the secrets of 2 webhooks are encrypted with the key /)
  const opened = await setting.hookctl(['store', 'rekey', '--decrypt'], withKey(KEY))
  expect(opened.stdout).toBe('the secrets of 2 webhooks are not encrypted any more\n')
  await ok(setting, source, {env: {INBOUND}})
  const both = await setting.hookctl(['store', 'rekey'], withKey(KEY))
  expect(both.stdout).toMatch(/^the secrets of 2 webhooks and 1 source are encrypted with the key /)
})
