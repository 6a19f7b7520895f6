import {expect, test} from 'vitest'
import {answers} from '../harness/receiver.ts'
import {aSetting, type Row} from '../harness/setting.ts'

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
  expect((await setting.hookctl(['status', '--json'])).json()).toMatchObject({
    deliveries: {unfinished: 1, delivered: 1},
    webhooks: {total: 1},
    store: {diskFreeBytes: expect.any(Number)},
  })
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

test('exit 7 when it is not well, with every reason and what to do; 0 when it is again', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops', '--retry', '10m')
  expect((await setting.hookctl(['status'])).exitCode).toBe(0)
  setting.receiver.next(answers.status(500))
  await setting.json('event', 'send', 'node.added', '--example')
  const waiting = await setting.hookctl(['status', '--json'])
  expect([waiting.exitCode, waiting.json<Row>()]).toMatchObject([
    7,
    {healthy: false, reasons: [{code: 'nobody_sends', explanation: 'no process sends, 1 delivery waits'}]},
  ])
  await setting.json('worker', 'disable')
  const piped = await setting.hookctl(['status'])
  expect(piped).toMatchObject({exitCode: 7, stdout: expect.stringMatching(/^healthy\tno\nreasons\tworker_inactive\n/)})
  const seen = await setting.hookctl(['status'], {tty: true, env: {NO_COLOR: '1'}})
  expect(seen.stdout).toMatch(
    /\nWhat is wrong\nsending is switched off, 1 delivery waits\n {2}→ hookctl worker enable\n$/,
  )
  await setting.json('worker', 'enable')
  const [pending] = await setting.rows('delivery', 'list', '--state', 'pending')
  await setting.json('delivery', 'cancel', pending?.id, '--yes')
  expect(await setting.hookctl(['status', '-o', 'compact'])).toMatchObject({exitCode: 0})
})

test('a webhook that fails makes it unwell until it delivers again; what was given up on the way stays out of it', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops', '--retry', 'manual')
  setting.receiver.next(...Array.from({length: 5}, () => answers.status(500)))
  for (const _ of [1, 2, 3, 4, 5]) await setting.json('event', 'send', 'node.added', '--example')
  const status = await setting.hookctl(['status', '--json'])
  expect([status.exitCode, status.json<Row>().reasons]).toMatchObject([
    7,
    [{code: 'webhook_failing', explanation: 'webhook ops fails for less than 1m: 5 attempts in a row'}],
  ])
  const [failed] = await setting.rows('delivery', 'list', '--state', 'failed', '--limit', '1')
  expect((await setting.hookctl(['delivery', 'replay', failed?.id, '--wait'])).exitCode).toBe(0)
  expect((await setting.hookctl(['status'])).exitCode).toBe(0)
})

test('--watch gives a line each time off a terminal, and ends with what it saw last', async () => {
  await using setting = await aSetting()
  await setting.json('worker', 'disable')
  const lines = await setting.hookctl(['status', '--watch', '--every', '1ms', '--count', '3'])
  expect(lines).toMatchObject({exitCode: 7, stderr: ''})
  expect(lines.stdout).toMatch(
    /^(?:\S+Z failed worker=inactive unfinished=0 delivered=0 failed=0 failing=0 worker_inactive\n){3}$/,
  )
  const json = await setting.hookctl(['status', '--watch', '--every', '1ms', '--count', '2', '--json'])
  expect(
    json.stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line)),
  ).toMatchObject([{healthy: false}, {healthy: false}])
})

test('--watch on a terminal draws on its second page and gives the first one back', async () => {
  await using setting = await aSetting()
  const watch = ['status', '--watch', '--every', '1ms', '--count', '2']
  const {stdout, exitCode} = await setting.hookctl(watch, {tty: true, columns: 60, env: {NO_COLOR: '1'}})
  expect(exitCode).toBe(0)
  const [before, ...drawn] = stdout.split('\u001b[H')
  expect([before, drawn.length]).toEqual(['\u001b[?1049h\u001b[?25l', 2])
  expect(drawn[0]).toMatch(/^hookctl status {2}[\d:.]+ {2}Ctrl-C ends/)
  expect(drawn.at(-1)).toMatch(/\u001b\[J\u001b\[\?25h\u001b\[\?1049l$/)
  expect(
    Math.max(
      ...stdout
        .replace(/\u001b\[[?\d]*[a-zA-Z]/g, '')
        .split('\r\n')
        .map(line => line.length),
    ),
  ).toBeLessThanOrEqual(60)
})

test.each([[['--every', '5s']], [['--count', '1']]])('status %j without --watch is a usage error', async flags => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['status', '--json', ...flags])
  expect([result.exitCode, result.error().hint ?? result.error().message]).toEqual([
    2,
    expect.stringMatching(/watch|help/),
  ])
})
