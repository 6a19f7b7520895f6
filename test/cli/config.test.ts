import {mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {run, temporaryHome} from '../harness/cli.ts'

test('a value comes from the flag before the environment before the profile before files before the default', async () => {
  await using home = temporaryHome()
  const organization = async (argv: string[] = [], env = {}) => {
    const shown = await run(['config', 'get', 'organization', '--json', ...argv], {home, env})
    const {value, origin} = shown.json<{value: string; origin: string}>()
    return [value, origin]
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

const userFile = (home: {path: string}) => path.join(home.path, 'config/hookctl/config.json')

function writeUserFile(home: {path: string}, text: string): void {
  mkdirSync(path.dirname(userFile(home)), {recursive: true})
  writeFileSync(userFile(home), text)
}

test('an empty variable is an unset one', async () => {
  const result = await run(['config', 'get', 'organization', '--json'], {env: {HOOKCTL_ORGANIZATION: ''}})
  expect(result.json()).toMatchObject({value: 'default', origin: 'default'})
})

test('the project file is found from a folder below, the way git finds its repository', async () => {
  await using home = temporaryHome()
  const below = path.join(home.path, 'a/b')
  mkdirSync(below, {recursive: true})
  writeFileSync(path.join(home.path, 'hookctl.config.json'), '{"store": "state/x.db"}')
  const result = await run(['config', 'get', 'store', '--json'], {home, cwd: below})
  // A relative path is relative to the file that holds it.
  expect(result.json()).toMatchObject({value: `sqlite:${home.path}/state/x.db`})
})

test.each([
  ['x.db', 'sqlite:CWD/x.db'],
  ['/x.db', 'sqlite:/x.db'],
  ['sqlite:x.db', 'sqlite:CWD/x.db'],
  ['sqlite::memory:', 'sqlite::memory:'],
  ['memory:', 'memory:'],
  ['json:x.json', 'json:CWD/x.json'],
  ['postgres://h/db', 'postgres://h/db'],
])('--store %s is one place wherever it is used', async (given, expected) => {
  await using home = temporaryHome()
  const result = await run(['config', 'get', 'store', '--json', '--store', given], {home})
  expect(result.json()).toMatchObject({value: expected.replace('CWD', home.path)})
})

test('E1: configuration is for its user alone, whatever the umask', async () => {
  await using home = temporaryHome()
  const before = process.umask(0)
  try {
    await run(['config', 'set', 'token', '-'], {home, stdin: 'tok_1\n'})
  } finally {
    process.umask(before)
  }
  expect(statSync(userFile(home)).mode & 0o777).toBe(0o600)
  expect(statSync(path.dirname(userFile(home))).mode & 0o777).toBe(0o700)
})

test('E4: a token is stored and never printed', async () => {
  await using home = temporaryHome()
  const refused = await run(['config', 'set', 'token', 'tok_canary'], {home})
  expect(refused).toMatchObject({exitCode: 2, stdout: ''})
  await run(['config', 'set', 'token', '-'], {home, stdin: 'tok_canary\n'})
  await run(['profile', 'create', 'p', '--token-file', '-', '--server', 'http://x'], {home, stdin: 'tok_canary'})
  expect(readFileSync(userFile(home), 'utf8').match(/tok_canary"/g)).toHaveLength(2)
  for (const argv of [
    ['config', 'list'],
    ['config', 'get', 'token'],
    ['profile', 'list'],
    ['profile', 'show', 'p'],
  ]) {
    for (const more of [[], ['--json'], ['-o', 'wide'], ['--debug']]) {
      const {stdout, stderr} = await run([...argv, ...more], {home, env: {HOOKCTL_TOKEN: 'tok_canary'}})
      expect(refused.stderr + stdout + stderr).not.toContain('canary')
    }
  }
})

test.each([
  ['{"organization": "x",}', 'config_broken', ': line 1, column 22'],
  ['{\n  "organization": tok_canary\n}', 'config_broken', ': line 2, column 20'],
  ['', 'config_broken', ': line 1, column 1'],
  ['[]', 'config_broken', 'must hold a JSON object'],
  ['{"organisation": "x"}', 'unknown_setting', 'no setting "organisation" in'],
  ['{"output": "jsn"}', 'invalid_setting', 'output must be one of'],
  ['{"server": "ftp://x"}', 'invalid_setting', 'server must be an http or https URL'],
  ['{"noInput": "perhaps"}', 'invalid_setting', 'noInput must be true or false'],
  ['{"noInput": "constructor"}', 'invalid_setting', 'noInput must be true or false'],
  ['{"profiles": []}', 'config_broken', 'profiles must be an object of objects'],
  ['{"profile": "p", "profiles": {"p": {"profile": "q"}}}', 'setting_not_allowed', 'must not hold a profile'],
])('a configuration of %s is refused, with its path and place and none of its content', async (text, code, message) => {
  await using home = temporaryHome()
  writeUserFile(home, text)
  const result = await run(['config', 'list', '--json'], {home})
  expect(result).toMatchObject({exitCode: 2, stdout: ''})
  expect(result.error()).toMatchObject({code, message: expect.stringContaining(message)})
  expect(result.stderr).toContain(userFile(home))
  expect(result.stderr).not.toContain('canary')
  // What helps to repair it still works.
  expect((await run(['config', 'path'], {home})).stdout).toContain(userFile(home))
  expect((await run(['help', 'environment'], {home})).exitCode).toBe(0)
})

test('a project file holds no token and no profiles: it gets shared', async () => {
  await using home = temporaryHome()
  for (const text of ['{"token": "tok_canary"}', '{"profiles": {}}']) {
    writeFileSync(path.join(home.path, 'hookctl.config.json'), text)
    const result = await run(['config', 'list'], {home})
    expect(result.exitCode).toBe(2)
    expect(result.stderr).not.toContain('canary')
  }
})

test('parts of a configuration that others wrote survive a change', async () => {
  await using home = temporaryHome()
  writeUserFile(home, '{"organization": "a", "profiles": {"p": {"server": "http://x"}}}')
  await run(['config', 'set', 'no-input', 'true'], {home})
  await run(['config', 'set', 'organization', 'b', '--in-profile', 'p'], {home})
  await run(['config', 'unset', 'organization'], {home})
  expect(JSON.parse(readFileSync(userFile(home), 'utf8'))).toEqual({
    noInput: true,
    profiles: {p: {server: 'http://x', organization: 'b'}},
  })
})

test('a profile that is deleted is no longer used', async () => {
  await using home = temporaryHome()
  await run(['profile', 'create', 'p', '--organization', 'acme'], {home})
  await run(['profile', 'use', 'p'], {home})
  expect((await run(['profile', 'create', 'p'], {home})).exitCode).toBe(4)
  expect((await run(['profile', 'delete', 'p', '--yes'], {home})).exitCode).toBe(0)
  expect((await run(['config', 'get', 'organization', '--json'], {home})).json()).toMatchObject({value: 'default'})
})

test('a path that is typed is relative to where it is typed, also where it is kept', async () => {
  await using home = temporaryHome()
  const cwd = path.join(home.path, 'work')
  mkdirSync(cwd)
  const kept = async (key: string, ...where: readonly string[]) =>
    (await run(['config', 'get', key, '--json', ...where], {home})).json<{value: string}>().value
  for (const [key, value] of [
    ['store', 'hooks.db'],
    ['secretKeyFile', 'secret.key'],
    ['targets.certFile', '../cert.pem'],
  ] as const)
    expect(await run(['config', 'set', key, value], {home, cwd})).toMatchObject({exitCode: 0})
  expect(await kept('store')).toBe(`sqlite:${cwd}/hooks.db`)
  expect(await kept('secretKeyFile')).toBe(`${cwd}/secret.key`)
  expect(await kept('targets.certFile')).toBe(`${home.path}/cert.pem`)
  await run(['profile', 'create', 'p', '--store', 'json:own.json'], {home, cwd})
  expect(await kept('store', '--profile', 'p')).toBe(`json:${cwd}/own.json`)
})

test.each([
  [['config', 'set', 'store', 'foo:bar'], {}, 'config set: unknown kind of store: "foo:"'],
  [['config', 'set', 'store', 'memory:x'], {}, 'config set: a memory: store has no path: "x"'],
  [['profile', 'create', 'p', '--store', 'foo:bar'], {}, 'profile create: unknown kind of store: "foo:"'],
  [['webhook', 'list'], {HOOKCTL_STORE: 'foo:bar'}, 'HOOKCTL_STORE: unknown kind of store: "foo:"'],
  [['webhook', 'list', '--store', 'foo:bar'], {}, 'flag --store: unknown kind of store: "foo:"'],
  [['store', 'check'], {HOOKCTL_STORE: 'foo:bar'}, 'HOOKCTL_STORE: unknown kind of store: "foo:"'],
])('a store of no kind there is is refused with where it is set: %j', async (argv, env, message) => {
  await using home = temporaryHome()
  const result = await run([...argv, '--json'], {home, env})
  expect(result).toMatchObject({exitCode: 2, stdout: ''})
  expect(result.error()).toMatchObject({message, hint: expect.any(String)})
  expect((await run(['config', 'get', 'store'], {home})).stdout).toContain('hookctl.db')
})
