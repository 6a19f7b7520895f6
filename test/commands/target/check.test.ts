import {mkdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {describe, expect, test} from 'vitest'
import {type RunOptions, run, temporaryHome} from '../../harness/cli.ts'
import {corpus, resolveFlags} from '../../harness/targets.ts'

interface Checked {
  readonly allowed: boolean
  readonly reason: string | null
  readonly rule: string | null
  readonly hint: string | null
  readonly explanation: string
  readonly addresses: readonly {readonly address: string; readonly tier: string}[]
}

async function check(url: string, flags: readonly string[], options: RunOptions = {}) {
  const result = await run(['target', 'check', '--json', ...resolveFlags, ...flags, '--', url], options)
  if (result.stdout === '') return {exitCode: result.exitCode, verdict: `error:${result.error().code}`, result}
  const checked = result.json<Checked>()
  const tiers = [...new Set(checked.addresses.map(({tier}) => tier))]
  const verdict = checked.allowed ? `allow:${tiers.join('+')}` : `deny:${checked.reason}`
  return {exitCode: result.exitCode, verdict, checked, result}
}

describe('A1 A4 A5 A6 A8: target check gives the verdicts of the list of targets', () => {
  test('which is all there', () => expect(corpus).toHaveLength(90))

  // An empty argument is a usage error before it is a target.
  test.each(corpus.filter(({url}) => url !== ''))(
    '$verdicts.public, $verdicts.local: $url',
    async ({url, verdicts}) => {
      for (const policy of ['public', 'local'] as const) {
        const {exitCode, verdict} = await check(url, ['--policy', policy])
        expect([policy, verdict]).toEqual([policy, verdicts[policy]])
        expect(exitCode).toBe(verdict.startsWith('allow') ? 0 : 7)
      }
    },
  )
})

describe('A6: lists of the instance', () => {
  test.each<[policy: string, allow: string, deny: string, url: string, verdict: string]>([
    ['public', '10.0.0.0/8', '', 'http://10.0.0.5/', 'allow:private'],
    ['public', '10.0.0.0/8', '', 'https://[::ffff:10.0.0.1]/', 'allow:private'],
    ['public', '10.0.0.0/8', '', 'http://192.168.1.10:8123/', 'deny:private'],
    ['public', '10.0.0.0/8', '10.1.0.0/16', 'http://10.1.2.3/', 'deny:rule'],
    ['public', '0.0.0.0/0,::/0', '', 'http://127.0.0.1:8080/in', 'allow:loopback'],
    ['public', '0.0.0.0/0,::/0', '', 'http://169.254.169.254/', 'deny:metadata'],
    ['public', '0.0.0.0/0,::/0', '', 'http://0.0.0.0:8080/', 'deny:special'],
    ['public', '169.254.169.254/32', '', 'http://169.254.169.254/', 'error:metadata_rule'],
    ['public', 'host:intranet.corp.example', '', 'http://intranet.corp.example/', 'allow:private'],
    ['public', 'host:metadata', '', 'http://metadata/', 'deny:metadata'],
    ['public', 'host:n8n:5678', '', 'http://n8n:5679/', 'deny:private'],
    ['public', 'host:n8n:5678', '', 'http://n8n:5678/', 'allow:private'],
    ['public', '127.0.0.0/8', '', 'http://localhost:3000/', 'deny:loopback'],
    ['local', '', '100.64.0.0/10', 'http://box.tailnet.ts.net/', 'deny:rule'],
  ])('%s, allow %j, deny %j: %s is %s, by flags and by settings', async (policy, allow, deny, url, verdict) => {
    const flags = ['--policy', policy, ...(allow && ['--allow', allow]), ...(deny && ['--deny', deny])].flat()
    expect((await check(url, flags as string[])).verdict).toBe(verdict)
    const env = {HOOKCTL_TARGETS_POLICY: policy, HOOKCTL_TARGETS_ALLOW: allow, HOOKCTL_TARGETS_DENY: deny}
    expect((await check(url, [], {env})).verdict).toBe(verdict)
  })

  test('a range of everything opens no metadata and no special address of the list', async () => {
    const never = corpus.filter(({verdicts}) => /^deny:(metadata|special)$/.test(verdicts.local))
    expect(never.length).toBeGreaterThan(25)
    for (const {url, verdicts} of never) {
      const {verdict} = await check(url, ['--policy', 'local', '--allow', '0.0.0.0/0,::/0'])
      expect([url, verdict]).toEqual([url, verdicts.local])
    }
  })

  test('an exact metadata address opens with the second setting, and its neighbours do not', async () => {
    const env = {HOOKCTL_TARGETS_ALLOW: '169.254.169.254', HOOKCTL_TARGETS_ALLOW_METADATA: 'true'}
    expect((await check('http://169.254.169.254/', [], {env})).verdict).toBe('allow:metadata')
    expect((await check('http://169.254.169.253/', [], {env})).verdict).toBe('deny:metadata')
  })

  test('names what would let a private target through', async () => {
    const {checked} = await check('http://n8n:5678/', ['--policy', 'public'])
    expect(checked!.hint).toContain('host:n8n:5678')
    const localhost = await check('http://localhost:3000/', ['--policy', 'public', '--allow', '127.0.0.0/8'])
    expect(localhost.checked!.hint).toContain('::1/128')
  })
})

describe('A7: the server of this store', () => {
  test('is refused as itself, by every name it has, and its neighbours are not', async () => {
    await using home = temporaryHome()
    const folder = path.join(home.env.XDG_STATE_HOME!, 'hookctl')
    mkdirSync(folder, {recursive: true})
    const file = {url: 'http://127.0.0.1:7070', token: 'x', pid: process.pid, startedAt: '', version: '0'}
    writeFileSync(path.join(folder, 'hookctl.db.server.json'), JSON.stringify(file))
    for (const host of ['localhost', '127.0.0.1', '[::ffff:127.0.0.1]', '0x7f.1']) {
      expect([host, (await check(`http://${host}:7070/`, [], {home})).verdict]).toEqual([host, 'deny:self'])
    }
    expect((await check('http://localhost:7071/', [], {home})).verdict).toBe('allow:loopback')
  })
})

test.each(['n8n', '=10.0.0.1', 'n8n=ten', 'n8n=10.0.0.1,', '127.0.0.1=10.0.0.1', 'localhost=10.0.0.1', 'a b=10.0.0.1'])(
  '--resolve %j is refused and named',
  async entry => {
    const result = await run(['target', 'check', 'http://n8n/', '--resolve', entry, '--json'])
    expect([result.exitCode, result.error().code]).toEqual([2, 'bad_resolve'])
    expect(result.error().message).toContain(JSON.stringify(entry))
  },
)

test('a rule that is none is refused where it stands: flag, variable, file', async () => {
  const url = 'http://127.0.0.1/'
  const flag = await check(url, ['--deny', '10.0.0.0/33'])
  expect(flag.result.error()).toMatchObject({code: 'bad_target_rule', message: expect.stringContaining('--deny')})
  const env = {HOOKCTL_TARGETS_ALLOW: 'everything'}
  expect((await check(url, [], {env})).result.error().message).toContain('HOOKCTL_TARGETS_ALLOW')
  await using home = temporaryHome()
  const set = await run(['config', 'set', 'targets.allow', 'everything', '--json'], {home})
  expect([set.exitCode, set.error().code]).toEqual([2, 'bad_target_rule'])
})

test('what is stored with config set is what is judged by', async () => {
  await using home = temporaryHome()
  const set = (key: string, value: string) => run(['config', 'set', key, value], {home})
  expect((await set('targets.policy', 'public')).exitCode).toBe(0)
  expect((await check('http://10.0.0.5/', [], {home})).verdict).toBe('deny:private')
  expect((await set('targets.allow', '10.0.0.0/8, host:n8n')).exitCode).toBe(0)
  expect((await check('http://10.0.0.5/', [], {home})).verdict).toBe('allow:private')
  expect((await check('http://n8n:1234/', [], {home})).verdict).toBe('allow:private')
})

test('a project file never says where deliveries may go', async () => {
  await using home = temporaryHome()
  for (const [key, value] of [
    ['targets.policy', 'local'],
    ['targets.allow', '0.0.0.0/0'],
    ['targets.deny', '10.0.0.0/8'],
    ['targets.allowMetadata', true],
  ] as const) {
    writeFileSync(path.join(home.path, 'hookctl.config.json'), JSON.stringify({[key]: value}))
    const result = await run(['target', 'check', 'http://127.0.0.1/', '--json'], {home})
    expect([key, result.exitCode, result.error().code]).toEqual([key, 2, 'setting_not_allowed'])
  }
})

test('on a terminal says verdict, reason and each address, and repeats no password', async () => {
  const shown = await run([
    'target',
    'check',
    'https://mixed.example.com/?key=hunter2',
    '--policy',
    'public',
    ...resolveFlags,
  ])
  expect(shown.stdout).toContain('refused')
  expect(shown.stdout).toContain('93.184.215.14\tpublic\tallowed')
  expect(shown.stdout).toContain('127.0.0.1\tloopback\trefused\tloopback')
  expect(shown.stdout + shown.stderr).not.toContain('hunter2')
  const faulty = await run(['target', 'check', 'https://user:hunter2@hooks.example.com/', '--json'])
  expect(faulty.exitCode).toBe(7)
  expect(faulty.stdout + faulty.stderr).not.toContain('hunter2')
})
