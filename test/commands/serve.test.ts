import {existsSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import type {RunResult} from '../harness/cli.ts'
import {aSetting, type Row, type Setting} from '../harness/setting.ts'

interface Serving {
  readonly ready: Row
  stop(signal?: 'SIGINT' | 'SIGTERM'): Promise<RunResult>
}

async function serve(setting: Setting, ...flags: readonly string[]): Promise<Serving> {
  const {promise, resolve, reject} = Promise.withResolvers<Row>()
  let send = (_: 'SIGINT' | 'SIGTERM') => {}
  const ended = setting.hookctl(['serve', '--listen', '127.0.0.1:0', '--json', ...flags], {
    signals: emitter => {
      send = signal => emitter.emit(signal)
    },
    onStdout: text => resolve(JSON.parse(text)),
  })
  ended.then(({stderr}) => reject(new Error(stderr)))
  return {
    ready: await promise,
    stop: (signal = 'SIGINT') => {
      send(signal)
      return ended
    },
  }
}

test('one line of JSON says where it listens; commands find it, and it sends', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const server = await serve(setting)
  expect(server.ready).toMatchObject({ready: true, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/)})
  expect((await setting.hookctl(['status'])).stderr).toBe(`answered by the server at ${server.ready.url}\n`)
  const sent = await setting.hookctl(['event', 'send', 'node.added', '--example', '--wait'])
  expect(sent).toMatchObject({exitCode: 0})
  expect(sent.stdout).toMatch(/, delivered to 1 of 1\n$/)
  const many = await setting.hookctl(['event', 'send', '--ndjson', '-'], {
    stdin: '{"type":"node.added","data":{"name":"a","nebula_ip":"","a":1.0}}',
  })
  expect(many).toMatchObject({exitCode: 0, stderr: ''})
  const [, second] = await setting.receiver.received(2)
  expect(second?.body.toString()).toContain('"a":1.0')
  expect((await server.stop()).exitCode).toBe(130)
  expect(existsSync(path.join(setting.home.path, 'state/hookctl/hookctl.db.server.json'))).toBe(false)
  expect((await setting.hookctl(['status'])).stderr).toMatch(/^no server runs/)
})

test('a monitoring system is told what the server accepted and sent since it started', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const server = await serve(setting)
  const sent = ['event', 'send', 'node.added', '--example', '--wait']
  for (const _ of [1, 2]) expect(await setting.hookctl(sent)).toMatchObject({exitCode: 0})
  const {url, token} = JSON.parse(
    readFileSync(path.join(setting.home.path, 'state/hookctl/hookctl.db.server.json'), 'utf8'),
  )
  const text = await (await fetch(`${url}/metrics`, {headers: {authorization: `Bearer ${token}`}})).text()
  expect(text.split('\n')).toEqual(
    expect.arrayContaining([
      'hookctl_worker_active 1',
      'hookctl_events_accepted_total{organization="default"} 2',
      'hookctl_attempts_total{organization="default",webhook="ops",result="success"} 2',
      'hookctl_attempt_duration_seconds_bucket{organization="default",le="+Inf"} 2',
      'hookctl_attempt_duration_seconds_count{organization="default"} 2',
      'hookctl_deliveries{organization="default",state="delivered"} 2',
      'hookctl_healthy{organization="default"} 1',
    ]),
  )
  await server.stop()
})

test('what a killed server left is passed over, whoever has its pid now, and a clock that is set makes no server gone', async () => {
  await using setting = await aSetting()
  const file = path.join(setting.home.path, 'state/hookctl/hookctl.db.server.json')
  const server = await serve(setting)
  const said = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify({...said, startedAt: '2020-01-01T00:00:00Z'}))
  expect((await setting.hookctl(['status'])).stderr).toBe(`answered by the server at ${server.ready.url}\n`)
  await server.stop()
  writeFileSync(file, JSON.stringify({...said, pid: process.ppid}))
  expect((await setting.hookctl(['status'])).stderr).toMatch(/^no server runs/)
  expect((await setting.hookctl(['doctor'])).stdout).toContain('was left by process')
  const next = await serve(setting)
  expect((await setting.hookctl(['status'])).stderr).toBe(`answered by the server at ${next.ready.url}\n`)
  await next.stop()
})

test('a server is found through a link to its store, and a second one is not started through it', async () => {
  await using setting = await aSetting()
  const server = await serve(setting)
  const link = path.join(setting.home.path, 'link.db')
  symlinkSync('state/hookctl/hookctl.db', link)
  const status = await setting.hookctl(['status', '--store', link])
  expect(status.stderr).toBe(`answered by the server at ${server.ready.url}\n`)
  const second = await setting.hookctl(['serve', '--listen', '127.0.0.1:0', '--store', link, '--json'])
  expect(second).toMatchObject({exitCode: 4, stdout: ''})
  await server.stop()
})

test('without waiting it says how many are on the way; with the worker off, that nobody sends', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const server = await serve(setting, '--worker', 'inactive')
  const sent = await setting.hookctl(['event', 'send', 'node.added', '--example'])
  expect(sent.stdout).toMatch(/; 1 delivery on the way\n$/)
  const late = await setting.hookctl(['event', 'send', 'node.added', '--example', '--wait', '--timeout', '200ms'])
  expect(late.exitCode).toBe(8)
  expect(late.stderr).toMatch(/sending is switched off, hookctl worker enable\n$/)
  expect(setting.receiver.requests).toHaveLength(0)
  await setting.json('worker', 'enable')
  await setting.receiver.received(2)
  await server.stop()
})

test('one server and one sender to a store: a second one is refused', async () => {
  await using setting = await aSetting()
  const server = await serve(setting)
  const second = await setting.hookctl(['serve', '--listen', '127.0.0.1:0', '--json'])
  expect(second).toMatchObject({exitCode: 4, stdout: ''})
  expect(second.error()).toMatchObject({code: 'server_running', message: expect.stringContaining(server.ready.url)})
  const worker = await setting.hookctl(['worker', 'run', '--drain', '--json'])
  expect(worker).toMatchObject({exitCode: 4, stdout: ''})
  expect(worker.error().code).toBe('sent_elsewhere')
  await server.stop()
})

test.each([
  [['--listen', 'nowhere'], 'bad_listen', 2],
  [['--listen', '127.0.0.1:99999'], 'bad_listen', 2],
  [['--worker', 'actve'], 'invalid_value', 2],
])('serve %j is refused by name', async (flags, code, exitCode) => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['serve', '--json', ...flags])
  expect(result).toMatchObject({exitCode, stdout: ''})
  expect(result.error().code).toBe(code)
})

test('a server that a service manager stops ends with 0', async () => {
  await using setting = await aSetting()
  const server = await serve(setting)
  expect(await server.stop('SIGTERM')).toMatchObject({exitCode: 0, stderr: ''})
})
