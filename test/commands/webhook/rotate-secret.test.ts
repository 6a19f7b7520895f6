import {createHmac} from 'node:crypto'
import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {aSetting} from '../../harness/setting.ts'

test('NBX-03: the next delivery is signed with the new secret, which is shown once', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const {secret, secrets} = await setting.json('webhook', 'rotate-secret', 'ops')
  expect(secrets).toHaveLength(1)
  await setting.json('event', 'send', 'node.added', '--example', '--wait')
  const [request] = setting.receiver.requests
  const expected = createHmac('sha512', secret)
    .update(request?.body ?? '')
    .digest('hex')
  expect(request?.header('x-hook-signature')).toBe(expected)
})

test('with -q the new secret is told on stderr; one of your own is not', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const {id} = await setting.json('webhook', 'show', 'ops')
  const made = await setting.hookctl(['webhook', 'rotate-secret', 'ops', '-q'])
  expect(made).toMatchObject({exitCode: 0, stdout: `${id}\n`})
  expect(made.stderr).toMatch(/^secret, shown this once: [0-9a-f]{64}\n$/)
  const given = ['webhook', 'rotate-secret', 'ops', '-q', '--secret-env', 'S']
  expect(await setting.hookctl(given, {env: {S: 'canary-canary-canary'}})).toMatchObject({exitCode: 0, stderr: ''})
})

test('the secret of before stays live for the grace, or dies at once', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops', '--generate-secret')
  const kept = await setting.json('webhook', 'rotate-secret', 'ops', '--grace', '1h')
  expect(kept.secrets).toHaveLength(2)
  expect(kept.secrets[1].expiresAt).not.toBeNull()
  const alone = await setting.json('webhook', 'rotate-secret', 'ops', '--grace', '0s')
  expect(alone.secrets.filter(({expiresAt}: {expiresAt: string | null}) => expiresAt === null)).toHaveLength(1)
})

test('a secret of your own is taken from the environment and not printed', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const argv = ['webhook', 'rotate-secret', 'ops', '--secret-env', 'S', '--json']
  const result = await setting.hookctl(argv, {env: {S: 'canary-canary-canary'}})
  expect(result.exitCode).toBe(0)
  expect(result.stdout).not.toContain('canary')
  expect(result.json()).not.toHaveProperty('secret')
})

test('a secret file that an editor ended with a newline signs without it, and that is said', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  writeFileSync(path.join(setting.home.path, 'new-secret'), 'correct horse battery\n')
  const rotated = await setting.hookctl(['webhook', 'rotate-secret', 'ops', '--secret-file', 'new-secret'])
  expect(rotated.exitCode).toBe(0)
  expect(rotated.stderr).toBe('the LF at the end of new-secret was not taken as part of the secret\n')
  await setting.json('event', 'send', 'node.added', '--example', '--wait')
  const [request] = setting.receiver.requests
  const expected = createHmac('sha512', 'correct horse battery').update(request!.body).digest('hex')
  expect(request!.header('x-hook-signature')).toBe(expected)
})

test.each([
  [['webhook', 'rotate-secret', 'ops']],
  [['webhook', 'create', '--name', 'b', '--platform', 'catalyst', '--url', 'https://b.example/', '--event', '*']],
])('a secret that is no text is refused instead of signing with something else: %j', async argv => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const before = await setting.rows('webhook', 'list')
  writeFileSync(path.join(setting.home.path, 'bin'), Buffer.from([0xff, 0xfe, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85]))
  const refused = await setting.hookctl([...argv, '--secret-file', 'bin', '--json'])
  expect(refused).toMatchObject({exitCode: 2, stdout: ''})
  expect(refused.error()).toMatchObject({code: 'secret_not_text', message: 'the secret in bin is not UTF-8 text'})
  expect(await setting.rows('webhook', 'list')).toEqual(before)
})

test.each([
  [['ops', '--grace', 'long'], 2],
  [['ops', '--grace', '30d'], 2],
  [['ops', '--secret-file', 'a', '--generate-secret'], 3],
  [['unsigned'], 4],
  [['nope'], 3],
])('%j is refused, the secrets stay', async (argv, exitCode) => {
  await using setting = await aSetting()
  await setting.webhook('ops', '--generate-secret')
  await setting.webhook('unsigned', '--scheme', 'none')
  const before = await setting.json('webhook', 'show', 'ops')
  expect(await setting.hookctl(['webhook', 'rotate-secret', ...argv, '--json'])).toMatchObject({exitCode, stdout: ''})
  expect(await setting.json('webhook', 'show', 'ops')).toEqual(before)
})
