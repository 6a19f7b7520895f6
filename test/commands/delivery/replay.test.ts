import {expect, test} from 'vitest'
import {answers} from '../../harness/receiver.ts'
import {aSetting, type Row, type Setting} from '../../harness/setting.ts'

/** A delivery that was refused once and is given up. */
async function aFailure(setting: Setting, retry = 'manual'): Promise<string> {
  await setting.webhook('ops', '--retry', retry)
  setting.receiver.next(answers.status(500))
  return (await setting.json('event', 'send', 'node.added', '--example')).deliveries[0].id
}

test('NBX-14: a failed delivery is sent again by hand: same bytes, same event, a record of its own', async () => {
  await using setting = await aSetting()
  const id = await aFailure(setting)
  const result = await setting.hookctl(['delivery', 'replay', id])
  expect(result).toMatchObject({exitCode: 0, stderr: 'replayed 1, delivered 1\n'})
  expect(result.stdout).toMatch(/^dlv_[0-9a-f]{32}\tdelivered\tops\t/)
  const [first, second] = setting.receiver.requests
  expect(second?.body).toEqual(first?.body)
  expect(second?.header('x-hook-event-id')).toBe(first?.header('x-hook-event-id'))
  expect(second?.header('x-hook-delivery')).not.toBe(first?.header('x-hook-delivery'))
  const [replay, original] = await setting.rows('delivery', 'list')
  expect([replay?.replayOf, original?.id, original?.state]).toEqual([id, id, 'failed'])
})

test('several at once, from the list through xargs', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops', '--retry', 'manual')
  setting.receiver.next(answers.status(500), answers.status(500))
  for (const _ of [1, 2]) await setting.json('event', 'send', 'node.added', '--example')
  const ids = (await setting.hookctl(['delivery', 'list', '--state', 'failed', '-q'])).stdout.trim().split('\n')
  const result = await setting.hookctl(['delivery', 'replay', ...ids, '--wait', '--json'])
  expect(result.exitCode).toBe(0)
  expect(result.json<Row>().data).toMatchObject([{state: 'delivered'}, {state: 'delivered'}])
})

test('--to sends to another URL; --wait exits 7 when it is refused again and 8 when the time is up', async () => {
  await using setting = await aSetting()
  const id = await aFailure(setting)
  await setting.json('delivery', 'replay', id, '--to', setting.url('/elsewhere'))
  expect(setting.receiver.requests.at(-1)?.path).toBe('/elsewhere')
  setting.receiver.next(answers.status(500))
  expect((await setting.hookctl(['delivery', 'replay', id, '--wait'])).exitCode).toBe(7)
  await setting.json('webhook', 'edit', 'ops', '--retry', '10m')
  setting.receiver.next(answers.status(500))
  const late = await setting.hookctl(['delivery', 'replay', id, '--wait', '--timeout', '300ms'])
  expect(late).toMatchObject({exitCode: 8})
  expect(late.stderr).toContain('the time was up before all were over\n')
})

test('refused while an automatic retry is still to come, unless --now', async () => {
  await using setting = await aSetting()
  const id = await aFailure(setting, '10m')
  const refused = await setting.hookctl(['delivery', 'replay', id, '--json'])
  expect(refused).toMatchObject({exitCode: 4, stdout: ''})
  expect(refused.error()).toMatchObject({code: 'delivery_not_over', hint: expect.stringContaining('--now')})
  expect((await setting.hookctl(['delivery', 'replay', id, '--now'])).exitCode).toBe(0)
  expect(setting.receiver.requests).toHaveLength(2)
})

test.each([
  [[], 'missing_argument', 2],
  [['dlv_0'], 'delivery_not_found', 3],
  [['ID', 'dlv_0'], 'delivery_not_found', 3],
  [['ID', '--to', 'nonsense'], undefined, 2],
  [['ID', '--timeout', '-1s'], undefined, 2],
])('delivery replay %j is refused and nothing is sent', async (argv, code, exitCode) => {
  await using setting = await aSetting()
  const id = await aFailure(setting)
  const given = argv.map(word => (word === 'ID' ? id : word))
  const result = await setting.hookctl(['delivery', 'replay', ...given, '--json'])
  expect(result).toMatchObject({exitCode, stdout: ''})
  if (code !== undefined) expect(result.error().code).toBe(code)
  expect(setting.receiver.requests).toHaveLength(1)
})
