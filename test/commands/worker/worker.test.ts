import {expect, test} from 'vitest'
import {aSetting} from '../../harness/setting.ts'

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
