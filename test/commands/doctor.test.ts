import {chmodSync, chownSync, mkdirSync, rmSync, writeFileSync} from 'node:fs'
import {type AddressInfo, createServer} from 'node:net'
import path from 'node:path'
import {createServer as createTlsServer} from 'node:tls'
import {expect, test} from 'vitest'
import type {SourceView} from '../../src/api/sources.ts'
import {examineClock, examineServerClock} from '../../src/cli/doctor/clock.ts'
import {examineDeliveries} from '../../src/cli/doctor/deliveries.ts'
import type {Finding} from '../../src/cli/doctor/finding.ts'
import {examineNode} from '../../src/cli/doctor/node.ts'
import {examinePort} from '../../src/cli/doctor/port.ts'
import {examineSources} from '../../src/cli/doctor/sources.ts'
import {certificate, privateKey} from '../harness/certificate.ts'
import {answers} from '../harness/receiver.ts'
import {aSetting, type Setting} from '../harness/setting.ts'

const DATABASE = 'state/hookctl/hookctl.db'
const inHome = ({home}: Setting, ...parts: string[]) => path.join(home.path, ...parts)

/** What doctor found, with its exit code. */
async function examined(setting: Setting, ...flags: readonly string[]) {
  const result = await setting.hookctl(['doctor', '--json', ...flags])
  const findings = result.json<{data: Finding[]}>().data
  return {
    exitCode: result.exitCode,
    findings,
    about: (check: string) => findings.filter(finding => finding.check === check),
    wrong: findings.filter(({state, check}) => state !== 'ok' && check !== 'port'),
  }
}

test('a new user with nothing yet is well, and doctor makes no store', async () => {
  await using setting = await aSetting()
  const {exitCode, wrong, findings, about} = await examined(setting)
  expect([exitCode, wrong]).toEqual([0, []])
  expect(findings.map(({check}) => check)).toEqual(['node', 'configuration', 'server', 'store', 'port', 'terminal'])
  expect(about('store')[0]?.detail).toMatch(/^none yet: /)
  expect((await examined(setting)).about('store')[0]?.detail).toMatch(/^none yet: /)
})

test('a store in use is described: backend, schema, worker, webhooks, deliveries, clock', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  await setting.json('event', 'send', 'node.added', '--example')
  const {exitCode, wrong, about} = await examined(setting)
  expect([exitCode, wrong]).toEqual([0, []])
  expect(about('store')[0]?.detail).toMatch(/^sqlite at \S+hookctl\.db, schema \d+, \d+ kB$/)
  expect(about('webhooks')[0]?.detail).toBe('1, 1 of them on')
  expect(about('worker')[0]?.detail).toBe('activating: no process sends, and nothing waits')
  expect(about('clock')[0]?.state).toBe('ok')
})

test('NEB-15: deliveries that wait while nobody sends: exit 7, who could send, and the three places to look', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops', '--retry', '10m')
  setting.receiver.next(answers.status(500))
  await setting.json('event', 'send', 'node.added', '--example')
  const {exitCode, about} = await examined(setting)
  expect(exitCode).toBe(7)
  expect(about('worker')).toEqual([
    {
      check: 'worker',
      state: 'failed',
      detail: 'activating: no process sends, 1 delivery waits',
      fix: 'hookctl serve, or hookctl worker run',
    },
  ])
  const {stderr} = await setting.hookctl(['doctor'])
  expect(stderr).toMatch(/is the worker active\? hookctl worker status\n/)
  expect(stderr).toMatch(/Are URL and TLS settings of the webhook valid\? hookctl webhook show NAME --resolved/)
  expect(stderr).toMatch(/refresh the status: hookctl worker status/)
})

test('webhooks that are paused, without URL, or take any certificate are named, each with its fix', async () => {
  await using setting = await aSetting()
  await setting.webhook('gone')
  await setting.json('webhook', 'create', '--name', 'Ops Slack', '--platform', 'entrypoint')
  await setting.webhook('lax', '--url', 'https://x.example.com/', '--tls', 'skip', '--event', 'cert.*')
  setting.receiver.next(answers.status(410))
  await setting.json('event', 'send', 'node.added', '--example')
  const {about} = await examined(setting)
  expect(about('webhooks').map(({state, fix}) => [state, fix])).toEqual(
    expect.arrayContaining([
      ['warning', 'hookctl webhook enable gone'],
      ['warning', "hookctl webhook edit 'Ops Slack' --url URL"],
      ['warning', expect.stringContaining('hookctl webhook edit lax --tls verify')],
    ]),
  )
  expect(about('deliveries').at(-1)).toMatchObject({
    state: 'warning',
    detail: '1 failed for good',
    fix: expect.stringContaining('--undelivered'),
  })
})

test('a webhook that keeps failing is named with how long it has, and where to look', async () => {
  await using setting = await aSetting()
  await setting.webhook('down', '--retry', 'manual')
  setting.receiver.otherwise(answers.status(503))
  for (let n = 0; n < 5; n++) await setting.hookctl(['event', 'send', 'node.added', '--example', '--wait'])
  const {about} = await examined(setting)
  expect(about('webhooks').at(-1)).toMatchObject({
    state: 'warning',
    detail: expect.stringMatching(/^down has failed 5 times in a row, since 2/),
    fix: 'hookctl delivery list --webhook down --state failed,pending',
  })
})

test('a source that refused what came last is named with why, and what to do about it', () => {
  const source = (
    name: string,
    lastAcceptedAt: string | null,
    lastRefusedAt: string | null,
    lastRefusal: string | null,
  ) => ({name, active: true, signature: null, lastAcceptedAt, lastRefusedAt, lastRefusal}) as SourceView
  const [before, after] = ['2026-07-03T12:00:00.000Z', '2026-07-03T12:00:01.000Z']
  const found = examineSources([
    source('well', after, before, 'bad_body'),
    source('quiet', null, null, null),
    source('net box', before, after, 'signature_invalid'),
    source('new', null, after, 'source_disabled'),
    source('other', null, after, 'body_too_large'),
    source('typed', null, after, 'no_event_type'),
  ])
  expect(found.map(({state, detail, fix}) => [state, detail, fix])).toEqual([
    ['ok', '6, 6 of them on', null],
    [
      'warning',
      `net box refused what came at ${after} (signature_invalid), and has accepted nothing since`,
      "give the platform the secret: hookctl source rotate-secret 'net box' tells a new one",
    ],
    [
      'warning',
      `new refused what came at ${after} (source_disabled), and has accepted nothing yet`,
      'hookctl source enable new',
    ],
    ['warning', expect.stringContaining('body_too_large'), 'hookctl source show other'],
    ['warning', expect.stringContaining('no_event_type'), expect.stringContaining('edit typed --event-type')],
  ])
  expect(examineSources([])).toEqual([])
  const shop = {...source('shop', null, after, 'signature_invalid'), id: 'src_1'} as SourceView
  const square = {scheme: 'square', url: 'https://hooks.example.com'} as const
  expect(examineSources([{...shop, signature: square}])[1]?.fix).toContain(
    'has to be https://hooks.example.com/in/src_1,',
  )
})

test('sending that is switched off is a warning with its fix', async () => {
  await using setting = await aSetting()
  await setting.json('worker', 'disable')
  expect((await examined(setting)).about('worker')).toEqual([
    {check: 'worker', state: 'warning', detail: 'inactive: sending is switched off', fix: 'hookctl worker enable'},
  ])
})

test('a replay that is running while nobody sends it is named, with how to go on', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops', '--retry', 'manual')
  setting.receiver.next(answers.status(500))
  await setting.json('event', 'send', 'node.added', '--example')
  await setting.json('worker', 'disable')
  const {id} = await setting.json('delivery', 'replay', '--failed', '--confirm', '1')
  await setting.json('worker', 'enable')
  const {exitCode, about} = await examined(setting)
  expect(exitCode).toBe(0)
  expect(about('replays')).toEqual([
    {
      check: 'replays',
      state: 'warning',
      detail: `${id} is running and no process sends it, 1 to go`,
      fix: `hookctl replay resume ${id}`,
    },
  ])
})

test('works with a configuration that is broken, and says how to repair it', async () => {
  await using setting = await aSetting()
  writeFileSync(inHome(setting, 'hookctl.config.json'), '{"store": ')
  const {exitCode, about} = await examined(setting)
  expect(exitCode).toBe(7)
  expect(about('configuration')).toMatchObject([
    {state: 'failed', detail: expect.stringContaining('is not JSON: line 1'), fix: expect.stringContaining('.broken')},
  ])
  expect(about('terminal')).toHaveLength(1)
})

test('a value that cannot be used, and a file that others can read, are told', async () => {
  await using setting = await aSetting()
  mkdirSync(inHome(setting, 'config/hookctl'), {recursive: true})
  const file = inHome(setting, 'config/hookctl/config.json')
  writeFileSync(file, '{"server": "nonsense"}', {mode: 0o644})
  const {exitCode, wrong} = await examined(setting)
  expect(exitCode).toBe(7)
  expect(wrong).toMatchObject([
    {
      check: 'configuration',
      state: 'warning',
      detail: `${file} is open to others (mode 0644)`,
      fix: `chmod 600 ${file}`,
    },
    {check: 'configuration', state: 'failed', detail: expect.stringContaining('server must be an http or https URL')},
  ])
})

test('a store that is none of ours is reported, and left as it is', async () => {
  await using setting = await aSetting()
  writeFileSync(inHome(setting, 'other.db'), 'nonsense', {mode: 0o600})
  const {exitCode, about} = await examined(setting, '--store', 'other.db')
  expect(exitCode).toBe(7)
  expect(about('store')).toMatchObject([{state: 'failed', detail: expect.stringContaining('is not a hookctl store')}])
})

test('a store that others can read, in a folder that others can write, is told', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  chmodSync(inHome(setting, DATABASE), 0o640)
  chmodSync(inHome(setting, 'state/hookctl'), 0o777)
  const {exitCode, about} = await examined(setting)
  expect(exitCode).toBe(0)
  expect(about('store').map(({fix}) => fix)).toEqual([
    `chmod go-w ${inHome(setting, 'state/hookctl')}`,
    `chmod 600 ${inHome(setting, DATABASE)}`,
    null,
  ])
})

test('a place where no store can be made is told before a command fails there', async () => {
  await using setting = await aSetting()
  writeFileSync(inHome(setting, 'taken'), '')
  const {exitCode, about} = await examined(setting, '--store', 'taken/hooks.db')
  expect(exitCode).toBe(7)
  expect(about('store')).toMatchObject([
    {state: 'failed', detail: expect.stringContaining('hooks.db cannot be made: '), fix: 'hookctl help environment'},
  ])
})

test('a server file that cannot be read is told: commands that come to it would fail', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const file = inHome(setting, `${DATABASE}.server.json`)
  mkdirSync(file)
  expect((await examined(setting)).about('server')).toMatchObject([
    {state: 'warning', detail: expect.stringContaining('cannot be read as what it is'), fix: `rm ${file}`},
  ])
})

test('a server that cannot be reached, and the file of one that is gone, are told', async () => {
  await using setting = await aSetting()
  const far = await examined(setting, '--server', 'http://127.0.0.1:1')
  expect(far.exitCode).toBe(7)
  expect(far.about('server')).toMatchObject([{state: 'failed', detail: expect.stringContaining('http://127.0.0.1:1')}])
  await setting.webhook('ops')
  const file = inHome(setting, `${DATABASE}.server.json`)
  const left = {
    url: 'http://127.0.0.1:1',
    token: 'x',
    pid: 2 ** 22 + 1,
    startedAt: '2026-01-01T00:00:00Z',
    version: '0',
  }
  writeFileSync(file, JSON.stringify(left), {mode: 0o600})
  expect((await examined(setting)).about('server')).toMatchObject([
    {state: 'warning', fix: `hookctl serve, or rm ${file}`},
  ])
  writeFileSync(file, JSON.stringify({...left, pid: process.pid}), {mode: 0o600})
  if (process.getuid?.() === 0) {
    chownSync(file, 4711, 4711)
    expect((await examined(setting)).about('server')).toMatchObject([
      {state: 'warning', detail: expect.stringContaining('another user'), fix: `rm ${file}`},
    ])
  }
  rmSync(file)
  writeFileSync(file, '{', {mode: 0o600})
  expect((await examined(setting)).about('server')).toMatchObject([{state: 'warning', fix: `rm ${file}`}])
})

test('people read a line for each finding with the fix below it', async () => {
  await using setting = await aSetting()
  await setting.json('worker', 'disable')
  const {stdout} = await setting.hookctl(['doctor', '--no-color'], {tty: {stdout: true}})
  expect(stdout).toMatch(/^warning {2}worker +inactive: sending is switched off\n +→ hookctl worker enable$/m)
  expect((await setting.hookctl(['doctor', '--fields', 'check,state'])).stdout).toMatch(/^node\tok\n/)
})

test.each([
  ['24.21.0', 'ok'],
  ['26.0.0', 'ok'],
  ['24.14.9', 'failed'],
  ['20.18.0', 'failed'],
  ['25.1.0', 'warning'],
])('Node.js %s is %s', (version, state) => {
  expect(examineNode({version, execPath: '/usr/bin/node'}).state).toBe(state)
})

test('a record from the future means that the clock is wrong', () => {
  const now = Date.UTC(2026, 6, 3, 12)
  const at = (ms: number) => new Date(now + ms).toISOString()
  expect(examineClock([], now).state).toBe('ok')
  expect(examineClock([at(-1000), at(4000), undefined], now).state).toBe('ok')
  expect(examineClock([at(-1000), at(3_600_000)], now)).toMatchObject({
    state: 'failed',
    detail: expect.stringContaining('1h ahead'),
    fix: expect.stringContaining('timedatectl'),
  })
})

test('what has been waiting for long is told', () => {
  const now = Date.UTC(2026, 6, 3, 12)
  const counts = {
    pending: 1,
    delivering: 0,
    delivered: 0,
    failed: 0,
    skipped: 0,
    held: 0,
    cancelled: 0,
    undelivered: 0,
    unfinished: 1,
  }
  const status = (ageMs: number) => ({deliveries: {...counts, oldestUnfinishedAt: new Date(now - ageMs).toISOString()}})
  expect(examineDeliveries(status(60_000), now)).toMatchObject([
    {state: 'ok', detail: '1 unfinished, the oldest for 1m'},
  ])
  expect(examineDeliveries(status(7_200_000), now)).toMatchObject([
    {state: 'warning', detail: '1 unfinished, the oldest for 2h'},
  ])
})

test('the usual port is free, ours, or taken by another program', async () => {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as {port: number}
  const listen = {host: '127.0.0.1', port}
  expect(await examinePort(listen, null)).toMatchObject({state: 'warning', fix: expect.stringContaining('--listen')})
  expect(await examinePort(listen, `http://127.0.0.1:${port}`)).toMatchObject({
    state: 'ok',
    detail: expect.stringContaining('ours'),
  })
  await new Promise(resolve => server.close(resolve))
  expect(await examinePort(listen, null)).toMatchObject({state: 'ok', detail: expect.stringContaining('free')})
})

test('--reach: who takes connections where webhooks send to, with one connection for a place and nothing sent', async () => {
  await using setting = await aSetting()
  const closed = createServer()
  await new Promise<void>(resolve => closed.listen(0, '127.0.0.1', resolve))
  const {port} = closed.address() as AddressInfo
  await new Promise(resolve => closed.close(resolve))
  await setting.webhook('cmdb')
  await setting.webhook('chat', '--url', setting.url('/chat'))
  await setting.webhook('gone', '--url', `http://127.0.0.1:${port}/`)
  await setting.webhook('off', '--url', `http://127.0.0.1:${port}/off`, '--inactive')
  const place = new URL(setting.receiver.url).host
  expect((await examined(setting)).about('reach')).toEqual([])
  const {exitCode, about} = await examined(setting, '--reach')
  expect(exitCode).toBe(7)
  expect(about('reach').map(({state, detail, fix}) => [state, detail, fix])).toEqual([
    ['ok', `chat, cmdb: ${place} takes connections at 127.0.0.1`, null],
    ['failed', `gone: 127.0.0.1:${port} takes none at 127.0.0.1: ECONNREFUSED`, 'hookctl webhook test gone'],
  ])
  expect(setting.receiver.requests).toEqual([])
})

test('--reach dials nothing that the target policy forbids', async () => {
  await using setting = await aSetting()
  await setting.webhook('cmdb')
  expect((await examined(setting, '--reach')).about('reach')).toMatchObject([{state: 'ok'}])
  await setting.json('config', 'set', 'targets.deny', '127.0.0.1/32')
  const denied = await examined(setting, '--reach')
  expect(denied.about('reach')).toMatchObject([
    {state: 'warning', detail: expect.stringMatching(/^cmdb: not dialled: /)},
  ])
})

test.each([
  [0, 'ok', 'the server has the same time'],
  [4000, 'ok', 'the server has the same time'],
  [120_000, 'failed', 'the clock of the server is 2m ahead of this one'],
  [-3_600_000, 'failed', 'the clock of the server is 1h behind this one'],
])('a server whose clock is %d ms ahead is %s', (aheadMs, state, detail) => {
  const now = Date.parse('2026-07-03T12:00:00Z')
  expect(examineServerClock(new Date(now + aheadMs).toISOString(), now)).toMatchObject([{state, detail}])
})

test('completion is told for the shell there is, and never wrong', async () => {
  await using setting = await aSetting()
  const completion = async (SHELL?: string) => {
    const result = await setting.hookctl(['doctor', '--json'], {env: {SHELL}})
    return result.json<{data: Finding[]}>().data.filter(({check}) => check === 'completion')
  }
  expect(await completion()).toEqual([])
  expect(await completion('/bin/ksh')).toEqual([])
  expect(await completion('/usr/bin/zsh')).toMatchObject([{state: 'ok', detail: expect.stringContaining('not set up')}])
  writeFileSync(inHome(setting, '.zshrc'), 'source <(hookctl complete zsh)\n')
  expect(await completion('/usr/bin/zsh')).toMatchObject([{state: 'ok', detail: 'set up for zsh'}])
})

test('--reach over TLS: a certificate nobody vouches for is said, one with its CA file or unchecked is taken', async () => {
  await using setting = await aSetting()
  const secure = createTlsServer({cert: certificate, key: privateKey}).on('tlsClientError', () => {})
  await new Promise<void>(resolve => secure.listen(0, '127.0.0.1', resolve))
  const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}/`
  writeFileSync(inHome(setting, 'ca.pem'), certificate)
  await setting.webhook('strict', '--url', url)
  await setting.webhook('own', '--url', url, '--ca-file', inHome(setting, 'ca.pem'))
  writeFileSync(inHome(setting, 'lost.pem'), certificate)
  await setting.webhook('lost', '--url', url, '--ca-file', inHome(setting, 'lost.pem'))
  rmSync(inHome(setting, 'lost.pem'))
  await setting.webhook('lax', '--url', url, '--tls', 'skip')
  const {about} = await examined(setting, '--reach')
  secure.close()
  expect(about('reach').map(({state, detail}) => [detail.split(':')[0], state])).toEqual([
    ['lax', 'ok'],
    ['lost', 'failed'],
    ['own', 'ok'],
    ['strict', 'failed'],
  ])
  expect(about('reach').at(-1)?.detail).toMatch(/SELF_SIGNED/)
})
