import {expect, test} from 'vitest'
import {aSetting, type Setting} from '../../harness/setting.ts'

test('NEB-08: the worker of a store that nobody sends from is activating; switched off it is inactive', async () => {
  await using setting = await aSetting()
  expect(await setting.json('worker', 'status')).toEqual({state: 'activating', enabled: true, owner: null, owners: []})
  expect((await setting.hookctl(['worker', 'disable'])).stdout).toBe('sending is off: inactive\n')
  expect(await setting.json('worker', 'status')).toMatchObject({state: 'inactive', enabled: false})
  expect((await setting.hookctl(['worker', 'enable'])).stdout).toBe('sending is on: activating\n')
})

test('NEB-09: what is so already is refused: there is nothing to do', async () => {
  await using setting = await aSetting()
  const on = await setting.hookctl(['worker', 'enable', '--json'])
  expect(on).toMatchObject({exitCode: 4, stdout: ''})
  expect(on.error()).toMatchObject({code: 'worker_already_active', hint: 'hookctl worker status'})
  await setting.json('worker', 'disable')
  expect((await setting.hookctl(['worker', 'disable', '--json'])).error().code).toBe('worker_already_inactive')
})

test('NEB-10: while it is inactive events wait; worker run --drain sends what waited, in its order', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  await setting.json('worker', 'disable')
  for (const n of [1, 2, 3])
    await setting.json('event', 'send', 'node.added', '--data', `{"name":"n${n}","nebula_ip":""}`)
  const off = await setting.hookctl(['worker', 'run', '--drain'])
  expect(off).toMatchObject({exitCode: 0})
  expect(setting.receiver.requests).toHaveLength(0)
  expect((await setting.hookctl(['status', '--json'])).json()).toMatchObject({deliveries: {unfinished: 3}})
  await setting.json('worker', 'enable')
  const drained = await setting.hookctl(['worker', 'run', '--drain'])
  expect(drained).toMatchObject({exitCode: 0, stdout: 'stopped; unfinished deliveries: 0\n'})
  expect(setting.receiver.requests.map(({body}) => JSON.parse(body.toString()).data.name)).toEqual(['n1', 'n2', 'n3'])
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 0],
] as const)('worker run sends until %s, and ends in good order with %i', async (signal, exitCode) => {
  await using setting = await aSetting()
  await setting.webhook('ops', '--when-off', 'hold')
  await setting.json('webhook', 'disable', 'ops')
  await setting.json('event', 'send', 'node.added', '--example')
  let interrupt = () => {}
  const running = setting.hookctl(['worker', 'run', '--json'], {
    signals: emitter => {
      interrupt = () => emitter.emit(signal)
    },
  })
  await setting.json('webhook', 'enable', 'ops')
  await setting.receiver.received(1)
  interrupt()
  const result = await running
  expect(result.exitCode).toBe(exitCode)
  expect(result.json()).toMatchObject({unfinished: 0, delivered: 1})
})

test('worker run --log-level refuses a word it does not know', async () => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['worker', 'run', '--drain', '--log-level', 'wanr', '--json'])
  expect(result).toMatchObject({exitCode: 2, stdout: ''})
  expect(result.error().hint).toBe('did you mean: warn')
})

test('worker run --listen tells a monitoring system what this process sends, to a token that may read, and nothing else', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const {value} = await setting.json('token', 'create', 'monitoring', '--scope', 'read')
  const {url, stop} = await monitored(setting)
  await setting.json('event', 'send', 'node.added', '--example')
  await setting.receiver.received(1)
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({status: 'ok'})
  const metrics = () => fetch(`${url}/metrics`, {headers: {authorization: `Bearer ${value}`}})
  await expect
    .poll(async () => (await (await metrics()).text()).split('\n'))
    .toEqual(
      expect.arrayContaining([
        'hookctl_worker_active 1',
        'hookctl_attempts_total{organization="default",webhook="ops",result="success"} 1',
      ]),
    )
  expect((await fetch(`${url}/metrics`)).status).toBe(401)
  expect((await fetch(`${url}/metrics`, {method: 'POST'})).status).toBe(405)
  for (const path of ['/', '/v1/organizations', '/openapi.json', '/in/netbox']) {
    const answer = await fetch(`${url}${path}`, {headers: {authorization: `Bearer ${value}`}})
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({
      hint: 'this process only sends: it answers GET /healthz and GET /metrics',
    })
  }
  expect((await stop()).exitCode).toBe(130)
  await expect(fetch(`${url}/healthz`)).rejects.toThrow()
})

test('A7: worker run never sends to the address where it tells how it is doing', async () => {
  await using setting = await aSetting()
  const {url, stop} = await monitored(setting)
  await setting.json(
    'webhook',
    'create',
    '--name',
    'round',
    '--platform',
    'catalyst',
    '--allow-http',
    '--url',
    `${url}/healthz`,
    '--event',
    '*',
  )
  await setting.json('event', 'send', 'node.added', '--example')
  await expect
    .poll(async () => (await setting.rows('delivery', 'list')).map(({lastErrorClass}) => lastErrorClass))
    .toEqual(['target_denied'])
  await stop()
})

test('worker run --listen refuses an address that is none, is taken, or is not there to be called by a name', async () => {
  await using setting = await aSetting()
  const {port} = new URL(setting.receiver.url)
  const errorOf = async (...flags: string[]) => {
    const {exitCode, error} = await setting.hookctl(['worker', 'run', '--drain', '--json', ...flags])
    return [exitCode, error().code]
  }
  expect(await errorOf('--listen', 'nope')).toEqual([2, 'bad_listen'])
  expect(await errorOf('--listen', `127.0.0.1:${port}`)).toEqual([4, 'port_taken'])
  expect(await errorOf('--host-name', 'worker-1')).toEqual([2, 'missing_flag'])
})

/** A worker that answers a monitoring system, and where. */
async function monitored(setting: Setting) {
  const {promise, resolve} = Promise.withResolvers<string>()
  let interrupt = () => {}
  const running = setting.hookctl(['worker', 'run', '--listen', '127.0.0.1:0'], {
    signals: emitter => {
      interrupt = () => emitter.emit('SIGINT')
    },
    onStderr: text => {
      const url = /^metrics at (\S+)\/metrics$/m.exec(text)?.[1]
      if (url !== undefined) resolve(url)
    },
  })
  return {
    url: await Promise.race([promise, running.then(({stderr}) => Promise.reject(new Error(stderr)))]),
    stop: () => {
      interrupt()
      return running
    },
  }
}
