import {expect, test} from 'vitest'
import {aSetting} from '../../harness/setting.ts'

test('the platforms are listed with their versions and modes', async () => {
  await using setting = await aSetting()
  const {stdout} = await setting.hookctl(['platform', 'list', '--fields', 'name,defaultVersion'])
  expect(stdout).toBe('catalyst\t1\nentrypoint\t1\nnebularstack\t1\nnetbox\t4.6\nprocustodibus\t1\nstandard\t1\n')
  expect((await setting.hookctl(['platform', 'list', '-q', '--limit', '1'])).stdout).toBe('catalyst\n')
})

test('CAT-07: what a platform decides is shown in words, with its catalog', async () => {
  await using setting = await aSetting()
  const {stdout} = await setting.hookctl(['platform', 'show', 'netbox@2.6'])
  expect(stdout).toContain('version\t2.6\n')
  expect(stdout).toContain('success\tanything but 400 to 599\n')
  expect(stdout).toContain('retry\tmanual: only when a person replays it\n')
  expect(stdout).toContain('whenOff\tevents accepted meanwhile are skipped\n')
  expect((await setting.json('platform', 'show', 'catalyst')).catalog).toHaveLength(17)
})

test.each([
  [['show', 'netbx'], 'unknown_platform', 3, /did you mean netbox/],
  [['show', 'netbox@9'], 'unknown_platform_version', 3, /./],
  [['show'], 'missing_argument', 2, /./],
  [['list', '--limit', '-1'], undefined, 2, /./],
])('platform %j is refused by name', async (argv, code, exitCode, hint) => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['platform', ...argv, '--json'])
  expect(result).toMatchObject({exitCode, stdout: ''})
  if (code !== undefined) expect(result.error().code).toBe(code)
  expect(result.error().hint ?? '.').toMatch(hint)
})

test.each([
  ['webhook list'],
  ['event types'],
  ['object list'],
  ['retry preview'],
  ['webhook create --name ops --url https://ops.example.com/ --event *'],
])('a --platform that is none is a bad value of %s', async command => {
  await using setting = await aSetting()
  const result = await setting.hookctl([...command.split(' '), '--platform', 'netbx', '--json'])
  expect(result).toMatchObject({exitCode: 2, stdout: ''})
  expect(result.error()).toMatchObject({
    code: 'unknown_platform',
    message: expect.stringContaining('no platform "netbx"'),
  })
})
