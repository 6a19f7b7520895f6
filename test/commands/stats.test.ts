import {expect, test} from 'vitest'
import {answers} from '../harness/receiver.ts'
import {aSetting, type Row, type Setting} from '../harness/setting.ts'

/** Six attempts: `good` took both events, `bad` refused twice and took the third. */
async function someAttempts(setting: Setting): Promise<void> {
  await setting.webhook('good', '--url', setting.url('/good'), '--event', '*')
  await setting.webhook('bad', '--url', setting.url('/bad'), '--event', 'node.*', '--retry', 'manual')
  let refusals = 2
  setting.receiver.otherwise((socket, request, stopped) =>
    answers.status(request.path === '/bad' && refusals-- > 0 ? 503 : 200)(socket, request, stopped),
  )
  for (const type of ['node.added', 'node.removed', 'node.added', 'group.created']) {
    await setting.json('event', 'send', type, '--example')
  }
}

test('attempts, outcomes and latencies per webhook; programs get numbers', async () => {
  await using setting = await aSetting()
  await someAttempts(setting)
  const piped = await setting.hookctl(['stats'])
  expect(piped).toMatchObject({exitCode: 0, stderr: ''})
  expect(piped.stdout).toMatch(
    /^good\t4\t4\t0\t0\t100%\t[\d.]+ms\t[\d.]+ms\t[\d.]+ms\nbad\t3\t1\t2\t2\t33\.3%\t[\d.]+ms\t[\d.]+ms\t[\d.]+ms\n$/,
  )
  const answer = await setting.json('stats')
  expect(answer).toMatchObject({
    by: 'webhook',
    total: {attempts: 7, delivered: 5, failed: 2, givenUp: 2, latencyMs: {p99: expect.any(Number)}},
    groups: [{name: 'good'}, {name: 'bad', successRate: 0.3333}],
  })
  expect(answer.total.series.at(-1)).toMatchObject({attempts: 7})
})

test('by event, class, status or time, and of those attempts only that the filters want', async () => {
  await using setting = await aSetting()
  await someAttempts(setting)
  const told = async (...flags: string[]) => {
    const {stdout} = await setting.hookctl(['stats', '--fields', 'name,attempts,failed', ...flags])
    return stdout.trimEnd().split('\n').toSorted()
  }
  expect(await told('--by', 'event')).toEqual(['group.created\t1\t0', 'node.added\t4\t1', 'node.removed\t2\t1'])
  expect(await told('--by', 'class')).toEqual(['delivered\t5\t0', 'status\t2\t2'])
  expect(await told('--by', 'status', '--webhook', 'bad')).toEqual(['200\t1\t0', '503\t2\t2'])
  expect(await told('--event', 'group.*')).toEqual(['good\t1\t0'])
  expect(await told('--status', '5xx')).toEqual(['bad\t2\t2'])
  expect(await told('--class', 'status', '--by', 'event')).toEqual(['node.added\t1\t1', 'node.removed\t1\t1'])
  expect(await told('--trigger', 'replay')).toEqual([''])
  expect((await told('--by', 'time', '--since', '2h')).at(-1)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:00:00Z\t7\t2$/)
  const {stderr} = await setting.hookctl(['stats', '--limit', '1'])
  expect(stderr).toBe('1 more with fewer attempts: --limit 2\n')
})

test('on a terminal it is drawn: blocks where the locale is UTF-8, else ASCII, pictures only where there is room', async () => {
  await using setting = await aSetting()
  await someAttempts(setting)
  const drawn = async (LANG: string, columns: number) =>
    (await setting.hookctl(['stats'], {tty: true, columns, env: {LANG, NO_COLOR: '1'}})).stdout
  const wide = await drawn('C.UTF-8', 140)
  expect(wide).toMatch(/^attempts +7: 5 delivered, 2 failed, 2 deliveries given up$/m)
  expect(wide).toMatch(/^success +█{17}▏░{6} 71\.4%$/m)
  expect(wide).toMatch(/^over time +█\| every 1h, 7 at most$/m)
  expect(wide).toMatch(/^latency +p50 [\d.]+ms, p95 [\d.]+ms, p99 [\d.]+m?s \(within 10%\)$/m)
  expect(wide).toMatch(/^WEBHOOK +ATTEMPTS +DELIVERED +FAILED +GIVEN UP +SUCCESS +P50 +P95 +P99 +OVER TIME$/m)
  expect(wide).toMatch(/^bad +3 +1 +2 +2 +33\.3% +███▍░░░░░░ /m)
  expect(wide).toMatch(/^ANSWERS WITHIN\n(?: *[\d.]+m?s - [\d.]+m?s {2}[█▏▎▍▌▋▊▉░]{24} \d+\n)+$/m)
  const narrow = await drawn('C', 80)
  expect(narrow).not.toMatch(/[^\n -~]/)
  expect(narrow).toMatch(/^success +#{17}\.{7} 71\.4%$/m)
  expect(narrow).not.toContain('OVER TIME')
  expect(Math.max(...narrow.split('\n').map(line => line.length))).toBeLessThanOrEqual(80)
})

test('where nothing was tried it says so', async () => {
  await using setting = await aSetting()
  expect((await setting.json<Row>('stats')).total).toMatchObject({attempts: 0, latencyMs: null})
  const {stdout, exitCode} = await setting.hookctl(['stats'], {tty: true, env: {NO_COLOR: '1'}})
  expect([stdout, exitCode]).toEqual([expect.stringMatching(/^attempts .*0: 0 delivered/), 0])
})

test.each([
  [['--by', 'colour'], 'invalid_value', 2],
  [['--since', 'noon'], 'invalid_time', 2],
  [['--status', '4x'], 'bad_status', 2],
  [['--class', 'timout'], 'invalid_value', 2],
  [['--event', 'no de'], 'bad_event_type', 2],
  [['--limit', '0'], 'invalid_number', 2],
  [['--sate', 'failed'], 'unknown_flag', 2],
  [['--state', 'fialed'], 'invalid_value', 2],
  [['--where', 'data.name'], 'bad_comparison', 2],
  [['--webhook', 'nope'], 'webhook_not_found', 3],
])('stats %j is refused by name', async (flags, code, exitCode) => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['stats', '--json', ...flags])
  expect(result).toMatchObject({exitCode, stdout: ''})
  expect(result.error().code).toBe(code)
})
