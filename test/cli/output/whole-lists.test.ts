import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {aSetting, type Setting} from '../../harness/setting.ts'

/** More profiles than a page of a store's list has. */
async function manyProfiles(setting: Setting): Promise<void> {
  await setting.json('profile', 'create', 'p', '--organization', 'acme')
  const {path: file} = await setting.json('config', 'set', 'organization', 'default')
  const profiles = Object.fromEntries(Array.from({length: 60}, (_, at) => [`p${at}`, {organization: 'acme'}]))
  writeFileSync(path.resolve(file), JSON.stringify({profiles}))
}

test.each([
  ['profile list', 60],
  ['config list', 20],
  ['platform list', 6],
  ['event types', 60],
])('%s shows everything it has, and with --limit says how many there are', async (command, atLeast) => {
  await using setting = await aSetting()
  await manyProfiles(setting)
  const rows = await setting.rows(...command.split(' '))
  expect(rows.length).toBeGreaterThanOrEqual(atLeast)
  const all = await setting.hookctl(command.split(' '))
  expect([all.stdout.trimEnd().split('\n').length, all.stderr]).toEqual([rows.length, ''])
  const some = await setting.hookctl([...command.split(' '), '--limit', '3'])
  expect(some.stdout.trimEnd().split('\n')).toHaveLength(3)
  expect(some.stderr).toBe(`showing 3 of ${rows.length}; without --limit all are shown\n`)
})
