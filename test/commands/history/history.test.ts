import {expect, test} from 'vitest'
import {aSetting} from '../../harness/setting.ts'

test('CAT-24 CAT-25: every change of a webhook is there: who, when, what it was and what it became', async () => {
  await using setting = await aSetting()
  const env = {LOGNAME: 'ada'}
  const run = (...argv: string[]) => setting.hookctl(argv, {env})
  await run(
    'webhook',
    'create',
    '--name',
    'ops',
    '--platform',
    'catalyst',
    '--url',
    'https://a.example.com/',
    '--event',
    '*',
  )
  await run('webhook', 'edit', 'ops', '--url', 'https://b.example.com/')
  await run('webhook', 'delete', 'ops', '--yes')
  const changes = await setting.rows('history', 'list', '--object-type', 'Webhook')
  expect(changes.map(({change, actor}) => [change, actor.name])).toEqual([
    ['deleted', 'ada'],
    ['changed', 'ada'],
    ['created', 'ada'],
  ])
  const changed = await setting.json('history', 'show', changes[1]?.id)
  expect([changed.before.url, changed.after.url]).toEqual(['https://a.example.com/', 'https://b.example.com/'])
  const {stdout} = await setting.hookctl(['history', 'show', changes[1]?.id])
  expect(stdout).toMatch(/\nBefore\n\{\n[\s\S]*"url": "https:\/\/a\.example\.com\/"[\s\S]*\nAfter\n\{\n/)
})

test('ENT-24: part of a name, a range of time, kinds of change and an object restrict the list', async () => {
  await using setting = await aSetting()
  await setting.json('event', 'send', 'node.added', '--example', '--actor', 'Ada Lovelace')
  await setting.json('event', 'send', 'node.removed', '--example', '--actor', 'bob')
  const changes = async (...flags: string[]) =>
    (await setting.rows('history', 'list', ...flags)).map(({change}) => change)
  expect(await changes()).toEqual(['deleted', 'created'])
  expect(await changes('--actor', 'lovel')).toEqual(['created'])
  expect(await changes('--change', 'deleted,changed')).toEqual(['deleted'])
  expect(await changes('--object-type', 'Node', '--object-id', '7')).toHaveLength(2)
  expect(await changes('--since', '1h', '--until', 'now')).toHaveLength(2)
  expect(await changes('--until', '1h')).toEqual([])
})

test.each([
  [['list', '--change', 'delete'], 'invalid_value', 2],
  [['list', '--since', 'x'], 'invalid_time', 2],
  [['list', '--cursor', 'x'], 'bad_cursor', 2],
  [['show', 'hst_0'], 'history_not_found', 3],
  [['show'], 'missing_argument', 2],
])('history %j is refused by name', async (argv, code, exitCode) => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['history', ...argv, '--json'])
  expect(result).toMatchObject({exitCode, stdout: ''})
  expect(result.error().code).toBe(code)
})
