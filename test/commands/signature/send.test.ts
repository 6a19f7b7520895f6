import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {verify} from '../../../src/signature/index.ts'
import {answers} from '../../harness/receiver.ts'
import {aSetting} from '../../harness/setting.ts'

const env = {SECRET: 'a secret of some length', WHSEC: `whsec_${Buffer.alloc(24, 7).toString('base64')}`}
const bytes = Buffer.from([0xff, 0, 0x0d, 0x0a, 0x0a])

test('sign --to sends these very bytes with a signature that fits, and shows what came back', async () => {
  await using setting = await aSetting()
  writeFileSync(path.join(setting.home.path, 'body'), bytes)
  setting.receiver.next(answers.status(202, {body: 'taken'}))
  const argv = ['sign', '--body', 'body', '--secret-env', 'SECRET', '--to', setting.url('/hook?a=1')]
  const sent = await setting.hookctl(argv, {env})
  expect(sent).toMatchObject({exitCode: 0, stderr: ''})
  expect(sent.stdout).toMatch(/\tdelivered\n.*Response: 202\n.*taken/s)
  const [request] = await setting.receiver.received(1)
  expect(request).toMatchObject({method: 'POST', path: '/hook?a=1', body: bytes})
  expect(request!.header('content-type')).toBe('application/json')
  expect(verify({scheme: 'netbox', secret: env.SECRET, headers: request!.headers, body: request!.body}).valid).toBe(
    true,
  )
})

test.each(['--to', '--curl'])('a scheme that signs the URL signs that of %s', async flag => {
  await using setting = await aSetting()
  const argv = ['sign', '--scheme', 'square', '--secret-env', 'SECRET', '--json']
  const url = setting.url('/in')
  const signatureIn = (text: string) => /[A-Za-z0-9+/]{43}=/.exec(text)?.[0]
  const sent = await setting.hookctl([...argv, flag, url], {env, stdin: '{}'})
  const told = await setting.hookctl([...argv, '--signed-url', url], {env, stdin: '{}'})
  expect(signatureIn(told.stdout)).toBeDefined()
  expect(signatureIn(sent.stdout)).toBe(signatureIn(told.stdout))
  const other = await setting.hookctl([...argv, flag, url, '--signed-url', 'https://a.example.com/'], {
    env,
    stdin: '{}',
  })
  expect(signatureIn(other.stdout)).not.toBe(signatureIn(told.stdout))
})

test('sign --to takes stdin, another scheme, method and headers, and tells all of it as JSON', async () => {
  await using setting = await aSetting()
  const flags = ['--method', 'PUT', '--header', 'Content-Type: text/plain', '--header', 'X-A: 1: 2', '--json']
  const argv = ['sign', '--scheme', 'standard', '--secret-env', 'WHSEC', '--to', setting.url(), ...flags]
  const sent = await setting.hookctl(argv, {env, stdin: 'hello'})
  expect(sent.json()).toMatchObject({
    scheme: 'standard',
    method: 'PUT',
    status: 204,
    success: true,
    requestBody: 'hello',
  })
  const [request] = await setting.receiver.received(1)
  expect(request!.headers).toEqual(expect.arrayContaining([['X-A', '1: 2']]))
  expect(request!.headers.filter(([name]) => /^content-type$/i.test(name))).toEqual([['Content-Type', 'text/plain']])
  const given = {scheme: 'standard', secret: env.WHSEC, headers: request!.headers, body: request!.body} as const
  expect(verify(given).valid).toBe(true)
})

test('a signature header of one’s own gives way to the one that fits, as NetBox does it', async () => {
  await using setting = await aSetting()
  const argv = ['sign', '--secret-env', 'SECRET', '--to', setting.url(), '--header', 'x-hook-signature: mine']
  expect(await setting.hookctl(argv, {env, stdin: '{}'})).toMatchObject({exitCode: 0})
  const [request] = await setting.receiver.received(1)
  expect(request!.headers.filter(([name]) => /^x-hook-signature$/i.test(name))).toHaveLength(1)
  expect(verify({scheme: 'netbox', secret: env.SECRET, headers: request!.headers, body: request!.body}).valid).toBe(
    true,
  )
})

test('sign --to ends with 7 where the receiver does not take it, or nobody is there', async () => {
  await using setting = await aSetting()
  setting.receiver.next(answers.status(401, {body: 'bad signature'}))
  const argv = ['sign', '--secret-env', 'SECRET', '--to']
  const refused = await setting.hookctl([...argv, setting.url()], {env, stdin: '{}'})
  expect(refused.exitCode).toBe(7)
  expect(refused.stdout).toContain('bad signature')
  expect(refused.stdout).toMatch(/^error\tthe receiver answered 401\nhint\t.*check headers and secret on both sides$/m)
  await setting.receiver.close()
  const nobody = await setting.hookctl([...argv, setting.url(), '--json'], {env, stdin: '{}'})
  expect(nobody.exitCode).toBe(7)
  expect(nobody.json()).toMatchObject({
    ...{success: false, status: null, errorClass: 'refused'},
    hint: expect.stringContaining('check that the receiver runs'),
  })
})

test('a receiver that says it is gone for good pauses nothing where there is no webhook', async () => {
  await using setting = await aSetting()
  setting.receiver.next(answers.status(410))
  const argv = ['sign', '--secret-env', 'SECRET', '--to', setting.url(), '--json']
  const gone = await setting.hookctl(argv, {env, stdin: '{}'})
  expect([gone.exitCode, gone.json()]).toMatchObject([7, {errorClass: 'gone', hint: null}])
  const taken = await setting.hookctl(argv, {env, stdin: '{}'})
  expect([taken.exitCode, taken.json()]).toMatchObject([0, {errorClass: null, error: null, hint: null}])
})

test('sign --to keeps to the target policy of this machine, and dials nothing that it denies', async () => {
  await using setting = await aSetting()
  await setting.hookctl(['config', 'set', 'targets.policy', 'public'])
  const argv = ['sign', '--secret-env', 'SECRET', '--to', setting.url(), '--json']
  const denied = await setting.hookctl(argv, {env, stdin: '{}'})
  expect(denied.exitCode).toBe(7)
  expect(denied.json()).toMatchObject({status: null, errorClass: 'target_denied'})
  expect(setting.receiver.connections.opened).toBe(0)
})

test('sign --to signs as a stored webhook would', async () => {
  await using setting = await aSetting()
  const made = ['webhook', 'create', '--name', 'ops', '--platform', 'netbox', '--event', '*', '--url', setting.url()]
  expect(await setting.hookctl([...made, '--secret-env', 'SECRET'], {env})).toMatchObject({exitCode: 0})
  const sent = await setting.hookctl(['sign', '--webhook', 'ops', '--to', setting.url()], {stdin: '{"a":1}'})
  expect(sent).toMatchObject({exitCode: 0})
  const [request] = await setting.receiver.received(1)
  expect(verify({scheme: 'netbox', secret: env.SECRET, headers: request!.headers, body: request!.body}).valid).toBe(
    true,
  )
})

test('a --to that is no URL is told before a secret is asked for or read', async () => {
  await using setting = await aSetting()
  const refused = await setting.hookctl(['sign', '--secret-file', 'nowhere', '--to', 'ftp://x'], {stdin: '{}'})
  expect(refused).toMatchObject({exitCode: 2, stderr: expect.stringContaining('a URL begins with https:// or http://')})
})

test.each([
  [['--to', 'ftp://x'], 'a URL begins with https:// or http://'],
  [['--to', 'http://127.0.0.1:9/', '--curl', 'http://127.0.0.1:9/'], 'cannot be used together|--curl'],
  [['--method', 'PUT'], '--method also needs --to'],
  [['--to', 'http://127.0.0.1:45990/', '--header', 'nothing'], 'has no name and colon'],
])('sign %j is refused by name', async (flags, message) => {
  await using setting = await aSetting()
  const refused = await setting.hookctl(['sign', '--secret-env', 'SECRET', ...flags], {env, stdin: '{}'})
  expect(refused).toMatchObject({exitCode: 2, stdout: '', stderr: expect.stringMatching(new RegExp(message))})
})
