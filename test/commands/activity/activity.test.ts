import {expect, test} from 'vitest'
import {aSetting, type Row} from '../../harness/setting.ts'

test('CAT-22 CAT-23: the ten newest changes of nodes and groups, in the sentences of the dashboard', {
  timeout: 60_000,
}, async () => {
  await using setting = await aSetting()
  await setting.webhook('not shown')
  const event = (type: string, n: number) =>
    JSON.stringify({
      type,
      data: {name: `x${n}`, nebula_ip: ''},
      object: {type: type.startsWith('node') ? 'Node' : 'Tag', id: String(n), name: `x${n}`},
    })
  const events = [
    ...Array.from({length: 8}, (_, n) => event('node.added', n)),
    ...Array.from({length: 8}, (_, n) => event('group.updated', n)),
    event('node.removed', 1),
    event('group.deleted', 2),
  ]
  await setting.hookctl(['event', 'send', '--ndjson', '-'], {stdin: events.join('\n')})
  const {stdout} = await setting.hookctl(['activity', 'list', '--fields', 'change,message'])
  const rows = stdout.trim().split('\n')
  expect(rows).toHaveLength(10)
  expect(rows[0]).toBe('changed\tSecurity group “x7” was updated.')
  expect(rows[9]).toBe('created\tNode “x6” was created.')
  expect((await setting.rows('activity', 'list', '--everything', '--limit', '100')).length).toBeGreaterThan(18)
})

test('a short feed on a terminal says what it leaves out; a full one, a pipe and a machine are not told', async () => {
  await using setting = await aSetting()
  await setting.webhook('not shown')
  const list = async (tty: boolean, ...flags: string[]) =>
    (await setting.hookctl(['activity', 'list', ...flags], {tty})).stderr
  expect(await list(true)).toContain('nodes and groups only; --everything for all\n')
  await setting.json('event', 'send', 'node.added', '--example')
  expect(await list(true)).toBe('nodes and groups only; --everything for all\n')
  expect(await list(true, '--limit', '1')).not.toContain('--everything')
  expect(await list(true, '--everything')).not.toContain('--everything')
  expect(await list(true, '--json')).toBe('')
  expect(await list(false)).toBe('')
})

test('a list that cannot print every page names the cursor to go on from, and no --all', async () => {
  await using setting = await aSetting()
  await setting.webhook('a')
  await setting.webhook('b')
  const {stderr} = await setting.hookctl(['activity', 'list', '--everything', '--limit', '1'])
  expect(stderr).toMatch(/^showing 1; there are more: --cursor \S+\n$/)
  const [, cursor] = /--cursor (\S+)/.exec(stderr) ?? []
  expect(await setting.rows('activity', 'list', '--everything', '--limit', '1', '--cursor', cursor!)).toHaveLength(1)
})

test('changes are followed as sentences, from a time or a cursor on', async () => {
  await using setting = await aSetting()
  await setting.json('event', 'send', 'node.added', '--example')
  await setting.webhook('ops')
  const {stdout} = await setting.hookctl(['activity', 'tail', '--no-follow'])
  expect(stdout).toMatch(/^\S+Z created "Node “edge-7” was created\."\n\S+Z created "Webhook “ops” was created\."\n$/)
  const first = (await setting.hookctl(['activity', 'tail', '--count', '1', '--since', '1h', '--json'])).json<Row>()
  expect(first.message).toBe('Node “edge-7” was created.')
  const rest = await setting.hookctl(['activity', 'tail', '--no-follow', '--cursor', first.cursor])
  expect(rest.stdout).toMatch(/^\S+ created "Webhook/)
})

test.each([
  [['list', '--limit', '0'], 'invalid_number'],
  [['list', '--everything', '--cursor', 'nonsense'], 'bad_cursor'],
  [['list', '--fields', 'mesage'], 'unknown_field'],
  [['tail', '--since', 'soon'], 'invalid_time'],
  [['tail', '--cursor', 'nonsense'], 'bad_cursor'],
  [['tail', '--count', 'x'], 'invalid_number'],
])('activity %j is refused by name', async (argv, code) => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['activity', ...argv, '--json'])
  expect(result).toMatchObject({exitCode: 2, stdout: ''})
  expect(result.error().code).toBe(code)
})
