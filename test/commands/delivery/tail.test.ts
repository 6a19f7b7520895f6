import type {EventEmitter} from 'node:events'
import {expect, test} from 'vitest'
import {tailColumns} from '../../../src/cli/columns/delivery.ts'
import {answers} from '../../harness/receiver.ts'
import {aSetting, type Row, type Setting} from '../../harness/setting.ts'

const lines = (stdout: string): Row[] =>
  stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))

async function threeDeliveries(setting: Setting): Promise<void> {
  await setting.webhook('ops', '--event', '*', '--retry', 'manual')
  await setting.webhook('later', '--inactive', '--platform', 'netbox', '--event', 'dcim.site.*')
  setting.receiver.next(answers.status(500))
  await setting.json('event', 'send', 'node.added', '--example')
  await setting.json('event', 'send', 'group.created', '--example')
  await setting.json('event', 'send', 'dcim.site.created', '--example')
}

test('--no-follow gives everything recorded so far, oldest first, and ends', async () => {
  await using setting = await aSetting()
  await threeDeliveries(setting)
  const result = await setting.hookctl(['delivery', 'tail', '--no-follow', '--json'])
  expect(result).toMatchObject({exitCode: 0, stderr: ''})
  expect(
    lines(result.stdout).map(({webhook, eventType, outcome, status}) => [webhook, eventType, outcome, status]),
  ).toEqual([
    ['ops', 'node.added', 'failed', 500],
    ['ops', 'group.created', 'delivered', 204],
    ['later', 'dcim.site.created', 'skipped', null],
  ])
  const plain = (await setting.hookctl(['delivery', 'tail', '--no-follow'])).stdout.split('\n')
  expect(plain[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z failed 500 \d+ms ops node\.added #1 dlv_[0-9a-f]{32} "given up"$/)
})

test('takes the filters of a list; status and class are those of the attempt itself', async () => {
  await using setting = await aSetting()
  await threeDeliveries(setting)
  const [failed] = await setting.rows('delivery', 'list', '--state', 'failed')
  await setting.hookctl(['delivery', 'replay', failed?.id ?? ''])
  const found = async (...flags: string[]) =>
    lines((await setting.hookctl(['delivery', 'tail', '--no-follow', '--json', ...flags])).stdout).map(
      ({webhook, eventType, status}) => `${webhook} ${eventType} ${status}`,
    )
  expect(await found('--webhook', 'later')).toEqual(['later dcim.site.created null'])
  expect(await found('--event', 'node.*')).toEqual(['ops node.added 500', 'ops node.added 204'])
  expect(await found('--status', '5xx')).toEqual(['ops node.added 500'])
  expect(await found('--class', 'status', '--where', 'event=node.added')).toEqual(['ops node.added 500'])
  expect(await found('--where', 'event=group.created')).toEqual(['ops group.created 204'])
  expect(await found('--where', 'type~dcim')).toEqual(['later dcim.site.created null'])
  expect(await found('--trigger', 'replay')).toEqual(['ops node.added 204'])
  expect(await found('--event-id', failed?.eventId, '--failed')).toEqual(['ops node.added 500'])
  expect(await found('--state', 'skipped')).toEqual(['later dcim.site.created null'])
  expect(await found('--undelivered')).toEqual([])
  expect(await found('--host', '127.0.0.1', '--trigger', 'event', '--status', '2xx')).toHaveLength(1)
})

test('a failed attempt says what happens next: the wait after the last one, nothing after those before it', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops', '--event', '*', '--retry', '1m,1h')
  setting.receiver.next(answers.status(500))
  await setting.json('event', 'send', 'node.added', '--example')
  const tail = (...flags: string[]) => setting.hookctl(['delivery', 'tail', '--no-follow', ...flags])
  expect((await tail()).stdout).toMatch(/ failed 500 \d+ms ops node\.added #1 dlv_[0-9a-f]{32} "next in (59s|1m)"\n$/)
  expect((await tail('--fields', 'error')).stdout).toBe('"the receiver answered 500"\n')
  expect(lines((await tail('--json')).stdout)).toMatchObject([
    {attempt: 1, attempts: 1, error: 'the receiver answered 500', state: 'pending', nextAt: expect.any(String)},
  ])
})

test('an attempt without an answer keeps its error beside what happens next', async () => {
  const row = {
    at: '2026-03-01T10:00:00Z',
    outcome: 'failed',
    status: null,
    durationMs: 500,
    webhook: 'ops',
    eventType: 'node.added',
    attempt: 2,
    attempts: 2,
    error: 'connection refused',
    hint: null,
    deliveryId: 'dlv_1',
    eventId: 'evt_1',
    state: 'pending',
    nextAt: '2026-03-01T10:00:06.500Z',
    cursor: 'c',
  }
  const note = (changed: Partial<typeof row> = {}) =>
    tailColumns.find(({key}) => key === 'note')?.value?.({...row, ...changed})
  expect(note()).toBe('connection refused; next in 6s')
  expect(note({attempt: 1})).toBe('connection refused')
  expect(note({state: 'failed'})).toBe('connection refused; given up')
  expect(note({state: 'held'})).toBe('connection refused; held')
})

test('filters, counts, a cursor and a time restrict what is told', async () => {
  await using setting = await aSetting()
  await threeDeliveries(setting)
  const types = async (...flags: string[]) => {
    const {stdout} = await setting.hookctl(['delivery', 'tail', '--no-follow', '--json', ...flags])
    return lines(stdout).map(({eventType}) => eventType)
  }
  expect(await types('--failed')).toEqual(['node.added', 'dcim.site.created'])
  expect(await types('--webhook', 'later')).toEqual(['dcim.site.created'])
  expect(await types('--event', 'group.*,node.*')).toEqual(['node.added', 'group.created'])
  expect(await types('--count', '1')).toEqual(['node.added'])
  const all = lines((await setting.hookctl(['delivery', 'tail', '--no-follow', '--json'])).stdout)
  expect(await types('--cursor', all[0]?.cursor)).toEqual(['group.created', 'dcim.site.created'])
  expect(await types('--since', '1h')).toHaveLength(3)
  expect(await types('--since', new Date(Date.now() + 60_000).toISOString())).toEqual([])
})

test('follows what other processes do until Ctrl-C, exit 130', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  await setting.json('event', 'send', 'node.added', '--example')
  let signals: EventEmitter | undefined
  const {promise: told, resolve: isTold} = Promise.withResolvers<void>()
  const tail = setting.hookctl(['delivery', 'tail', '--since', '1h', '--json'], {
    signals: emitter => {
      signals = emitter
    },
    onStdout: text => {
      if (text.includes('"attempt":1') && text.includes('node.removed')) isTold()
    },
  })
  await setting.json('event', 'send', 'node.removed', '--example')
  await told
  signals?.emit('SIGINT')
  const result = await tail
  expect(result.exitCode).toBe(130)
  expect(lines(result.stdout).map(({eventType}) => eventType)).toEqual(['node.added', 'node.removed'])
})

test.each([
  [['--count', '0'], 'invalid_number', 2],
  [['--since', 'noon'], 'invalid_time', 2],
  [['--cursor', 'nonsense'], 'bad_cursor', 2],
  [['--webhook', 'nope'], 'webhook_not_found', 3],
  [['--event', 'no de'], 'bad_event_type', 2],
  [['-o', 'table'], 'output_not_possible', 2],
])('delivery tail %j is refused by name, at once', async (flags, code, exitCode) => {
  await using setting = await aSetting()
  const json = flags[0] === '-o' ? [] : ['--json']
  const result = await setting.hookctl(['delivery', 'tail', ...json, ...flags])
  expect(result).toMatchObject({exitCode, stdout: ''})
  if (json.length > 0) expect(result.error().code).toBe(code)
})
