import {expect, test} from 'vitest'
import {aSetting} from '../../harness/setting.ts'

test('ENT-07: an empty list is no failure; a person is told that there is nothing', async () => {
  await using setting = await aSetting()
  expect(await setting.hookctl(['webhook', 'list'])).toMatchObject({exitCode: 0, stdout: '', stderr: ''})
  expect((await setting.hookctl(['webhook', 'list'], {tty: true})).stderr).toBe('nothing found\n')
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
