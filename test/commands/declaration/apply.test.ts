import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {aShell, type Shell} from '../../conformance/shell.ts'

/** export, plan and apply as they are typed. */

const FILE = `kind: hookctl
version: 1
contexts:
  - {id: campus, name: Campus Süd}
webhooks:
  - name: cmdb
    platform: netbox@4.6
    url: https://cmdb.example.com/in
    eventTypes: [dcim.site.*]
    contextId: campus
    secret: {env: CMDB_SECRET}
`
const env = {CMDB_SECRET: 'correct horse battery'}

function aDesk(): Shell & {write(name: string, text: string): void} {
  const shell = aShell()
  return Object.assign(shell, {
    write: (name: string, text: string) => writeFileSync(path.join(shell.home.path, name), text),
  })
}

test('plan shows what apply then does, and both are done when it is so', async () => {
  await using desk = aDesk()
  desk.write('hooks.yaml', FILE)
  const plan = await desk.hookctl('plan hooks.yaml', {env})
  expect(plan.stdout).toMatch(/^\+ context campus\n {4}name: Campus Süd\n/)
  expect(plan.stdout).toMatch(/\n {4}secret: fingerprint [0-9a-f]{8}\n2 to create, 0 as declared\n$/)
  const applied = await desk.hookctl('apply hooks.yaml --yes', {env})
  expect([applied.exitCode, applied.stdout.split('\n').at(-2)]).toEqual([0, '2 created, 0 as declared'])
  const again = await desk.hookctl('apply hooks.yaml', {env})
  expect([again.exitCode, again.stdout]).toEqual([0, 'nothing to change: 2 as declared\n'])
})

test('--detailed-exitcode ends with 7 on drift and with 0 on none; a failure keeps its own code', async () => {
  await using desk = aDesk()
  desk.write('hooks.yaml', FILE)
  const code = async (words: string) => (await desk.hookctl(words, {env})).exitCode
  expect(await code('plan hooks.yaml')).toBe(0)
  expect(await code('plan hooks.yaml --detailed-exitcode')).toBe(7)
  await desk.hookctl('apply hooks.yaml --yes', {env})
  expect(await code('plan hooks.yaml --detailed-exitcode')).toBe(0)
  await desk.json('webhook edit cmdb --description changed')
  expect(await code('plan hooks.yaml --detailed-exitcode')).toBe(0)
  await desk.json('webhook edit cmdb --event dcim.device.*')
  expect(await code('plan hooks.yaml --detailed-exitcode')).toBe(7)
  expect(await code('plan hooks.yaml --detailed-exitcode --organization nobody')).toBe(3)
  desk.write('hooks.yaml', 'kind: other')
  expect(await code('plan hooks.yaml --detailed-exitcode')).toBe(2)
})

test.each(['secret', 'url'])('a file that is no text is refused where it stands for the %s', async member => {
  await using desk = aDesk()
  writeFileSync(path.join(desk.home.path, 'bin'), Buffer.from([0xff, 0xfe, 0x80, 0x0a]))
  desk.write('hooks.yaml', FILE.replace(new RegExp(`^    ${member}: .*$`, 'm'), `    ${member}: {file: bin}`))
  for (const command of ['plan', 'apply']) {
    const refused = await desk.hookctl(`${command} hooks.yaml --json`, {env})
    expect(refused).toMatchObject({exitCode: 2, stdout: ''})
    const place = expect.stringMatching(/^hooks\.yaml:\d+:5: bin is not UTF-8 text$/)
    expect(refused.error()).toMatchObject({code: 'secret_not_text', message: place})
  }
})

test('--json is the plan itself, a failure an error with its place', async () => {
  await using desk = aDesk()
  desk.write('hooks.yaml', FILE)
  expect(await desk.json('plan hooks.yaml', {env})).toMatchObject({
    organization: 'default',
    changes: [
      {action: 'create', kind: 'context'},
      {action: 'create', kind: 'webhook', name: 'cmdb'},
    ],
    unchanged: 0,
    digest: expect.stringMatching(/^[0-9a-f]{32}$/),
  })
  const refused = await desk.hookctl('plan hooks.yaml --json')
  expect([refused.exitCode, refused.error()]).toEqual([
    2,
    {
      code: 'secret_not_set',
      message: 'hooks.yaml:11:5: there is no environment variable CMDB_SECRET',
      hint: 'export CMDB_SECRET=…; or leave the line out of what is there already: it keeps its secret',
    },
  ])
})

describe('apply', () => {
  test('off a terminal shows the plan and does nothing without --yes', async () => {
    await using desk = aDesk()
    desk.write('hooks.yaml', FILE)
    const {exitCode, stderr, stdout} = await desk.hookctl('apply hooks.yaml', {env})
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain('+ webhook cmdb\n')
    expect(stderr).toContain('add --yes to confirm')
    expect((await desk.json('webhook list')).data).toEqual([])
  })

  test.each([
    ['y\r', 0, 1],
    ['n\r', 2, 0],
  ])('on a terminal asks, and takes %j for what it is', async (answer, code, count) => {
    await using desk = aDesk()
    desk.write('hooks.yaml', FILE)
    const {exitCode} = await desk.hookctl('apply hooks.yaml', {
      env,
      tty: {stdin: true, stderr: true},
      answers: [[/make 2 changes in default\?/, answer]],
    })
    expect(exitCode).toBe(code)
    expect((await desk.json('webhook list')).data).toHaveLength(count)
  })

  test('--prune says what it deletes before it does; without it names what it leaves', async () => {
    await using desk = aDesk()
    desk.write('hooks.yaml', FILE)
    await desk.json('webhook create --name old --platform netbox --event * --url https://old.example.com/')
    const kept = await desk.hookctl('plan hooks.yaml', {env})
    expect(kept.stderr).toBe('left alone, as not declared: webhook old; --prune deletes it\n')
    const pruned = await desk.hookctl('apply hooks.yaml --prune --yes', {env})
    expect(pruned.stdout).toContain('\n- webhook old\n2 created, 1 deleted, 0 as declared\n')
    expect((await desk.hookctl('webhook show old')).exitCode).toBe(3)
  })
})

describe('a file', () => {
  let desk: ReturnType<typeof aDesk>
  beforeAll(() => {
    desk = aDesk()
  })
  afterAll(() => desk[Symbol.asyncDispose]())
  const refusedFor = async (text: string, name = 'hooks.yaml') => {
    desk.write(name, text)
    const refused = await desk.hookctl(`plan ${name} --json`, {env})
    expect(refused.exitCode).toBe(2)
    return refused.error()
  }
  const changed = (from: string | RegExp, to: string) => FILE.replace(from, to)

  test.each<[what: string, text: string, message: string | RegExp, hint?: string]>([
    [
      'an unknown section',
      changed('webhooks', 'webhook'),
      'hooks.yaml:5:1: there is no member "webhook"',
      'did you mean "webhooks"?',
    ],
    ['an unknown member', changed('eventTypes', 'events'), /^hooks\.yaml:9:5: there is no member "events"/],
    [
      'an unknown member deep inside',
      changed(
        '{env: CMDB_SECRET}',
        '{env: CMDB_SECRET}\n    policies:\n      retry:\n        kind: manual\n        often: 3',
      ),
      /^hooks\.yaml:15:9: there is no member "often"/,
    ],
    ['a value of the wrong kind', changed('[dcim.site.*]', 'dcim.site.*'), /^hooks\.yaml:9:5: .*eventTypes/],
    ['what the platform refuses', changed('https://cmdb', 'ftp://cmdb'), /^hooks\.yaml:8:5: webhook "cmdb": /],
    [
      'a context that is not there',
      changed('id: campus', 'id: campu'),
      /^hooks\.yaml:10:5: webhook "cmdb": .*no context "campus"/,
      'did you mean "campu"? there is campu',
    ],
    [
      'a secret itself',
      changed('{env: CMDB_SECRET}', 'geheim123'),
      'hooks.yaml:11:5: a secret stands in a declaration by reference only',
    ],
    ['no kind', changed('kind: hookctl\n', ''), 'hooks.yaml: "kind: hookctl" is missing'],
    ['another version', changed('version: 1', 'version: 2'), 'hooks.yaml:2:1: version is 2, not 1'],
    [
      'a section that is no list',
      changed(/webhooks:[\s\S]*/, 'webhooks:\n'),
      'hooks.yaml:5:1: webhooks must be a list',
    ],
    ['a key twice', changed('version: 1', 'version: 1\nversion: 1'), /^hooks\.yaml:3:1: not YAML: /],
    ['half a line', changed('[dcim.site.*]', '[dcim'), /^hooks\.yaml:\d+:\d+: not YAML: /],
    ['nothing', '# only a comment\n', 'hooks.yaml: it is empty'],
    ['a list', '- 1\n', 'hooks.yaml: a declaration is a mapping'],
  ])('with %s is refused with the place', async (_, text, message, hint) => {
    const error = await refusedFor(text)
    expect(error.message).toMatch(typeof message === 'string' ? new RegExp(`^${RegExp.escape(message)}`) : message)
    if (hint !== undefined) expect(error.hint).toBe(hint)
    expect(JSON.stringify(error)).not.toContain('geheim')
  })

  test('may be JSON, from stdin, several, or several in one; their sections are one', async () => {
    const one = {
      kind: 'hookctl',
      version: 1,
      webhooks: [{name: 'a', platform: 'catalyst', url: 'https://a.example.com/', eventTypes: ['*']}],
    }
    const stdin = JSON.stringify(one, null, '\t')
    expect(await desk.json('plan -', {stdin})).toMatchObject({changes: [{name: 'a'}]})
    desk.write('b.json', stdin)
    desk.write('two.yaml', `${FILE}---\n${FILE.replaceAll(/cmdb/g, 'other').replace(/contexts:\n.*\n/, '')}`)
    const plan = await desk.json<{changes: {name: string}[]}>('plan b.json two.yaml', {env})
    expect(plan.changes.map(({name}) => name)).toEqual(['campus', 'a', 'cmdb', 'other'])
    const twice = await desk.hookctl('plan two.yaml two.yaml --json', {env})
    expect(twice.error()).toMatchObject({code: 'declared_twice', message: expect.stringMatching(/^two\.yaml:4:6: /)})
  })

  test('names its organization; --organization names another, two files may not', async () => {
    await desk.json('org create acme')
    desk.write('acme.yaml', changed('version: 1', 'version: 1\norganization: acme'))
    expect(await desk.json('plan acme.yaml', {env})).toMatchObject({organization: 'acme'})
    expect(await desk.json('plan acme.yaml --organization default', {env})).toMatchObject({organization: 'default'})
    desk.write('default.yaml', 'kind: hookctl\nversion: 1\norganization: default\n')
    const both = await desk.hookctl('plan acme.yaml default.yaml --json', {env})
    expect(both.error()).toMatchObject({code: 'several_organizations'})
  })

  test('refers to files beside it, whose line end is not part of the secret', async () => {
    desk.write('secret.txt', `${env.CMDB_SECRET}\n`)
    const byFile = await desk.json<Planned>(`plan ${wrote('by-file.yaml', '{file: secret.txt}')}`, {cwd: '/'})
    const byEnv = await desk.json<Planned>(`plan ${wrote('by-env.yaml', '{env: CMDB_SECRET}')}`, {env})
    expect(byFile).toEqual(byEnv)
    const missing = await desk.hookctl(`plan ${wrote('no.yaml', '{file: nope.txt}')}`)
    expect(missing.exitCode).toBe(3)
    desk.write('secret.txt', '\n')
    const empty = await desk.hookctl(`plan ${wrote('by-file.yaml', '{file: secret.txt}')} --json`)
    expect(empty.error().code).toBe('secret_empty')
  })

  interface Planned {
    readonly changes: unknown
  }
  const wrote = (name: string, secret: string): string => {
    desk.write(name, changed('{env: CMDB_SECRET}', secret))
    return path.join(desk.home.path, name)
  }

  test('with a credential written out works, and a notice says how to keep it out', async () => {
    desk.write('h.yaml', `${FILE}    headers:\n      - name: Authorization\n        value: Bearer abc\n`)
    const {exitCode, stderr} = await desk.hookctl('plan h.yaml', {env})
    expect(exitCode).toBe(0)
    expect(stderr).toContain('h.yaml:14:9: Authorization holds a credential; "value: {env: NAME}" keeps it out')
    expect(stderr).not.toContain('abc')
  })
})

describe('export', () => {
  test('E4: writes a reference for each secret, says which, and plan finds nothing to change with them set', async () => {
    await using desk = aDesk()
    await desk.json('webhook create --name', {
      args: [
        'Köln Ops',
        '--platform',
        'netbox',
        '--event',
        '*',
        '--secret-env',
        'CMDB_SECRET',
        '--url',
        'https://a.example.com/?k=secret-one',
        '--header',
        'Authorization: Bearer two',
        '--header',
        'X-A: b',
        '--header-lines',
        'X-Api-Key: three',
      ],
      env,
    })
    const {stdout, stderr} = await desk.hookctl('export')
    const names = ['URL', 'SECRET', 'AUTHORIZATION', 'HEADER_LINES'].map(name => `HOOKCTL_KOLN_OPS_${name}`)
    expect(stderr).toBe(`4 secrets are references, to be set before plan and apply: ${names.join(', ')}\n`)
    expect(stdout).toContain('    secret: { env: HOOKCTL_KOLN_OPS_SECRET }\n')
    expect(stdout).not.toMatch(/correct horse|secret-one|Bearer two|three/)
    desk.write('all.yaml', stdout)
    const values = ['https://a.example.com/?k=secret-one', env.CMDB_SECRET, 'Bearer two', 'X-Api-Key: three']
    const set = Object.fromEntries(names.map((name, at) => [name, values[at]]))
    const plan = await desk.hookctl('plan all.yaml --prune --detailed-exitcode', {env: set})
    expect([plan.exitCode, plan.stdout]).toEqual([0, '1 as declared\n'])
    const other = await desk.hookctl('plan all.yaml', {env: {...set, [names[2]!]: 'Bearer other'}})
    expect(other.stdout).toMatch(/headers: .*\*\*\*.* \(another value\)\n/)
    expect(other.stdout).not.toContain('Bearer')
  })

  test('writes the sections that are asked for, as JSON too', async () => {
    await using desk = aDesk()
    await desk.json('member create ada')
    const {stdout} = await desk.hookctl('export --only members')
    expect(stdout).toBe(
      'kind: hookctl\nversion: 1\norganization: default\nmembers:\n  - user: ada\n    email: null\n    role: member\n',
    )
    expect(await desk.json('export --only members,contexts')).toEqual({
      kind: 'hookctl',
      version: 1,
      organization: 'default',
      contexts: [],
      members: [{user: 'ada', email: null, role: 'member'}],
    })
  })
})

test('a source is declared with its secret by reference, exported so, and one that stands in the file is refused', async () => {
  await using desk = aDesk()
  const text = (secret: string) =>
    `kind: hookctl\nversion: 1\nsources:\n  - {name: netbox, platform: netbox, secret: ${secret}}\n`
  desk.write('open.yaml', text('plain-text'))
  const refused = await desk.hookctl('plan open.yaml')
  expect(refused).toMatchObject({exitCode: 2, stderr: expect.stringContaining('open.yaml:4:')})
  desk.write('hooks.yaml', text('{env: CMDB_SECRET}'))
  const applied = await desk.hookctl('apply hooks.yaml --yes', {env})
  expect(applied, applied.stderr).toMatchObject({exitCode: 0})
  expect(applied.stdout).toContain('+ source netbox\n')
  const exported = await desk.hookctl('export --only sources')
  expect(exported.stdout).toContain('secret: { env: HOOKCTL_NETBOX_SECRET }')
  expect(exported.stdout).not.toContain('correct horse')
  desk.write('again.yaml', exported.stdout)
  const again = await desk.hookctl('plan again.yaml --detailed-exitcode', {
    env: {HOOKCTL_NETBOX_SECRET: env.CMDB_SECRET},
  })
  expect(again).toMatchObject({exitCode: 0})
})
