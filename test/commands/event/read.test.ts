import {expect, test} from 'vitest'
import {aSetting} from '../../harness/setting.ts'

test('ENT-14: events are listed without any webhook, newest first, by type, object, request and time', async () => {
  await using setting = await aSetting()
  const object = ['--object-type', 'Node', '--object-id', '7']
  await setting.json('event', 'send', 'node.added', '--example', '--request-id', 'r-1', ...object)
  await setting.json('event', 'send', 'group.created', '--example', '--request-id', 'r-1')
  await setting.json('event', 'send', 'dcim.site.created', '--example')
  const types = async (...flags: string[]) => (await setting.rows('event', 'list', ...flags)).map(({type}) => type)
  expect(await types()).toEqual(['dcim.site.created', 'group.created', 'node.added'])
  expect(await types('--event', 'node.*')).toEqual(['node.added'])
  expect(await types('--event', 'site.*,group.created')).toEqual(['dcim.site.created', 'group.created'])
  expect(await types('--request-id', 'r-1')).toEqual(['group.created', 'node.added'])
  expect(await types(...object)).toEqual(['node.added'])
  expect(await types('--since', '1h')).toHaveLength(3)
  expect(await types('--until', '1h')).toEqual([])
  expect((await setting.hookctl(['event', 'list', '--fields', 'type,actor', '--limit', '1'])).stdout).toBe(
    'dcim.site.created\tadmin\n',
  )
})

test('one event is shown with its data and who was told', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const {id} = await setting.json(
    'event',
    'send',
    'node.added',
    '--example',
    '--data',
    '{"name":"x","nebula_ip":"","a":1.0}',
  )
  const {stdout} = await setting.hookctl(['event', 'show', id])
  expect(stdout).toContain('\nData\n{\n  "name": "x",\n  "nebula_ip": "",\n  "a": 1.0\n}\n')
  expect(stdout).toMatch(/\nDeliveries\ndlv_[0-9a-f]{32}\tops\tdelivered\t\n$/)
  expect((await setting.hookctl(['event', 'show', id, '--json'])).stdout).toContain('"a": 1.0')
})

test('the types of a platform are listed, an example can be shown', async () => {
  await using setting = await aSetting()
  expect(await setting.rows('event', 'types', '--platform', 'catalyst')).toHaveLength(17)
  expect((await setting.hookctl(['event', 'types', 'node.added'])).stdout).toBe(
    'node.added\tcatalyst\tNodes\ta node joined the network\n',
  )
  expect(await setting.json('event', 'types', 'node.added', '--example')).toMatchObject({example: {type: 'node.added'}})
  expect((await setting.hookctl(['event', 'types', '--limit', '2'])).stdout.trim().split('\n')).toHaveLength(2)
})

test.each([
  [['list', '--event', 'no de'], 'bad_event_type', 2],
  [['list', '--since', '2026-02-30'], 'invalid_time', 2],
  [['list', '--limit', '1001'], 'invalid_number', 2],
  [['show', 'evt_0'], 'event_not_found', 3],
  [['show'], 'missing_argument', 2],
  [['types', '--platform', 'netbx'], 'unknown_platform', 2],
  [['types', 'no de', '--example'], 'event_type_not_found', 3],
  [['types', 'node.nope', '--platform', 'catalyst'], 'event_type_not_found', 3],
])('event %j is refused by name', async (argv, code, exitCode) => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['event', ...argv, '--json'])
  expect(result).toMatchObject({exitCode, stdout: ''})
  expect(result.error().code).toBe(code)
})

test('an event type nobody speaks of is said to be known by none', async () => {
  await using setting = await aSetting()
  const said = async (...argv: string[]) =>
    (await setting.hookctl(['event', 'types', ...argv, '--example', '--json'])).error().message
  expect(await said('no de')).toBe('no platform knows the event type "no de"')
  expect(await said('node.nope', '--platform', 'catalyst')).toBe('catalyst@1 knows no event type "node.nope"')
})
