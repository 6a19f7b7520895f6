import {existsSync} from 'node:fs'
import path from 'node:path'
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

test('a filter is refused before anything is read or made', async () => {
  await using setting = await aSetting()
  const store = path.join(setting.home.path, 'not', 'there', 'hookctl.db')
  for (const flags of [
    ['--where', 'x'],
    ['--status', '9'],
    ['--host', '/'],
    ['--object', ''],
    ['--event', '?'],
    ['--state', 'x'],
  ]) {
    for (const command of [['list'], ['tail', '--no-follow']]) {
      const result = await setting.hookctl(['delivery', ...command, ...flags, '--store', `sqlite:${store}`])
      expect([command, flags, result.exitCode]).toEqual([command, flags, 2])
    }
  }
  expect(existsSync(path.dirname(store))).toBe(false)
})

test('what the body says, what the event is about, where it goes and what nobody got', async () => {
  await using setting = await aSetting()
  await setting.json('context', 'create', 'campus', '--name', 'Campus')
  await setting.webhook('good', '--url', setting.url('/good'))
  await setting.webhook('bad', '--url', setting.url('/bad').replace('127.0.0.1', 'localhost'), '--retry', 'manual')
  setting.receiver.otherwise((socket, request, stopped) =>
    answers.status(request.path === '/bad' ? 404 : 200)(socket, request, stopped),
  )
  const send = (name: string, ...flags: string[]) =>
    setting.json('event', 'send', 'node.added', '--data', `{"name":"${name}","size":${name.length}}`, ...flags)
  await send('db-1', '--object-type', 'Node', '--object-id', '7')
  await send('web-10', '--context', 'campus')
  const found = async (...flags: string[]) =>
    (await setting.rows('delivery', 'list', ...flags)).map(({webhook, state}) => `${webhook} ${state}`).toSorted()
  const both = ['bad failed', 'good delivered']
  expect(await found('--where', 'data.name=db-1')).toEqual(both)
  expect(await found('--where', 'data.size>=5')).toEqual(both)
  expect(await found('--where', 'data.name~*-1*', '--where', 'data.size<5')).toEqual(both)
  expect(await found('--where', 'data.name=nobody')).toEqual([])
  expect(await found('--object', 'Node:7')).toEqual(both)
  expect(await found('--object', '7', '--state', 'failed')).toEqual(['bad failed'])
  expect(await found('--object', 'User:7')).toEqual([])
  expect(await found('--context', 'campus')).toEqual(both)
  expect(await found('--host', 'localhost')).toEqual(['bad failed', 'bad failed'])
  expect(await found('--host', '127.0.0.*')).toEqual(['good delivered', 'good delivered'])
  expect(await found('--undelivered')).toEqual(['bad failed', 'bad failed'])
  expect((await setting.json('status')).deliveries).toMatchObject({failed: 2, undelivered: 2})

  setting.receiver.otherwise(answers.status(200))
  const [first] = await setting.rows('delivery', 'list', '--undelivered')
  await setting.hookctl(['delivery', 'replay', first?.id ?? ''])
  expect(await found('--undelivered')).toEqual(['bad failed'])
  expect(await found('--state', 'failed')).toHaveLength(2)
  expect((await setting.json('status')).deliveries).toMatchObject({failed: 2, undelivered: 1})
  expect((await setting.hookctl(['status'])).stdout).toMatch(/^failed\t2, 1 of them undelivered$/m)
  expect((await setting.hookctl(['doctor'])).stdout).toContain('1 failed for good')
})

test.each([
  [['--state', 'faild'], 'invalid_value', 2, /did you mean: failed/],
  [['--state', 'failed,nope'], 'invalid_value', 2, /./],
  [['--status', '4x'], 'bad_status', 2, /./],
  [['--object', 'Node:'], 'bad_object', 2, /TYPE:ID/],
  [['--host', 'http://a'], 'bad_host', 2, /example/],
  [['--where', 'data.name'], 'bad_comparison', 2, /PATH OP VALUE/],
  [['--where', 'data.name=x', '--where', '='], 'bad_comparison', 2, /PATH OP VALUE/],
  [['--context', 'nowhere'], 'context_not_found', 3, /context list/],
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

test('a state written as a flag is led to the flag that takes it', async () => {
  await using setting = await aSetting()
  const {stderr, exitCode} = await setting.hookctl(['delivery', 'list', '--failed'])
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('did you mean: --state failed')])
})

test('filters of status, class and trigger mean any of a list, and what does not exist is refused', async () => {
  await using setting = await aSetting()
  await setting.webhook('good', '--url', setting.url('/good'), '--retry', 'manual')
  await setting.webhook('bad', '--url', setting.url('/bad'), '--retry', 'manual')
  setting.receiver.otherwise((socket, request, stopped) =>
    answers.status(request.path === '/bad' ? 503 : 204)(socket, request, stopped),
  )
  await setting.json('event', 'send', 'node.added', '--example')
  const found = async (line: string) => {
    const {stdout, exitCode, stderr} = await setting.hookctl(`delivery list --fields webhook ${line}`.split(' '))
    expect(exitCode, stderr).toBe(0)
    return stdout.trim().split('\n').toSorted().join()
  }
  expect(await found('--status 204,5xx')).toBe('bad,good')
  expect(await found('--status 404 --status 503')).toBe('bad')
  expect(await found('--status 4xx,500')).toBe('')
  expect(await found('--class refused,status')).toBe('bad')
  expect(await found('--class dns,refused')).toBe('')
  expect(await found('--trigger event,test')).toBe('bad,good')
  expect(await found('--trigger test --trigger replay')).toBe('')
  const nobody = await setting.hookctl(['delivery', 'list', '--webhook', `wh_${'0'.repeat(32)}`])
  expect(nobody).toMatchObject({exitCode: 3, stdout: ''})
  for (const [flag, code] of [['event-id', 'no event'] as const, ['replay', 'no replay'] as const]) {
    for (const command of ['delivery list', 'stats', 'delivery export']) {
      const refused = await setting.hookctl(`${command} --${flag} nope`.split(' '))
      expect(refused).toMatchObject({exitCode: 3, stdout: ''})
      expect(refused.stderr).toContain(code)
    }
  }
})

test('help says of every filter that takes a list that it does, and of no other', async () => {
  await using setting = await aSetting()
  await setting.webhook('a')
  const {stdout} = await setting.hookctl(['help', 'filters'])
  const [, listed = ''] = /^(--.*) take a list with commas/m.exec(stdout) ?? []
  expect(listed).toBe('--state, --event, --status, --class and --trigger')
  const lists = {
    state: 'failed,held',
    event: 'node.*,cert.*',
    status: '4xx,503',
    class: 'dns,tls',
    trigger: 'event,test',
  }
  for (const [flag, value] of Object.entries(lists)) {
    expect((await setting.hookctl(['delivery', 'list', `--${flag}`, value])).exitCode, flag).toBe(0)
  }
  for (const [flag, value] of Object.entries({webhook: 'a,b', host: 'a.example,b.example', context: 'a,b'})) {
    expect((await setting.hookctl(['delivery', 'list', `--${flag}`, value])).exitCode, flag).not.toBe(0)
  }
})
