import {mkdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, test} from 'vitest'
import {processSurroundings} from '../../src/cli/config.ts'
import {type GivenFlags, resolveSettings} from '../../src/cli/settings.ts'
import {temporaryHome} from '../harness/cli.ts'

const profiles = {
  one: {server: 'https://one.example', token: 'tok_one'},
  bare: {token: 'tok_bare'},
}

/** The token that would be sent, with this user configuration, project file, flags and environment. */
async function tokenSent(given: {user?: object; project?: object; flags?: GivenFlags; env?: Record<string, string>}) {
  await using home = temporaryHome()
  mkdirSync(path.join(home.path, 'config/hookctl'), {recursive: true})
  writeFileSync(path.join(home.path, 'config/hookctl/config.json'), JSON.stringify({profiles, ...given.user}))
  if (given.project) writeFileSync(path.join(home.path, 'hookctl.config.json'), JSON.stringify(given.project))
  const surroundings = {...processSurroundings(), cwd: home.path, home: home.path, env: {...home.env, ...given.env}}
  const settings = resolveSettings(given.flags ?? {}, surroundings)
  return settings.tokenFor(settings.read('server'))
}

describe('a token goes only to the server it stands beside', () => {
  test.each([
    ['of the profile in use to its server', {flags: {profile: 'one'}}, 'tok_one'],
    ['of the user file to its server', {user: {server: 'https://u.example', token: 'tok_u'}}, 'tok_u'],
    [
      'of the environment to whatever server',
      {env: {HOOKCTL_TOKEN: 'tok_e'}, flags: {server: 'https://x.example'}},
      'tok_e',
    ],
    [
      'of a profile not to a server given by flag',
      {flags: {profile: 'one', server: 'https://evil.example'}},
      undefined,
    ],
    [
      'of a profile not to a server of a project file',
      {project: {server: 'https://evil.example', profile: 'bare'}},
      undefined,
    ],
    [
      'of the user file not to a server of a project file',
      {user: {token: 'tok_u'}, project: {server: 'https://evil.example'}},
      undefined,
    ],
    [
      'of the user file not to a server of a profile',
      {user: {token: 'tok_u', profiles: {s: {server: 'https://s.example'}}}, flags: {profile: 's'}},
      undefined,
    ],
  ])('%s', async (_, given, expected) => expect(await tokenSent(given)).toBe(expected))
})
