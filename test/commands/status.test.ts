import {expect, test} from 'vitest'
import {answers} from '../harness/receiver.ts'
import {aSetting} from '../harness/setting.ts'

test('worker, backlog and store at a glance; who answered is said on stderr', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops', '--retry', '10m')
  await setting.json('event', 'send', 'node.added', '--example')
  setting.receiver.next(answers.status(500))
  await setting.json('event', 'send', 'node.added', '--example')
  const result = await setting.hookctl(['status'])
  expect(result.stdout).toMatch(/^worker\tactivating$/m)
  expect(result.stdout).toMatch(/^unfinished\t1$/m)
  expect(result.stdout).toMatch(/^delivered\t1$/m)
  expect(result.stderr).toMatch(/^no server runs; answered from \S+hookctl\.db\n$/)
  expect(await setting.json('status')).toMatchObject({deliveries: {unfinished: 1, delivered: 1}, webhooks: {total: 1}})
})

test.each([
  [['--server', 'http://127.0.0.1:1'], 'server_unreachable', 6],
  [['--server', 'nonsense'], 'invalid_setting', 2],
  [['--store', 'nonsense:x'], 'unknown_store', 2],
  [['--organization', 'nope'], 'organization_not_found', 3],
])('status %j is refused by name', async (flags, code, exitCode) => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['status', '--json', ...flags])
  expect(result).toMatchObject({exitCode, stdout: ''})
  expect(result.error().code).toBe(code)
  expect(result.stderr).not.toContain('answered')
})
