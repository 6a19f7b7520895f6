import {expect, test} from 'vitest'
import {answers} from '../../harness/receiver.ts'
import {serving} from '../../harness/serving.ts'
import {aSetting, type Row, type Setting} from '../../harness/setting.ts'

/** Three events that one webhook refused, and a webhook that took them. */
async function threeFailures(setting: Setting): Promise<void> {
  await setting.webhook('bad', '--url', setting.url('/bad'), '--retry', 'manual')
  await setting.webhook('good', '--url', setting.url('/good'))
  refusing(setting, 500)
  for (const name of ['a', 'b', 'c']) await setting.json('event', 'send', 'node.added', '--data', `{"name":"${name}"}`)
}

function refusing(setting: Setting, status: number): void {
  setting.receiver.otherwise((socket, request, stopped) =>
    answers.status(request.path === '/bad' ? status : 204)(socket, request, stopped),
  )
}

const names = (setting: Setting, path: string) =>
  setting.receiver.requests.filter(request => request.path === path).map(({body}) => JSON.parse(String(body)).data.name)

test('--dry-run counts, per webhook and with the oldest and the newest, and sends nothing', async () => {
  await using setting = await aSetting()
  await threeFailures(setting)
  const sent = setting.receiver.requests.length
  expect(await setting.json('delivery', 'replay', '--failed', '--dry-run')).toMatchObject({
    count: 3,
    webhooks: [{webhook: 'bad', count: 3}],
    leftOut: {notOver: 0},
  })
  expect(await setting.json('delivery', 'replay', '--failed', '--where', 'data.name=b', '--dry-run')).toMatchObject({
    count: 1,
  })
  expect(await setting.json('delivery', 'replay', '--all', '--dry-run')).toMatchObject({count: 6, matched: 6})
  const text = await setting.hookctl(['delivery', 'replay', '--failed', '--dry-run'])
  expect(text.stdout).toMatch(/^count\t3\n[\s\S]*\nWebhooks\nbad\t3\t2/)
  expect(setting.receiver.requests).toHaveLength(sent)
})

test('off a terminal many need the number they are, which is asked for on one', async () => {
  await using setting = await aSetting()
  await threeFailures(setting)
  const sent = setting.receiver.requests.length
  const unconfirmed = await setting.hookctl(['delivery', 'replay', '--failed', '--json'])
  expect(unconfirmed).toMatchObject({exitCode: 2, stdout: ''})
  expect(unconfirmed.error()).toMatchObject({code: 'not_confirmed', hint: expect.stringContaining('--confirm 3')})
  const wrong = await setting.hookctl(['delivery', 'replay', '--failed', '--confirm', '2', '--json'])
  expect([wrong.exitCode, wrong.error().code]).toEqual([4, 'count_changed'])
  expect(setting.receiver.requests).toHaveLength(sent)
  expect(await setting.rows('replay', 'list')).toEqual([])
})

test('what failed is sent again once, in its order, with a record that stays', async () => {
  await using setting = await aSetting()
  await threeFailures(setting)
  refusing(setting, 204)
  const result = await setting.hookctl(['delivery', 'replay', '--failed', '--confirm', '3', '--rate', '50/s', '--wait'])
  expect(result.stdout).toMatch(/^replay rpl_[0-9a-f]{32} is done: 3 of 3 delivered\n$/)
  expect(result.exitCode).toBe(0)
  expect(names(setting, '/bad')).toEqual(['a', 'b', 'c', 'a', 'b', 'c'])
  const [replay] = await setting.rows('replay', 'list')
  expect(replay).toMatchObject({state: 'done', total: 3, delivered: 3, ratePerSecond: 50})
  const made = await setting.rows('delivery', 'list', '--replay', replay?.id)
  expect(made.map(({trigger, state, webhook}) => `${webhook} ${trigger} ${state}`)).toEqual(
    Array(3).fill('bad replay delivered'),
  )
  expect(made.every(({replayOf}) => replayOf !== null)).toBe(true)
  expect(await setting.json('delivery', 'replay', '--failed', '--dry-run')).toMatchObject({count: 0})
  const nothing = await setting.hookctl(['delivery', 'replay', '--failed'])
  expect(nothing).toMatchObject({exitCode: 0, stdout: 'nothing to send again\n'})
})

test('--wait ends with 7 when one was not delivered and with 8 when the time was up', async () => {
  await using setting = await aSetting()
  await threeFailures(setting)
  const refused = await setting.hookctl([
    'delivery',
    'replay',
    '--failed',
    '--confirm',
    '3',
    '--rate',
    'unlimited',
    '--wait',
  ])
  expect(refused).toMatchObject({exitCode: 7, stdout: expect.stringContaining('0 of 3 delivered, 3 failed')})
  const late = await setting.hookctl([
    'delivery',
    'replay',
    '--failed',
    '--confirm',
    '3',
    '--rate',
    '1/h',
    '--wait',
    '--timeout',
    '300ms',
  ])
  expect(late).toMatchObject({exitCode: 8, stdout: expect.stringContaining('the time was up')})
})

test('Ctrl-C pauses what this command sends, and resume goes on where it was', async () => {
  await using setting = await aSetting()
  await threeFailures(setting)
  let interrupt = () => {}
  setting.receiver.otherwise((socket, request, stopped) => {
    interrupt()
    return answers.status(204)(socket, request, stopped)
  })
  const argv = ['delivery', 'replay', '--failed', '--confirm', '3', '--rate', '60/m']
  const stopped = await setting.hookctl(argv, {
    signals: emitter => {
      interrupt = () => emitter.emit('SIGINT')
    },
  })
  interrupt = () => {}
  expect(stopped.exitCode).toBe(130)
  expect(stopped.stdout).toMatch(/^replay rpl_\w+ is paused: /)
  const [paused] = await setting.rows<Row>('replay', 'list')
  expect(paused).toMatchObject({state: 'paused', total: 3})
  const resumed = await setting.hookctl(['replay', 'resume', paused?.id, '--wait'])
  expect(resumed).toMatchObject({exitCode: 0, stdout: expect.stringContaining('3 of 3 delivered')})
  expect(names(setting, '/bad')).toEqual(['a', 'b', 'c', 'a', 'b', 'c'])
})

test('a server works a replay off by itself; it can be followed, paused and cancelled', async () => {
  await using setting = await aSetting()
  await threeFailures(setting)
  refusing(setting, 204)
  await using _ = await serving(setting)
  const slow = await setting.json('delivery', 'replay', '--failed', '--confirm', '3', '--rate', '1/h')
  expect(slow).toMatchObject({state: 'running', total: 3})
  expect(await setting.json('replay', 'pause', slow.id)).toMatchObject({state: 'paused'})
  expect(await setting.json('replay', 'cancel', slow.id, '--yes')).toMatchObject({state: 'cancelled', waiting: 0})
  const left = (await setting.json('delivery', 'replay', '--failed', '--dry-run')).count
  const argv = ['delivery', 'replay', '--failed', '--confirm', String(left), '--rate', 'unlimited']
  const {id} = await setting.json(...argv)
  const followed = await setting.hookctl(['replay', 'show', id, '--wait'])
  expect(followed).toMatchObject({exitCode: 0, stdout: expect.stringContaining(`${left} of ${left} delivered`)})
})

test('a replay of which nothing is left cannot be cancelled and stays done; one with a retry to come can', async () => {
  await using setting = await aSetting()
  await threeFailures(setting)
  const replay = ['delivery', 'replay', '--failed', '--rate', 'unlimited']
  await setting.json('webhook', 'edit', 'bad', '--retry', '1h')
  const open = await setting.json(...replay, '--confirm', '3')
  expect(open).toMatchObject({state: 'done', unfinished: 3})
  expect(await setting.json('replay', 'cancel', open.id, '--yes')).toMatchObject({state: 'cancelled', cancelled: 3})
  refusing(setting, 204)
  const over = await setting.json(...replay, '--confirm', '3', '--wait')
  const refused = await setting.hookctl(['replay', 'cancel', over.id, '--yes', '--json'])
  expect(refused).toMatchObject({exitCode: 4, stdout: ''})
  expect(refused.error().code).toBe('replay_over')
  expect(await setting.json('replay', 'show', over.id)).toMatchObject({state: 'done', delivered: 3})
})

test('a replay that nobody would go on with once the time is up is paused, and resume is named', async () => {
  await using setting = await aSetting()
  await threeFailures(setting)
  const argv = ['delivery', 'replay', '--failed', '--confirm', '3', '--rate', '1/h', '--wait', '--timeout', '200ms']
  const late = await setting.hookctl(argv, {tty: {stderr: true}})
  expect(late.exitCode).toBe(8)
  const [replay] = await setting.rows('replay', 'list')
  expect(replay).toMatchObject({state: 'paused', total: 3})
  expect(late.stdout).toMatch(/^replay rpl_\w+ is paused, the time was up: /)
  expect(late.stderr).toContain(`next: hookctl replay resume ${replay?.id}\n`)
})

test('a replay that a server sends goes on when the time is up', async () => {
  await using setting = await aSetting()
  await threeFailures(setting)
  await using _ = await serving(setting)
  const argv = ['delivery', 'replay', '--failed', '--confirm', '3', '--rate', '1/h', '--wait', '--timeout', '200ms']
  const late = await setting.hookctl(argv, {tty: {stderr: true}})
  expect(late.exitCode).toBe(8)
  const [replay] = await setting.rows('replay', 'list')
  expect(replay).toMatchObject({state: 'running', total: 3})
  expect(late.stdout).toContain('is not over, the time was up: ')
  expect(late.stderr).toContain(`next: hookctl replay show ${replay?.id} --wait\n`)
})

test('--missing sends what a webhook that is newer than the events never got, and --to somewhere else', async () => {
  await using setting = await aSetting()
  await threeFailures(setting)
  await setting.webhook('newer', '--url', setting.url('/newer'))
  await setting.json('delivery', 'replay', '--missing', '--confirm', '3', '--rate', 'unlimited', '--wait')
  expect(names(setting, '/newer')).toEqual(['a', 'b', 'c'])
  expect(await setting.json('delivery', 'replay', '--missing', '--dry-run')).toMatchObject({count: 0})
  await setting.json(
    'delivery',
    'replay',
    '--failed',
    '--confirm',
    '3',
    '--to',
    setting.url('/else'),
    '--rate',
    'unlimited',
    '--wait',
  )
  expect(names(setting, '/else')).toEqual(['a', 'b', 'c'])
  expect(await setting.json('delivery', 'replay', '--failed', '--dry-run')).toMatchObject({count: 3})
})

test.each([
  [[], 'missing_argument', 2],
  [['--failed', '--all'], 'conflicting_flags', 2],
  [['dlv_0', '--failed'], 'conflicting_flags', 2],
  [['dlv_0', '--dry-run'], 'conflicting_flags', 2],
  [['dlv_0', '--webhook', 'bad'], 'filter_not_taken', 2],
  [['--failed', '--state', 'failed'], 'filter_not_taken', 2],
  [['--missing', '--status', '4xx'], 'filter_not_taken', 2],
  [['--failed', '--rate', 'fast'], 'bad_rate', 2],
  [['--failed', '--confirm', '-1'], 'invalid_number', 2],
  [['--failed', '--where', 'x'], 'bad_comparison', 2],
  [['--failed', '--to', 'nonsense', '--dry-run'], 'bad_scheme', 2],
  [['--failed', '--webhook', 'nope', '--dry-run'], 'webhook_not_found', 3],
])('delivery replay %j is refused and nothing is sent', async (argv, code, exitCode) => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['delivery', 'replay', ...argv, '--json'])
  expect(result).toMatchObject({exitCode, stdout: ''})
  expect(result.error().code).toBe(code)
  expect(setting.receiver.requests).toHaveLength(0)
})
