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
