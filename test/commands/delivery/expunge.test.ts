import {expect, test} from 'vitest'
import {answers} from '../../harness/receiver.ts'
import {aSetting, type Setting} from '../../harness/setting.ts'

async function aDelivered(setting: Setting) {
  await setting.webhook('ops')
  const {id, deliveries} = await setting.json('event', 'send', 'node.added', '--example')
  return {event: id as string, delivery: deliveries[0].id as string}
}

test('what a delivery carried is taken away for good, with who did it; all that shows it says so', async () => {
  await using setting = await aSetting()
  const {event, delivery} = await aDelivered(setting)
  const refused = await setting.hookctl(['delivery', 'expunge', delivery])
  expect(refused).toMatchObject({exitCode: 2, stderr: expect.stringContaining('--yes')})
  expect(await setting.json('delivery', 'expunge', delivery, '--yes')).toMatchObject({
    deliveries: [{id: delivery, state: 'delivered', contentGone: 'expunged'}],
    events: [event],
  })
  expect(await setting.json('delivery', 'show', delivery)).toMatchObject({
    body: null,
    contentGone: 'expunged',
    attempts: [{status: 204, requestHeaders: [], responseHeaders: []}],
  })
  expect((await setting.hookctl(['delivery', 'show', delivery])).stdout).toContain('taken away for good')
  expect((await setting.hookctl(['event', 'show', event])).stdout).toContain('taken away for good')
  const replay = await setting.hookctl(['delivery', 'replay', delivery])
  expect(replay).toMatchObject({exitCode: 4, stderr: expect.stringContaining('was taken away for good by a person')})
  const curl = await setting.hookctl(['delivery', 'curl', delivery])
  expect(curl).toMatchObject({exitCode: 4, stdout: '', stderr: expect.stringContaining('was taken away for good')})
  const why = await setting.hookctl(['event', 'why', event, 'ops'])
  expect(why).toMatchObject({exitCode: 4, stderr: expect.stringContaining('was taken away for good')})
  const [row] = await setting.rows('history', 'list', '--object-type', 'WebhookDelivery')
  expect(row).toMatchObject({change: 'changed', after: {content: 'expunged'}})
})

test('is refused while the delivery is still to be sent', async () => {
  await using setting = await aSetting()
  await setting.webhook('slow', '--retry', '10m')
  setting.receiver.next(answers.status(500))
  const {deliveries} = await setting.json('event', 'send', 'node.added', '--example')
  const result = await setting.hookctl(['delivery', 'expunge', deliveries[0].id, '--yes'])
  expect(result).toMatchObject({exitCode: 4, stderr: expect.stringContaining('hookctl delivery cancel')})
})

test('by a filter it is counted first, and the number is confirmed', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  await setting.webhook('other', '--event', 'group.*')
  for (let n = 0; n < 3; n++) await setting.json('event', 'send', 'node.added', '--example')
  const filter = ['delivery', 'expunge', '--webhook', 'ops']
  const dry = await setting.json(...filter, '--dry-run')
  expect(dry.deliveries).toHaveLength(3)
  const asked = await setting.hookctl(filter)
  expect(asked).toMatchObject({exitCode: 2, stderr: expect.stringContaining('--confirm 3')})
  const wrong = await setting.hookctl([...filter, '--confirm', '2'])
  expect(wrong).toMatchObject({exitCode: 4, stderr: expect.stringContaining('there are 3 deliveries, not 2')})
  expect((await setting.json(...filter, '--confirm', '3')).deliveries).toHaveLength(3)
  // What is gone already is not found again.
  expect((await setting.json(...filter, '--dry-run')).deliveries).toEqual([])
  for (const nothing of [
    ['delivery', 'expunge'],
    [...filter, 'dlv_0'],
  ]) {
    expect((await setting.hookctl(nothing)).exitCode).toBe(2)
  }
})
