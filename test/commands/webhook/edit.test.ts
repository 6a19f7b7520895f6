import {expect, test} from 'vitest'
import {aSetting} from '../../harness/setting.ts'

test('CAT-11: an edit keeps the identity; the next delivery goes to the new URL', async () => {
  await using setting = await aSetting()
  const id = await setting.webhook('ops', '--url', setting.url('/old'))
  const edited = await setting.json('webhook', 'edit', 'ops', '--url', setting.url('/new'), '--name', 'ops 2')
  expect(edited).toMatchObject({id, name: 'ops 2', url: setting.url('/new'), eventTypes: ['node.*']})
  await setting.json('event', 'send', 'node.added', '--example', '--wait')
  expect(setting.receiver.requests.map(({path}) => path)).toEqual(['/new'])
})

test('a person is told what changed and how to look at it, with the name quoted for the shell', async () => {
  await using setting = await aSetting()
  await setting.webhook('two words')
  const result = await setting.hookctl(['webhook', 'edit', 'two words', '--method', 'PUT', '--event', '*'], {
    tty: {stderr: true},
  })
  expect(result.stdout).toBe('changed two words: eventTypes, method\n')
  expect(result.stderr).toBe("next: hookctl webhook show 'two words'\n")
})

test('G3 F7: how long it may fail and whether it goes in order can be changed, and taken back', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const edit = async (...flags: readonly string[]) =>
    (await setting.json<{policies: object}>('webhook', 'edit', 'ops', ...flags)).policies
  expect(await edit('--description', 'x')).toMatchObject({pauseAfterMs: 432_000_000, ordered: null})
  expect(await edit('--pause-after', '12h', '--ordered', 'halt')).toMatchObject({
    pauseAfterMs: 43_200_000,
    ordered: 'halt',
  })
  expect(await edit('--pause-after', 'never', '--ordered', 'no')).toMatchObject({pauseAfterMs: null, ordered: null})
})

test.each([
  [[], 'nothing_to_change', 2],
  [['--event', 'nod.added'], 'unknown_event_type', 2],
  [['--url', 'nonsense'], undefined, 2],
  [['--name', 'taken'], 'webhook_exists', 4],
  [['--tls', 'maybe'], 'invalid_value', 2],
  [['--pause-after', 'soon'], 'invalid_pause_after', 2],
  [['--pause-after', '59s'], 'invalid_pause_after', 2],
  [['--ordered', 'yes'], 'invalid_value', 2],
])('%j is refused and changes nothing', async (flags, code, exitCode) => {
  await using setting = await aSetting()
  await setting.webhook('taken')
  await setting.webhook('ops')
  const before = await setting.json('webhook', 'show', 'ops')
  const result = await setting.hookctl(['webhook', 'edit', 'ops', '--json', ...flags])
  expect(result).toMatchObject({exitCode, stdout: ''})
  if (code !== undefined) expect(result.error().code).toBe(code)
  expect(await setting.json('webhook', 'show', 'ops')).toEqual(before)
})
