import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {run, temporaryHome} from '../harness/cli.ts'

test('a value comes from the flag before the environment before the profile before files before the default', async () => {
  await using home = temporaryHome()
  const organization = async (argv: string[] = [], env = {}) => {
    const {organization} = (await run(['config', 'list', '--json', ...argv], {home, env}))
      .json<{data: {key: string; value: string; origin: string}[]}>()
      .data.reduce((all, {key, value, origin}) => ({...all, [key]: [value, origin]}), {} as Record<string, string[]>)
    return organization
  }
  const user = path.join(home.path, 'config/hookctl/config.json')
  expect(await organization()).toEqual(['default', 'default'])
  await run(['config', 'set', 'organization', 'from-user'], {home})
  expect(await organization()).toEqual(['from-user', user])
  const project = path.join(home.path, 'hookctl.config.json')
  writeFileSync(project, '{"organization": "from-project"}')
  expect(await organization()).toEqual(['from-project', project])
  await run(['profile', 'create', 'p', '--organization', 'from-profile'], {home})
  await run(['profile', 'use', 'p'], {home})
  expect(await organization()).toEqual(['from-profile', 'profile "p"'])
  expect(await organization([], {HOOKCTL_ORGANIZATION: 'from-env'})).toEqual(['from-env', 'HOOKCTL_ORGANIZATION'])
  expect(await organization(['--organization', 'from-flag'], {HOOKCTL_ORGANIZATION: 'x'})).toEqual([
    'from-flag',
    'flag --organization',
  ])
})
