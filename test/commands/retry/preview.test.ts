import {expect, test} from 'vitest'
import {answers} from '../../harness/receiver.ts'
import {aSetting} from '../../harness/setting.ts'

test('ENT-19: every attempt of a platform with its time, and when it is given up', async () => {
  await using setting = await aSetting()
  const argv = ['retry', 'preview', '--platform', 'entrypoint', '--at', '2026-07-03T12:00:00Z']
  const {attempts, givesUp} = await setting.json(...argv)
  expect(attempts.map(({at}: {at: string}) => at.slice(11, 19))).toEqual([
    '12:00:00',
    '12:02:00',
    '12:06:00',
    '12:14:00',
    '12:30:00',
    '13:02:00',
  ])
  expect(givesUp).toEqual({after: 6, at: '2026-07-03T13:02:00Z', latest: '2026-07-03T13:02:00Z'})
  const {stdout} = await setting.hookctl(argv)
  expect(stdout).toContain('\n3\t2026-07-03T12:06:00Z\t4m\t\n')
})

test('a webhook has its own plan, and --retry tries another one on it', async () => {
  await using setting = await aSetting()
  await setting.webhook('one', '--retry', '1m,5m')
  expect(await setting.json('retry', 'preview', 'one')).toMatchObject({of: 'webhook one', givesUp: {after: 3}})
  const other = await setting.json('retry', 'preview', 'one', '--retry', 'until-success:5m', '--limit', '2')
  expect(other).toMatchObject({givesUp: null, attempts: [{attempt: 1}, {attempt: 2, delayMs: 300_000}]})
  expect(other.notes[0]).toContain('--limit')
})

test('a delivery that waits is planned from its next attempt on; one that is over is not', async () => {
  await using setting = await aSetting()
  await setting.webhook('one', '--retry', '1h,2h,3h')
  setting.receiver.next(answers.status(503))
  const {deliveries} = await setting.json('event', 'send', 'node.added', '--example')
  const {id, dueAt} = deliveries[0]
  const {attempts} = await setting.json('retry', 'preview', id)
  expect(attempts.map(({attempt, delayMs}: Record<string, number>) => [attempt, delayMs])).toEqual([
    [2, null],
    [3, 2 * 3_600_000],
    [4, 3 * 3_600_000],
  ])
  expect(Date.parse(attempts[0].at)).toBe(Date.parse(dueAt))
  await setting.json('delivery', 'cancel', id, '--yes')
  const over = await setting.hookctl(['retry', 'preview', id, '--json'])
  expect([over.exitCode, over.error().code]).toEqual([4, 'delivery_over'])
})

test.each([
  [[], 'missing_value', 2],
  [['--retry', 'soon'], 'invalid_retry', 2],
  [['--retry', 'exponential:10s,attempts=1000000000'], 'invalid_input', 2],
  [['--platform', 'netbx'], 'unknown_platform', 2],
  [['nobody'], 'webhook_not_found', 3],
  [['dlv_0'], 'delivery_not_found', 3],
])('retry preview %j is refused by name', async (argv, code, exitCode) => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['retry', 'preview', ...argv, '--json'])
  expect(result).toMatchObject({exitCode, stdout: ''})
  expect(result.error()).toMatchObject({code})
})

test('what leads to a webhook says that its name is wanted', async () => {
  await using setting = await aSetting()
  const {stdout} = await setting.hookctl(['retry', 'preview', '--retry', 'until-success:5m', '--limit', '8'])
  expect(stdout).toContain('hookctl webhook show NAME')
})
