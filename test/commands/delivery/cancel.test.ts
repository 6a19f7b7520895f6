import {expect, test} from 'vitest'
import {answers} from '../../harness/receiver.ts'
import {aSetting, type Setting} from '../../harness/setting.ts'

async function aPending(setting: Setting): Promise<string> {
  await setting.webhook('ops', '--retry', '10m')
  setting.receiver.next(answers.status(500))
  return (await setting.json('event', 'send', 'node.added', '--example')).deliveries[0].id
}

test('a delivery that is not over is stopped; its record stays', async () => {
  await using setting = await aSetting()
  const id = await aPending(setting)
  expect(await setting.json('delivery', 'cancel', id, '--yes')).toMatchObject({
    id,
    state: 'cancelled',
    reason: 'cancelled',
  })
  expect((await setting.hookctl(['worker', 'run', '--drain'])).exitCode).toBe(0)
  expect(setting.receiver.requests).toHaveLength(1)
  const again = await setting.hookctl(['delivery', 'cancel', id, '--yes', '--json'])
  expect(again).toMatchObject({exitCode: 4, stdout: ''})
  expect(again.error().code).toBe('delivery_over')
})

test('off a terminal it needs --yes; on one it asks', async () => {
  await using setting = await aSetting()
  const id = await aPending(setting)
  const refused = await setting.hookctl(['delivery', 'cancel', id])
  expect(refused).toMatchObject({exitCode: 2, stdout: ''})
  expect(refused.stderr).toMatch(/next: add --yes/)
  const asked = await setting.hookctl(['delivery', 'cancel', id], {tty: true, answers: [[/cancel delivery/, 'y\r']]})
  expect(asked.exitCode).toBe(0)
  expect((await setting.hookctl(['delivery', 'cancel', 'dlv_0', '--yes'])).exitCode).toBe(3)
})
