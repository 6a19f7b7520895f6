import {expect, test} from 'vitest'
import {answers} from '../../harness/receiver.ts'
import {aSetting} from '../../harness/setting.ts'

test('ENT-07: an empty list is no failure; a person is told that there is nothing, and what makes the first one', async () => {
  await using setting = await aSetting()
  const seen = (...words: string[]) => setting.hookctl(words, {tty: true}).then(({stderr}) => stderr)
  expect(await setting.hookctl(['webhook', 'list'])).toMatchObject({exitCode: 0, stdout: '', stderr: ''})
  expect(await seen('webhook', 'list')).toBe('nothing found\nnext: hookctl webhook create\n')
  expect(await seen('webhook', 'list', '--limit', '3')).toBe('nothing found\nnext: hookctl webhook create\n')
  expect(await seen('webhook', 'list', '--active', 'no')).toBe('nothing found\n')
  expect(await seen('history', 'list')).toBe('nothing found\n')
  expect(await setting.json('webhook', 'list')).toEqual({data: []})
})

test('a terminal gets a table, a pipe lines with tabs, wide more columns, -q the ids', async () => {
  await using setting = await aSetting()
  const id = await setting.webhook('a')
  const table = (await setting.hookctl(['webhook', 'list', '--no-color'], {tty: true, columns: 160})).stdout
  expect(table).toMatch(/^ID +NAME +STATE +PLATFORM +EVENTS +URL +CREATED\n/)
  expect(table).toMatch(/\bnow\n$|ago\n$/)
  const line = (await setting.hookctl(['webhook', 'list'])).stdout
  expect(line.split('\t')).toEqual([
    id,
    'a',
    'active',
    'catalyst@1',
    'node.*',
    setting.url(),
    expect.stringMatching(/Z\n$/),
  ])
  expect((await setting.hookctl(['webhook', 'list', '-o', 'wide'])).stdout).toMatch(
    /\bMODE\b.*\bSECRET FINGERPRINTS\b.*\bTLS\b/,
  )
  expect((await setting.hookctl(['webhook', 'list', '-q'])).stdout).toBe(`${id}\n`)
  expect((await setting.hookctl(['webhook', 'list', '-o', 'yaml'])).stdout).toMatch(/^data:\n {2}- id: wh_/)
  expect((await setting.hookctl(['webhook', 'list', '--fields', 'name,mode'])).stdout).toBe('a\tinstant\n')
})

test('filters and pages restrict, newest first; --all walks every page', async () => {
  await using setting = await aSetting()
  for (const name of ['a', 'b', 'c']) await setting.webhook(name)
  await setting.webhook('n', '--platform', 'netbox', '--event', 'dcim.site.*', '--description', 'the CMDB')
  await setting.json('webhook', 'disable', 'b')
  const names = async (...flags: string[]) => (await setting.rows('webhook', 'list', ...flags)).map(({name}) => name)
  expect(await names()).toEqual(['n', 'c', 'b', 'a'])
  expect(await names('--active', 'no')).toEqual(['b'])
  expect(await names('--platform', 'netbox')).toEqual(['n'])
  expect(await names('--search', 'cmdb')).toEqual(['n'])
  const first = await setting.json('webhook', 'list', '--limit', '2')
  expect(first.data).toHaveLength(2)
  expect(await names('--cursor', first.page.next)).toEqual(['b', 'a'])
  expect(await names('--limit', '1', '--all')).toEqual(['n', 'c', 'b', 'a'])
})

test.each([
  [['--active', 'maybe'], 'invalid_value', /"maybe" is not one of yes, no/],
  [['--platform', 'netbx'], 'unknown_platform', /netbx/],
  [['--limit', '0'], 'invalid_number', /"0" is not a whole number from 1 to 1000/],
  [['--limit', 'ten'], 'invalid_number', /ten/],
  [['--cursor', 'nonsense'], 'bad_cursor', /nonsense/],
  [['--fields', 'nme'], 'unknown_field', /nme/],
  [['--organization', 'nope'], 'organization_not_found', /nope/],
])('%j is refused by name', async (flags, code, message) => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['webhook', 'list', '--json', ...flags])
  expect(result).toMatchObject({stdout: '', exitCode: code === 'organization_not_found' ? 3 : 2})
  expect(result.error()).toMatchObject({code, message: expect.stringMatching(message)})
})

test('a person who sees something failed is told how to go on, a pipe is not', async () => {
  await using setting = await aSetting()
  await setting.webhook('cmdb', '--retry', 'manual')
  setting.receiver.next(answers.status(500))
  const {deliveries} = await setting.json('event', 'send', 'node.added', '--example')
  const {id} = deliveries[0]
  const seen = (...words: string[]) => setting.hookctl(words, {tty: true}).then(({stderr}) => stderr)
  expect(await seen('delivery', 'list')).toBe(`next: hookctl delivery show ${id}\n`)
  expect(await seen('delivery', 'show', id)).toBe(`next: hookctl delivery replay ${id}\n`)
  expect(await seen('delivery', 'list', '--json')).toBe('')
  expect((await setting.hookctl(['delivery', 'list'])).stderr).toBe('')
})
