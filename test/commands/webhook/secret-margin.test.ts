import {createHmac} from 'node:crypto'
import {expect, test} from 'vitest'
import {aSetting} from '../../harness/setting.ts'

const margin = ' \ts3cr3t within \n'
const trimmed = 's3cr3t within'

test.each([
  ['webhook', 'create', '--name', 'ops', '--platform', 'catalyst', '--allow-http', '--event', 'node.*'],
  ['webhook', 'rotate-secret', 'ops', '--grace', '0s'],
])('NBX-03: white space around a secret is left out at input, and stderr says so: %s %s', async (...words) => {
  await using setting = await aSetting()
  const isNew = words[1] === 'create'
  if (!isNew) await setting.webhook('ops')
  const argv = [...words, ...(isNew ? ['--url', setting.url()] : []), '--secret-env', 'S']
  const made = await setting.hookctl(argv, {env: {S: margin}})
  expect([made.exitCode, made.stderr]).toEqual([0, expect.stringContaining('white space around the secret')])
  expect(made.stderr).not.toContain('s3cr3t')
  await setting.json('event', 'send', 'node.added', '--example', '--wait')
  const [request] = setting.receiver.requests
  const digest = createHmac('sha512', trimmed).update(request!.body).digest('hex')
  expect(request!.header('x-hook-signature')).toBe(digest)
})

test('V15: a secret file that ends with a line feed is taken without it, by the command that rotates too', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const argv = ['webhook', 'rotate-secret', 'ops', '--secret-file', '-']
  const made = await setting.hookctl(argv, {stdin: 's3cr3t\n'})
  expect([made.exitCode, made.stderr]).toEqual([0, expect.stringContaining('the LF at the end of stdin')])
})

test('NBX-03: a secret is signed and verified with as it is, white space and all', async () => {
  await using setting = await aSetting()
  const env = {S: margin}
  const body = {stdin: '{}'}
  const signed = await setting.hookctl(['sign', '--scheme', 'netbox', '--secret-env', 'S', '--json'], {env, ...body})
  expect(signed.stdout).toContain(createHmac('sha512', margin).update('{}').digest('hex'))
  const header = `X-Hook-Signature: ${createHmac('sha512', trimmed).update('{}').digest('hex')}`
  const verify = ['verify', '--scheme', 'netbox', '--secret-env', 'S', '--header', header]
  expect((await setting.hookctl(verify, {env, ...body})).exitCode).toBe(7)
})
