import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {Surroundings} from '../../src/cli/surroundings.ts'
import {completionText} from '../../src/completion/answer.ts'
import {printAnswer, SHELL_NAMES, SHELLS} from '../../src/completion/shells.ts'
import {readTypedLine} from '../../src/completion/typed-line.ts'
import {temporaryHome} from '../harness/cli.ts'
import {aSetting, type Setting} from '../harness/setting.ts'

/** What TAB offers, up to the shells' own part (shells.test.ts). */

const root = path.join(import.meta.dirname, '../..')

let setting: Setting
let delivery: string
beforeAll(async () => {
  setting = await aSetting()
  await setting.webhook('cmdb')
  await setting.webhook('chat')
  await setting.json('org', 'create', 'acme')
  await setting.json('webhook', 'create', '--name', 'far', '--platform', 'entrypoint', '--organization', 'acme')
  await setting.json('member', 'create', 'ada', '--role', 'admin')
  await setting.json('context', 'create', 'campus')
  await setting.json('token', 'create', 'ci', '--scope', 'ingest')
  await setting.json('source', 'create', 'lab', '--platform', 'netbox')
  await setting.json('event-type', 'create', 'order.created')
  await setting.json('profile', 'create', 'production', '--server', 'https://hooks.example.net')
  const {deliveries} = await setting.json('event', 'send', 'node.added', '--example')
  delivery = deliveries[0].id
}, 60_000)
afterAll(() => setting[Symbol.asyncDispose]())

const surroundings = (env: Record<string, string | undefined> = {}, home = setting.home): Surroundings =>
  ({env: {...home.env, ...env}, cwd: home.path, home: home.path}) as unknown as Surroundings

async function offered(line: string, env?: Record<string, string | undefined>): Promise<string[]> {
  const text = await completionText(
    ['complete', '--shell', 'fish', '--line', `hookctl ${line}`],
    root,
    surroundings(env),
  )
  return text.split('\n').flatMap(each => (each === '' ? [] : each.split('\t')[0]!))
}

test.each<[line: string, expected: readonly string[]]>([
  ['webh', ['webhook']],
  ['ver', ['verify']],
  ['webhook sh', ['show']],
  ['webhooks sh', ['show']],
  ['deliveries re', ['replay']],
  ['organizations li', ['list']],
  ['webhook show ', ['chat', 'cmdb']],
  ['webhook rm c', ['chat', 'cmdb']],
  ['webhook edit cmdb ', []],
  ['webhook show cm', ['cmdb']],
  ['--json webhook show cm', ['cmdb']],
  ['webhook show --json cm', ['cmdb']],
  ['webhook show -o js', ['json', 'jsonl']],
  ['webhook show --organization acme ', ['far']],
  ['webhook show --organization=acme ', ['far']],
  ['--organization acme webhook show ', ['far']],
  ['delivery list --webhook cm', ['cmdb']],
  ['delivery list --state fa', ['failed']],
  ['delivery list --state=fa', ['--state=failed']],
  ['delivery list --state failed,pen', ['failed,pending']],
  ['delivery list --state failed,failed', []],
  ['member show ', ['ada']],
  ['member edit ada --role ', ['owner', 'admin', 'member']],
  ['member create ', []],
  ['context delete ', ['campus']],
  ['token revoke ', ['ci']],
  ['source show ', ['lab']],
  ['sources rm l', ['lab']],
  ['source create ', []],
  ['event-type show ', ['order.created']],
  ['event-type create ', []],
  ['event send order', ['order.created']],
  ['event-type check ord', ['order.created']],
  ['webhook create --event ord', ['order.created', 'order.*']],
  ['source edit lab --scheme st', ['standard-v1', 'standard-v1a', 'stripe']],
  ['event list --source ', []],
  ['org show ', ['acme', 'default']],
  ['profile use ', ['production']],
  ['profile create ', []],
  ['config set outp', ['output']],
  ['config set output js', ['json', 'jsonl']],
  ['config set token ', []],
  ['platform show netbox@2', ['netbox@2.6', 'netbox@2.7']],
  ['webhook create --platform catalyst --event node.', ['node.added', 'node.removed', 'node.*']],
  [
    'webhook create --platform catalyst --event=node.',
    ['--event=node.added', '--event=node.removed', '--event=node.*'],
  ],
  ['event types dcim.site.c', ['dcim.site.created']],
  ['event types node.', ['node.added', 'node.removed']],
  ['event send node.', ['node.added', 'node.removed']],
  ['webhook test cmdb --type node.', ['node.added', 'node.removed']],
  ['help exit', ['exit-codes']],
  ['help webhook sh', ['show']],
  ['complete b', ['bash']],
  ['listen --secret-env HOOKCTL_S', ['HOOKCTL_SOMETHING']],
  ['webhook create --zone Europe/Stoc', ['Europe/Stockholm']],
  ['org edit acme --zone Europe/Stoc', ['Europe/Stockholm']],
  ['config set zone Europe/Stoc', ['Europe/Stockholm']],
  ['config set zone lo', ['local']],
  ['nonsense ', []],
  ['webhook nonsense ', []],
  ['webhook list --nonsense x ', []],
])('TAB behind "hookctl %s" offers what could stand there', async (line, expected) => {
  expect(await offered(line, {HOOKCTL_SOMETHING: 'x'})).toEqual(expected)
})

test('ids of deliveries and events are offered newest first, by their beginning', async () => {
  expect((await offered('delivery show '))[0]).toBe(delivery)
  expect(await offered(`delivery show ${delivery.slice(0, -2)}`)).toEqual([delivery])
  expect(await offered('delivery show dlv_f')).toEqual([])
  expect(await offered('event show ')).toEqual((await setting.rows('event', 'list')).map(({id}) => id))
  const [newest] = (await setting.rows('history', 'list')).map(({id}) => id)
  expect((await offered('history show '))[0]).toBe(newest)
  expect(await offered(`delivery replay ${delivery} `)).not.toContain(delivery)
  const [webhook] = (await setting.rows('webhook', 'list')).map(({id}) => id)
  expect(await offered(`webhook show ${webhook.slice(0, -1)}`)).toEqual([webhook])
})

test('flags are offered with those of the command first, once, and never hidden ones', async () => {
  const flags = await offered('delivery list -')
  expect(flags.indexOf('--state')).toBeLessThan(flags.indexOf('--json'))
  expect(await offered('delivery list --limit 3 --li')).toEqual([])
  expect(await offered('webhook create --header a --head')).toContain('--header')
  expect(await offered('webhook delete -- -')).toEqual([])
  expect(await offered('-')).toContain('--json')
})

test('files and folders are left to the shell, behind what is no path', async () => {
  expect(await offered('sign --body ')).toEqual([':files '])
  expect(await offered('sign --body=x')).toEqual([':files --body='])
  expect(await offered('event send --data @')).toEqual([':files @'])
  expect(await offered('event send --data=@x')).toEqual([':files --data=@'])
  expect(await offered('event send --data {')).toEqual([])
  expect(await offered('listen --save ')).toEqual([':folders '])
})

test('what would steer a terminal or end a line is not offered', () => {
  const named = ['a\u001b[2Jb', 'a\nb', 'a\tb', 'a\u202eb', ':files x', '', 'fine']
  const candidates = named.map(value => ({value, description: 'one\u001b[2J\ntwo'}))
  const typed = readTypedLine('hookctl webhook show ')
  expect(printAnswer({kind: 'words', candidates}, SHELLS.fish, typed, '')).toBe('fine\tone [2J two\n')
})

describe('the store', () => {
  test('is never made', async () => {
    await using home = temporaryHome()
    const answer = await completionText(
      ['complete', '--shell', 'fish', '--line', 'hookctl webhook show '],
      root,
      surroundings({}, home),
    )
    expect(answer).toBe('')
    expect(readdirSync(home.path)).toEqual([])
  })

  test('is not asked where a server elsewhere is named, which is not asked either', async () => {
    expect(await offered('webhook show ', {HOOKCTL_SERVER: 'http://192.0.2.1:9'})).toEqual([])
    expect(await offered('webhook show --profile production ')).toEqual([])
  })

  test('is read where it is one readable file too', async () => {
    const file = `json:${path.join(setting.home.path, 'hooks.json')}`
    await setting.json('webhook', 'create', '--name', 'readable', '--platform', 'entrypoint', '--store', file)
    const id = (await setting.rows('history', 'list', '--store', file))[0]!.id
    expect(await offered(`webhook show --store ${file} `)).toEqual(['readable'])
    expect(await offered(`history show --store ${file} `)).toEqual([id])
    await setting.json('event-type', 'create', 'order.paid', '--store', file)
    expect(await offered(`event-type show --store ${file} `)).toEqual(['order.paid'])
    expect(await offered(`webhook show --store ${file}x `)).toEqual([])
    expect(existsSync(`${setting.home.path}/hooks.jsonx`)).toBe(false)
  })

  test('that is none, or a configuration that is broken, offers nothing and says nothing', async () => {
    await using home = temporaryHome()
    const file = path.join(home.path, 'x.db')
    writeFileSync(file, 'not a database')
    expect(await offered(`webhook show --store ${file} `)).toEqual([])
    expect(await offered('webhook show --store postgres://192.0.2.1/x ')).toEqual([])
    expect(await offered('webhook show --store "" ')).toEqual([])
    expect(readFileSync(file, 'utf8')).toBe('not a database')
    expect(existsSync(`${file}-wal`)).toBe(false)
  })
})

interface ManifestCommand {
  readonly hidden?: boolean
  readonly flags: Record<string, {readonly hidden?: boolean}>
}
const manifest = JSON.parse(readFileSync(path.join(root, 'oclif.manifest.json'), 'utf8')) as {
  commands: Record<string, ManifestCommand>
}

test.each(Object.entries(manifest.commands).filter(([, {hidden}]) => !hidden))(
  '%s can be typed with TAB, with every flag',
  async (id, {flags}) => {
    const words = id.split(':')
    for (const [at, word] of words.entries()) {
      expect(await offered([...words.slice(0, at), word.slice(0, 2)].join(' '))).toContain(word)
    }
    const shown = Object.keys(flags).filter(flag => !flags[flag]!.hidden)
    expect(await offered(`${words.join(' ')} --`)).toEqual(expect.arrayContaining(shown.map(flag => `--${flag}`)))
  },
)

test.each(SHELL_NAMES)('hookctl complete %s prints what that shell reads, and how to install it', async shell => {
  const {stdout, exitCode} = await setting.hookctl(['complete', shell])
  expect(exitCode).toBe(0)
  expect(stdout).toContain(`hookctl complete --shell ${shell}`)
  const {install, script} = await setting.json('complete', shell)
  expect(script).toBe(stdout)
  expect(stdout).toContain(`#   ${install}\n`)
  expect((await setting.hookctl(['complete'])).stdout).toContain(install)
})

test('a shell that hookctl does not know is a usage error with the nearest', async () => {
  const {exitCode, stderr} = await setting.hookctl(['complete', 'fsh'])
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('fish')])
  expect(await completionText(['complete', '--shell', 'tcsh', '--line', 'hookctl '], root, surroundings())).toBe('')
})

test('completion is answered without oclif: nothing of it is in what the built program loads for that', () => {
  if (process.env.HOOKCTL_TEST_BUILD_FAILURE !== undefined) return
  // Names of oclif's own, which stay in what is built.
  const hasOclif = (entry: string) =>
    [...loadedWith(path.join(root, 'dist', entry))].some(file => readFileSync(file, 'utf8').includes('runHook'))
  expect([hasOclif('main.js'), hasOclif('completion.js')]).toEqual([true, false])
})

/** A built file with all that it imports. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, next] of readFileSync(file, 'utf8').matchAll(/\b(?:from|import)\s*["'](\.[^"']+)["']/g)) {
    loadedWith(path.join(path.dirname(file), next!), seen)
  }
  return seen
}
