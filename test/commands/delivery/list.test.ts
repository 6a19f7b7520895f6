import {expect, test} from 'vitest'
import {answers} from '../../harness/receiver.ts'
import {aSetting} from '../../harness/setting.ts'

test('NBX-15: finished and failed deliveries are listed, restricted by every filter', async () => {
  await using setting = await aSetting()
  await setting.webhook('good', '--url', setting.url('/good'))
  await setting.webhook('bad', '--url', setting.url('/bad'), '--retry', 'manual', '--event', '*')
  setting.receiver.otherwise((socket, request, stopped) =>
    answers.status(request.path === '/bad' ? 404 : 200)(socket, request, stopped),
  )
  const {id: event} = await setting.json('event', 'send', 'node.added', '--example')
  await setting.json('event', 'send', 'group.created', '--example')
  const found = async (...flags: string[]) =>
    (await setting.rows('delivery', 'list', ...flags)).map(({webhook, eventType}) => `${webhook} ${eventType}`)
  expect(await found()).toEqual(expect.arrayContaining(['bad group.created', 'bad node.added', 'good node.added']))
  expect(await found('--state', 'delivered')).toEqual(['good node.added'])
  expect(await found('--state', 'failed,held')).toEqual(['bad group.created', 'bad node.added'])
  expect(await found('--status', '404')).toEqual(['bad group.created', 'bad node.added'])
  expect(await found('--status', '4xx', '--event', 'node.*')).toEqual(['bad node.added'])
  expect(await found('--class', 'status')).toHaveLength(2)
  expect(await found('--webhook', 'good')).toEqual(['good node.added'])
  expect((await found('--event-id', event)).toSorted()).toEqual(['bad node.added', 'good node.added'])
  expect(await found('--trigger', 'replay')).toEqual([])
  expect(await found('--since', '1h')).toHaveLength(3)
  expect(await found('--until', '1h')).toEqual([])
  expect((await setting.hookctl(['delivery', 'list', '--state', 'failed', '-q'])).stdout).toMatch(
    /^dlv_[0-9a-f]{32}\ndlv_[0-9a-f]{32}\n$/,
  )
})

test.each([
  [['--state', 'faild'], 'invalid_value', 2, /did you mean: failed/],
  [['--state', 'failed,nope'], 'invalid_value', 2, /./],
  [['--status', '4x'], 'invalid_input', 2, /./],
  [['--class', 'timout'], 'invalid_value', 2, /did you mean: timeout/],
  [['--webhook', 'nope'], 'webhook_not_found', 3, /webhook list/],
  [['--event', 'no de'], 'bad_event_type', 2, /./],
  [['--since', 'last week'], 'invalid_time', 2, /2h/],
  [['--until', '2026-01-01T00:00:00'], 'invalid_time', 2, /2h/],
  [['--cursor', 'x', '--all'], 'conflicting_flags', 2, /./],
])('delivery list %j is refused by name', async (flags, code, exitCode, hint) => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['delivery', 'list', '--json', ...flags])
  expect(result).toMatchObject({exitCode, stdout: ''})
  expect(result.error().code).toBe(code)
  expect(result.error().hint ?? '.').toMatch(hint)
})
