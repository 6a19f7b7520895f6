import {describe, expect, test} from 'vitest'
import {findCommand} from '../../src/cli/find-command.ts'
import {aliasesOf, pluralOf, topicsOf} from '../../src/cli/spellings.ts'
import {run} from '../harness/cli.ts'
import {commandModules} from '../harness/program.ts'

const names = [
  'webhook create',
  'webhook list',
  'webhook show',
  'webhook delete',
  'delivery list',
  'delivery replay',
  'activity',
  'activity tail',
  'history list',
  'signature verify',
  'signature sign',
  'org list',
  'token revoke',
  'serve',
  'status',
  'help',
]
const find = (line: string) =>
  findCommand(
    line.split(' ').filter(word => word !== ''),
    names,
  )

describe('what was typed', () => {
  test.each([
    ['webhook list', 'webhook list', []],
    ['webhook:list', 'webhook list', []],
    ['webhooks ls', 'webhook list', []],
    ['webhooks list --limit 3', 'webhook list', ['--limit', '3']],
    ['webhook rm wh_1', 'webhook delete', ['wh_1']],
    ['token revoke t', 'token revoke', ['t']],
    ['tokens delete t', 'token revoke', ['t']],
    ['token rm t', 'token revoke', ['t']],
    ['deliveries ls', 'delivery list', []],
    ['histories list', 'history list', []],
    ['organizations ls', 'org list', []],
    ['verify --body x', 'signature verify', ['--body', 'x']],
    ['sign', 'signature sign', []],
    ['activity', 'activity', []],
    ['activity tail', 'activity tail', []],
    ['activities tail', 'activity tail', []],
    ['status ls', 'status', ['ls']],
    ['webhook show ls', 'webhook show', ['ls']],
    ['webhook show webhook list', 'webhook show', ['webhook', 'list']],
    ['--json webhook list', 'webhook list', ['--json']],
    ['-o json --store x webhooks ls', 'webhook list', ['-o', 'json', '--store', 'x']],
    ['webhook show -- --help', 'webhook show', ['--', '--help']],
  ])('%s is %s', (line, name, argv) => {
    expect(find(line)).toMatchObject({kind: 'command', name, argv, help: false})
  })

  test.each([
    ['', 'root', ''],
    ['--help', 'root', ''],
    ['-h', 'root', ''],
    ['--json', 'root', ''],
    ['--version', 'version', ''],
    ['-V', 'version', ''],
    ['webhook', 'topic', 'webhook'],
    ['webhooks', 'topic', 'webhook'],
    ['webhook --help', 'topic', 'webhook'],
  ])('"%s" asks for the %s', (line, kind, name) => expect(find(line)).toMatchObject({kind, name}))

  test('--help or -h anywhere before -- asks for help', () => {
    expect(find('webhook list --help')).toMatchObject({kind: 'command', name: 'webhook list', help: true})
    expect(find('webhook list -h')).toMatchObject({help: true})
  })
})

describe('a flag that nothing knows is refused without a command too, without its value', () => {
  test.each([
    ['--frobnicate', '--frobnicate', 'hookctl --help'],
    ['--jsn', '--jsn', 'did you mean: --json'],
    ['--versoin', '--versoin', 'did you mean: --version'],
    ['--secrte=hush', '--secrte', 'hookctl --help'],
    ['-z', '-z', 'hookctl --help'],
    ['--json --frobnicate', '--frobnicate', 'hookctl --help'],
    ['webhook --jsn', '--jsn', 'did you mean: --json'],
  ])('%s', (line, flag, hint) => {
    const message = `unknown flag ${flag}`
    expect(() => find(line)).toThrow(expect.objectContaining({code: 'unknown_flag', kind: 'usage', message, hint}))
  })

  test.each(['--frobnicate --help', '--store -', '-o json', '-ojson', '--output=json', '--store --odd -q'])(
    '%s is not one of them',
    line => expect(find(line)).toMatchObject({kind: 'root'}),
  )
})

describe('a topic alone is no answer to who asks for one, or gives flags of its commands', () => {
  test.each([
    ['history --json', 'history', 'did you mean: hookctl history list'],
    ['-o json webhooks', 'webhook', 'did you mean: hookctl webhook list'],
    ['delivery -q', 'delivery', 'did you mean: hookctl delivery list'],
    ['history --limit 3', 'history', 'did you mean: hookctl history list'],
    ['signature --fields id', 'signature', 'hookctl signature --help'],
  ])('%s', (line, topic, hint) => {
    const message = `"${topic}" alone is no command`
    expect(() => find(line)).toThrow(expect.objectContaining({code: 'command_missing', kind: 'usage', message, hint}))
  })

  test.each(['webhook --no-color', 'webhook --json --help', 'webhook --profile x', 'webhook --color never'])(
    '%s shows the help',
    line => expect(find(line)).toMatchObject({kind: 'topic', name: 'webhook'}),
  )
})

describe('what cannot be meant is refused with the nearest, with blanks between the words, and never run', () => {
  test.each([
    ['webhook lst', 'no command "webhook lst"', 'did you mean: hookctl webhook list'],
    ['webook list', 'no command "webook"', 'did you mean: hookctl webhook list'],
    ['webhok', 'no command "webhok"', 'did you mean: hookctl webhook'],
    ['verfy', 'no command "verfy"', 'did you mean: hookctl verify'],
    ['stats', 'no command "stats"', 'did you mean: hookctl status'],
    ['webhook explode', 'no command "webhook explode"', 'hookctl webhook --help'],
    ['xyzzy', 'no command "xyzzy"', 'hookctl --help'],
    ['tail', 'no command "tail"', 'did you mean: hookctl activity tail'],
    ['list', 'no command "list"', 'hookctl --help'],
    ['webhook add', 'no command "webhook add"', 'did you mean: hookctl webhook create'],
    ['delivery retry', 'no command "delivery retry"', 'did you mean: hookctl delivery replay'],
    ['hooks list', 'no command "hooks"', 'did you mean: hookctl webhook list'],
    ['endpoints', 'no command "endpoints"', 'did you mean: hookctl webhook'],
    ['start', 'no command "start"', 'did you mean: hookctl serve'],
    ['version', 'no command "version"', 'did you mean: hookctl --version'],
    ['webhook __proto__', 'no command "webhook __proto__"', 'hookctl webhook --help'],
    ['constructor', 'no command "constructor"', 'hookctl --help'],
  ])('%s', (line, message, hint) => {
    expect(() => find(line)).toThrow(expect.objectContaining({code: 'unknown_command', kind: 'usage', message, hint}))
  })
})

describe('other spellings of every command there is', () => {
  const all = new Set(commandModules.keys())
  const topics = topicsOf(all)

  test.each([...all].filter(name => name.includes(' ')))(
    '%s has a plural, and ls or rm where it lists or ends',
    name => {
      const [topic, verb] = name.split(' ') as [string, string]
      const aliases = aliasesOf(name, all)
      if (!topics.has(pluralOf(topic))) expect(aliases).toContain(`${pluralOf(topic)} ${verb}`)
      if (verb === 'list') expect(aliases).toContain(`${topic} ls`)
      if (verb === 'delete' || (verb === 'revoke' && !all.has(`${topic} delete`)))
        expect(aliases).toContain(`${topic} rm`)
      for (const alias of aliases) expect(findCommand(alias.split(' '), all)).toMatchObject({kind: 'command', name})
    },
  )

  test('are in commands --json, with the exit codes of each', async () => {
    const {data} = (await run(['commands', '--json'])).json<{
      data: {id: string; aliases: string[]; exitCodes: number[]}[]
    }>()
    const of = (id: string) => data.find(command => command.id === id)
    expect(of('webhook list')).toMatchObject({aliases: ['webhook ls', 'webhooks list', 'webhooks ls']})
    expect(of('signature verify')).toMatchObject({aliases: ['verify', 'signatures verify']})
    expect(of('webhook list')?.exitCodes).toEqual([0, 1, 2, 3, 4, 5, 6, 130])
    expect(of('event send')?.exitCodes).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 130])
  })
})
