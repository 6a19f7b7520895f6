import {expect, test} from 'vitest'
import {aSetting} from '../../harness/setting.ts'

test('ENT-18: a webhook is switched off without being deleted, and on again', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  expect((await setting.hookctl(['webhook', 'disable', 'ops'])).stdout).toBe('ops is off\n')
  expect((await setting.hookctl(['webhook', 'list', '--fields', 'name,state'])).stdout).toBe('ops\tinactive\n')
  await setting.json('event', 'send', 'node.added', '--example')
  expect(setting.receiver.requests).toHaveLength(0)
  expect((await setting.hookctl(['webhook', 'enable', 'ops'])).stdout).toBe('ops is on\n')
  await setting.json('event', 'send', 'node.added', '--example')
  expect(setting.receiver.requests).toHaveLength(1)
})

test('what was held while it was off is due when it is on again, and worker run sends it', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops', '--when-off', 'hold')
  await setting.json('webhook', 'disable', 'ops')
  await setting.json('event', 'send', 'node.added', '--example')
  expect(await setting.rows('delivery', 'list', '--state', 'held')).toHaveLength(1)
  const enabled = await setting.hookctl(['webhook', 'enable', 'ops'])
  expect(enabled.stdout).toBe('ops is on; 1 held delivery is due now\n')
  expect((await setting.hookctl(['worker', 'run', '--drain'])).exitCode).toBe(0)
  expect(setting.receiver.requests).toHaveLength(1)
})

test.each(['enable', 'disable'])('%s of a webhook that is not there is not found', async verb => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['webhook', verb, 'nope', '--json'])
  expect(result).toMatchObject({exitCode: 3, stdout: ''})
  expect(result.error().code).toBe('webhook_not_found')
})
