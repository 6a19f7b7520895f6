import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {aSetting} from '../harness/setting.ts'

const create = (...flags: readonly string[]) => [
  ...['webhook', 'create', '--name', 'x', '--platform', 'netbox', '--url', 'http://127.0.0.1:9000/in'],
  ...['--event', '*', ...flags],
]

test.each([
  [create('--request-timeout', '900w'), '--request-timeout: "900w" is not taken: at most 1h'],
  [create('--request-timeout', '0s'), '--request-timeout: "0s" is not taken: at least 1ms'],
  [create('--retry', '900w'), '--retry: "900w" is not taken: at most 365d'],
  [create('--pause-after', '5000d'), '--pause-after: "5000d" is not taken: at most 365d'],
  [
    create('--zone', 'foo'),
    '--zone: "foo" is not taken: a zone is an offset such as -05:30, or a name such as Europe/Berlin',
  ],
  [create('--batch-every', '1s'), '--batch-every: the platform has no batches: each event is sent by itself'],
  [create('--secret-file', 'long.txt'), '--secret-file: what long.txt holds is not taken: at most 255 characters'],
  [create('--secret-env', 'LONG'), '--secret-env: what LONG holds is not taken: at most 255 characters'],
  [create().with(3, '   '), '--name: "   " is not taken: at least 1 character'],
  [['token', 'create', 'ci', '--expires-in', '0s'], '--expires-in: "0s" is not taken: at least 1ms'],
  [['token', 'create', '   '], 'NAME: "   " is not taken: at least 1 character, visible characters and spaces only'],
  [
    'object apply --platform netbox --object-type dcim.site --object-id 1 --data []'.split(' '),
    '--data: the value is not taken: expected object',
  ],
])('hookctl %j is refused as it was typed', async (argv, message) => {
  await using setting = await aSetting()
  writeFileSync(path.join(setting.home.path, 'long.txt'), 's3cret'.repeat(60))
  const refused = await setting.hookctl(argv, {env: {LONG: 's3cret'.repeat(60)}})
  expect(refused).toMatchObject({exitCode: 2, stdout: ''})
  expect(refused.stderr.split('\n')[0]).toBe(`hookctl: ${message}`)
  expect(refused.stderr).not.toContain('s3cret')
  const {stderr} = await setting.hookctl([...argv, '--json'], {env: {LONG: 's3cret'.repeat(60)}})
  expect(JSON.parse(stderr.split('\n').find(line => line.startsWith('{')) ?? '').error.message).toBe(message)
})

test('what no word of the command line is to blame for is told by its place in the input', async () => {
  await using setting = await aSetting()
  const {stderr} = await setting.hookctl(['event', 'send', '--ndjson', '-'], {stdin: '{"type":7}\n'})
  expect(stderr).toMatch(/^hookctl: line 1 of stdin: type is 7: expected string/)
})
