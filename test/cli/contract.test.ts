import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, test} from 'vitest'
import {run, spawnCli, startCli, temporaryHome} from '../harness/cli.ts'

describe('a failure', () => {
  test.each([
    [['config', 'get'], 2, 'hookctl: missing KEY\nnext: hookctl config get --help\n'],
    [['config', 'get', 'stor'], 2, 'did you mean: store\n'],
    [['config', 'get', 'a', 'b'], 2, 'hookctl: unexpected argument: b\n'],
    [['webhook', 'create', 'ops'], 2, 'unexpected argument: ops\ndid you mean: --name ops\n'],
    [['webhook', 'create', 'http://a.example/x?y=1&z'], 2, "did you mean: --url 'http://a.example/x?y=1&z'\n"],
    [['webhook', 'create', 'dcim.site.*'], 2, "did you mean: --event 'dcim.site.*'\n"],
    [['sign', 'body.json'], 2, 'did you mean: --body body.json\n'],
    [['delivery', 'list', 'ops'], 2, 'did you mean: --webhook ops\n'],
    [['config', 'get', 'store', '--feilds', 'x'], 2, 'hookctl: unknown flag --feilds\ndid you mean: --fields\n'],
    [['apply', '-f', 'hookctl.yaml'], 2, 'hookctl: unknown flag -f\nnext: FILES stands without a flag\n'],
    [['token', 'create', '--name', 'ci'], 2, 'next: NAME stands without a flag\n'],
    [['config', 'list', '--output', 'jsn'], 2, 'did you mean: json\n'],
    [['config', 'list', '--output'], 2, 'hookctl: --output needs a value: table'],
    [['config', 'list', '--limit', 'many'], 2, 'hookctl: --limit: "many" is not a whole number from 1 to 1000\n'],
    [['config', 'list', '--limit', '1', '--limit', '2'], 2, 'hookctl: --limit is given twice\n'],
    [['config', 'list', '--fields', 'nope'], 2, 'hookctl: no field "nope"; there are key, value, origin, summary\n'],
    [['config', 'list', '--json', '-o', 'yaml'], 2, '--json and --output yaml cannot both hold'],
    [['config', 'set', 'output', 'tabel'], 2, 'did you mean: table\n'],
    [['profile', 'show', 'nope'], 3, 'hookctl: no profile "nope"\nnext: hookctl profile list\n'],
    [['config', 'list', '--profile', 'nope'], 3, 'hookctl: no profile "nope"'],
    [['nope'], 2, 'hookctl: no command "nope"\nnext: hookctl --help\n'],
    [['config', 'get', 'store\u001b[2J'], 2, 'no setting "store\\x1b[2J"'],
  ])('of %j ends with %d and says what and what next, on stderr, in short lines', async (argv, exitCode, text) => {
    const result = await run(argv)
    expect(result.exitCode).toBe(exitCode)
    expect(result.stdout).toBe('')
    expect(result.stderr).toContain(text)
    expect(result.stderr).not.toMatch(/^\s+at /m)
  })

  test.each([[['--json']], [['-o', 'json']], [['-ojson']], [['--output=json']], [['--output', 'jsonl']]])(
    'with %j is one JSON line on stderr and leaves stdout empty',
    async flags => {
      const result = await run(['config', 'get', 'stor', ...flags])
      expect(result).toMatchObject({stdout: '', exitCode: 2})
      expect(JSON.parse(result.stderr)).toEqual({
        error: {code: 'unknown_setting', message: expect.stringContaining('"stor"'), hint: 'did you mean: store'},
      })
    },
  )

  test('is JSON too where the environment asks for JSON', async () => {
    const result = await run(['profile', 'show', 'nope'], {env: {HOOKCTL_OUTPUT: 'json'}})
    expect(result.error().code).toBe('profile_not_found')
  })

  test.each([
    [['nope'], 'unknown_command'],
    [['config', 'list', '--bad'], 'unknown_flag'],
    [['config', 'get'], 'missing_argument'],
  ])('is JSON where the environment asks for it and the words of %j are not understood', async (argv, code) => {
    expect((await run(argv, {env: {HOOKCTL_OUTPUT: 'json'}})).error().code).toBe(code)
    const flagged = await run([...argv, '-o', 'tsv'], {env: {HOOKCTL_OUTPUT: 'json'}})
    expect(flagged.stderr).toMatch(/^hookctl: /)
  })

  test.each([
    [['nope'], 'unknown_command'],
    [['config', 'list', '--bad'], 'unknown_flag'],
    [['profile', 'show', 'nope'], 'profile_not_found'],
  ])('is JSON where the configuration asks for it, whether or not %j is understood', async (argv, code) => {
    await using home = temporaryHome()
    await run(['config', 'set', 'output', 'json'], {home})
    expect((await run(argv, {home})).error().code).toBe(code)
    expect((await run([...argv, '-o', 'tsv'], {home})).stderr).toMatch(/^hookctl: /)
    expect((await run(argv, {home, env: {HOOKCTL_OUTPUT: 'tsv'}})).stderr).toMatch(/^hookctl: /)
  })

  test.each([['--profile', 'ci'], ['--profile=ci']])(
    'is JSON where the profile that %s names asks for it, though the words are not understood',
    async (...named) => {
      await using home = temporaryHome()
      await run(['profile', 'create', 'ci', '--organization', 'default'], {home})
      await run(['config', 'set', 'output', 'json', '--in-profile', 'ci'], {home})
      expect((await run(['nope', ...named], {home})).error().code).toBe('unknown_command')
      expect((await run(['nope'], {home})).stderr).toMatch(/^hookctl: /)
    },
  )

  test('does not repeat what was typed after an unknown flag: it may be a secret', async () => {
    const result = await run(['config', 'list', '--secrt=hunter2', '--json'])
    expect(result.stderr).toContain('--secrt')
    expect(result.stderr).not.toContain('hunter2')
  })
})

describe('an answer', () => {
  test('in a pipe is tab-separated, on a terminal a table with titles and colour', async () => {
    const argv = ['config', 'list', '--limit', '1', '--fields', 'key,origin']
    expect((await run(argv)).stdout).toBe('store\tdefault\n')
    expect((await run(argv, {tty: true, env: {NO_COLOR: '1'}})).stdout).toBe('KEY    ORIGIN\nstore  default\n')
    expect((await run(argv, {tty: true})).stdout).toContain('\u001b[1mKEY\u001b[22m')
    expect((await run([...argv, '--no-color'], {tty: true})).stdout).not.toContain('\u001b')
    expect((await run([...argv, '--color', 'always', '-o', 'table'])).stdout).toContain('\u001b[1m')
    expect((await run([...argv, '--color', 'always', '--json'])).stdout).not.toContain('\u001b')
  })

  test('is the same JSON wherever it is asked for', async () => {
    const plain = await run(['config', 'path', '--json'], {cwd: '/'})
    for (const env of [{FORCE_COLOR: '1'}, {NODE_ENV: 'development'}, {TERM: 'dumb'}, {CI: '1'}]) {
      const other = await run(['config', 'path', '-o', 'json'], {cwd: '/', env, tty: true})
      expect(Object.keys(other.json() as object)).toEqual(Object.keys(plain.json() as object))
      expect(other.stderr).toBe('')
    }
  })

  test('with -q is ids only', async () => {
    expect((await run(['profile', 'create', 'p', '-q'])).stdout).toBe('p\n')
    expect((await run(['config', 'list', '-q', '--limit', '2'])).stdout).toBe('store\nserver\n')
  })
})

test('a field that does not exist is refused before anything is asked', async () => {
  const result = await run(['webhook', 'list', '--fields', 'nope', '--server', 'http://127.0.0.1:9'])
  expect(result).toMatchObject({exitCode: 2, stderr: expect.stringContaining('no field "nope"')})
})

test.each([
  [['webhook', 'show', ''], 'WEBHOOK'],
  [['event', 'why', 'node.added', ''], 'WEBHOOK'],
  [['delivery', 'replay', 'dlv_0', ''], 'DELIVERIES'],
  [['config', 'set', 'organization', ''], 'VALUE'],
])('an argument that is empty is named: %j', async (argv, name) => {
  const result = await run([...argv, '--json'])
  expect(result).toMatchObject({exitCode: 2, stdout: ''})
  expect(result.error()).toMatchObject({code: 'empty_value', message: `${name} needs a value that is not empty`})
})

describe('questions', () => {
  test.each([
    ['off a terminal', {}, []],
    ['with --no-input', {tty: true}, ['--no-input']],
    ['where CI is set', {tty: true, env: {CI: 'true'}}, []],
    ['with HOOKCTL_NO_INPUT', {tty: true, env: {HOOKCTL_NO_INPUT: '1'}}, []],
    ['when stdin is piped', {tty: {stdout: true, stderr: true}}, []],
  ])('%s are usage errors that name the flag, and nothing is done', async (_, options, flags) => {
    await using home = temporaryHome()
    await run(['profile', 'create', 'p'], {home})
    const result = await run(['profile', 'delete', 'p', ...flags], {home, ...options})
    expect(result).toMatchObject({exitCode: 2, stdout: ''})
    expect(result.stderr).toContain('--yes')
    expect((await run(['profile', 'list', '-q'], {home})).stdout).toBe('p\n')
    expect((await run(['profile', 'rm', 'p', '--yes'], {home})).exitCode).toBe(0)
    expect((await run(['profile', 'list', '-q'], {home})).stdout).toBe('')
  })
})

describe('the built program', () => {
  test('answers --version, its help and a topic on stdout with exit code 0', async () => {
    const {stdout} = await spawnCli(['--version'])
    expect(stdout).toMatch(/^hookctl\/\d+\.\d+\.\d+ \S+ node-v\d/)
    expect(stdout).toContain(` node-${process.version}\n`)
    for (const argv of [[], ['--help'], ['-h'], ['help'], ['config'], ['config', '--help'], ['config', 'get', '-h']]) {
      const result = await spawnCli(argv)
      expect([argv, result.exitCode, result.stderr]).toEqual([argv, 0, ''])
      expect(result.stdout).toContain('USAGE')
    }
  })

  test.each([
    ['NODE_ENV=development', {NODE_ENV: 'development'}],
    ['NODE_ENV=test', {NODE_ENV: 'test'}],
    ['no HOME', {HOME: undefined, XDG_CONFIG_HOME: undefined, XDG_STATE_HOME: undefined}],
    [
      'a HOME that is no folder',
      {
        HOME: '/dev/null/x',
        XDG_CONFIG_HOME: undefined,
        XDG_CACHE_HOME: undefined,
        NODE_DISABLE_COMPILE_CACHE: undefined,
      },
    ],
    [
      'a HOME in /proc',
      {HOME: '/proc/1/x', XDG_CONFIG_HOME: undefined, XDG_CACHE_HOME: undefined, NODE_DISABLE_COMPILE_CACHE: undefined},
    ],
    ['HOOKCTL_CONTENT_TYPE=json', {HOOKCTL_CONTENT_TYPE: 'json'}],
    ['relative XDG folders', {XDG_CONFIG_HOME: 'here', XDG_STATE_HOME: 'there'}],
  ])('with %s warns of nothing and answers', async (_, env) => {
    const result = await spawnCli(['config', 'get', 'organization', '--fields', 'value'], {env})
    expect(result).toMatchObject({exitCode: 0, stderr: '', stdout: 'value\tdefault\n'})
  })

  test('takes a reader that has seen enough for what it is', async () => {
    await using home = temporaryHome()
    const run = path.join(import.meta.dirname, '../../bin/run.js')
    const script = `"${process.execPath}" "${run}" commands --json; echo "exit $?" >&2`
    const text = execFileSync('bash', ['-c', `(${script}) 2>"${home.path}/err" | head -c 1; cat "${home.path}/err"`], {
      env: {...home.env, PATH: process.env.PATH},
      encoding: 'utf8',
    })
    expect(text).toBe('{exit 0\n')
  })

  test('interrupted while it reads stdin ends with 130', async () => {
    await using child = startCli(['config', 'set', 'token', '-'])
    const asked = setInterval(() => child.kill('SIGINT'), 50)
    const {exitCode, stderr} = await child.ended
    clearInterval(asked)
    expect({exitCode, stderr}).toEqual({exitCode: 130, stderr: ''})
  })
})

test('configuration that cannot be written is said with its path', async () => {
  const result = await run(['config', 'set', 'organization', 'acme', '--json'], {env: {XDG_CONFIG_HOME: '/dev/null'}})
  expect(result.exitCode).toBe(2)
  expect(result.error()).toMatchObject({
    code: 'config_not_writable',
    message: expect.stringContaining('/dev/null/hookctl'),
  })
})

test('stdin as a value is taken byte for byte but for one line end', async () => {
  await using home = temporaryHome()
  const token = createHash('sha256').update('x').digest('hex')
  await run(['config', 'set', 'token', '-'], {home, stdin: `${token}\r\n`})
  expect(JSON.parse(readFileSync(path.join(home.path, 'config/hookctl/config.json'), 'utf8'))).toEqual({token})
})
