import {expect, test} from 'vitest'
import {aSetting} from '../../harness/setting.ts'

test('CAT-12: a deleted webhook gets nothing more; its deliveries and its history stay readable', async () => {
  await using setting = await aSetting()
  const id = await setting.webhook('ops')
  await setting.json('event', 'send', 'node.added', '--example', '--wait')
  expect(await setting.json('webhook', 'delete', 'ops', '--yes')).toEqual({id, name: 'ops', cancelled: 0})
  await setting.json('event', 'send', 'node.added', '--example')
  expect(setting.receiver.requests).toHaveLength(1)
  expect(await setting.rows('delivery', 'list', '--webhook', id)).toHaveLength(1)
  const changes = await setting.rows('history', 'list', '--object-type', 'Webhook')
  expect(changes.map(({change}) => change)).toEqual(['deleted', 'created'])
})

test('what it was still owed is cancelled, and said so', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops', '--when-off', 'hold')
  await setting.json('webhook', 'disable', 'ops')
  await setting.json('event', 'send', 'node.added', '--example')
  const result = await setting.hookctl(['webhook', 'delete', 'ops', '--yes'])
  expect(result.stdout).toBe('deleted ops; 1 unfinished delivery is cancelled\n')
})

test('off a terminal it needs --yes, and says so; nothing is deleted', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const result = await setting.hookctl(['webhook', 'delete', 'ops', '--json'])
  expect(result).toMatchObject({exitCode: 2, stdout: ''})
  expect(result.error()).toMatchObject({code: 'not_confirmed', hint: 'add --yes to confirm'})
  expect(await setting.rows('webhook', 'list')).toHaveLength(1)
  expect((await setting.hookctl(['webhook', 'delete', 'nope', '--yes'])).exitCode).toBe(3)
})

test('on a terminal it asks first', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const answer = (typed: string) =>
    setting.hookctl(['webhook', 'delete', 'ops'], {tty: true, answers: [[/delete webhook ops\?/, typed]]})
  expect((await answer('n\r')).exitCode).toBe(2)
  expect(await setting.rows('webhook', 'list')).toHaveLength(1)
  expect((await answer('y\r')).exitCode).toBe(0)
  expect(await setting.rows('webhook', 'list')).toHaveLength(0)
})
