import {beforeAll, describe, expect, test} from 'vitest'
import {randomFrom} from '../domain/random.ts'
import {spawnCli} from '../harness/cli.ts'
import {aWorld, cases, type World} from '../harness/every-command.ts'
import {commandModules} from '../harness/program.ts'

/** What people and scripts hand over by mistake, or to try. */
const odd = [
  ...['', ' ', '-', '--', '---', '-1', '0', '1e400', '99999999999999999999', 'NaN', 'null', 'true', '{', '[', '"', "'"],
  ...['{}', '[]', '[null]', '{"a":', '@', '@/', '@/nowhere', '@.', '.', '..', '/dev/null', '~', '*', '**', '%', '%00'],
  ...['\u001b[2J', '\u202e', '\ud800', '🦊', 'ß', 'x'.repeat(5000), '__proto__', 'constructor', 'toString'],
  ...[
    'http://',
    'http://[',
    '://',
    'javascript:1',
    'file:///etc/passwd',
    'sqlite:',
    'postgres://',
    'memory:',
    'json:',
    'x:y:z',
  ],
  ...[
    '2026-13-45',
    '99h',
    '-5m',
    '1y2',
    'someday',
    '4xx',
    '*.*.*',
    'a,,b',
    ',',
    '=',
    'a=',
    '=b',
    'Name',
    ': v',
    'N: a\nb',
  ],
  ...[
    'evt_0',
    'dlv_00000000000000000000000000000000',
    'wh_',
    'default',
    'a/../default',
    'DEFAULT',
    '-h',
    '--json=1',
    '$(id)',
    '`id`',
  ],
]

const STACK = /^\s+at /m
/** Of the table of exit codes: 1 is an unexpected failure. */
const EXPECTED = new Set([0, 2, 3, 4, 5, 6, 7, 8])

/** They go on until Ctrl-C; whatever else has not ended after a while hangs, which is a finding as well. */
const FOLLOWS = /(?:tail|run|serve|listen|expect|wait)$/

async function run(world: World, name: string, argv: readonly string[]) {
  let interrupt = () => {}
  const running = world.setting.hookctl(argv, {
    signals: emitter => {
      interrupt = () => emitter.emit('SIGINT')
    },
  })
  const again = setInterval(() => interrupt(), FOLLOWS.test(name) ? 200 : 15_000)
  return running.finally(() => clearInterval(again))
}

describe('C5: a command line that makes no sense', () => {
  let world: World
  let lines = 0
  beforeAll(async () => {
    world = await aWorld()
    return () => world.setting[Symbol.asyncDispose]()
  }, 30_000)

  const present = Object.entries(cases).filter(([name]) => commandModules.has(name))

  test.each(present)('of %s is told in a sentence, whichever flag is wrong', {timeout: 60_000}, async (name, given) => {
    // Seeded by its name: a new command changes nothing for the others.
    const random = randomFrom([...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) | 0)
    const pick = () => odd[random(odd.length)]!
    const {flags = {}, baseFlags = {}, args = {}} = await commandModules.get(name)!()
    const takesText = (given: object) => Object.entries(given).filter(([, {type}]) => type === 'option')
    // The global ones are the same everywhere: each command tries a few.
    const global = takesText(baseFlags).filter(() => random(4) === 0)
    const valued = [...takesText(flags), ...global]
    const bad = [
      [...given.works(world), '--no-such-flag'],
      [...given.works(world), pick(), pick(), pick()],
      [...name.split(' '), pick()],
      [...name.split(' '), ...Object.keys(args).map(pick)],
      ...valued.map(([flag]) => [...given.works(world), `--${flag}`, pick()]),
      ...valued.slice(0, 2).map(([flag]) => [...given.works(world), `--${flag}`]),
    ]
    for (const argv of bad) {
      const {stdout, stderr, exitCode} = await run(world, name, argv)
      const told = `hookctl ${argv.map(word => JSON.stringify(word.slice(0, 60))).join(' ')}\n${stderr}`
      expect([exitCode, EXPECTED.has(exitCode) || (exitCode === 130 && FOLLOWS.test(name))], told).toEqual([
        exitCode,
        true,
      ])
      expect(stdout + stderr, told).not.toMatch(STACK)
      if (exitCode === 2) expect(stderr, told).toMatch(/^hookctl: .|^\{"error":/m)
      lines++
    }
  })

  test('and there were at least 300 of them', () => {
    expect(lines).toBeGreaterThanOrEqual(300)
    console.log(`figure C5: ${lines} command lines that make no sense: 0 lines of a stack, 0 unexpected failures`)
  })
})

test.each([
  [['webhook', 'lst'], 2],
  [['--store', 'sqlite:/proc/nope/x.db', 'webhook', 'list'], 3],
  [['--store', 'sqlite:/proc/nope/x.db', 'worker', 'disable'], 6],
  [['webhook', 'list', '--store', 'sqlite:/etc/passwd'], 6],
  [['event', 'send', '--ndjson', '/'], 2],
  [['status', '--server', 'http://127.0.0.1:1'], 6],
])('C5: the built program says what is wrong with %j and no more', async (argv, exitCode) => {
  const result = await spawnCli(argv)
  expect(result.stdout + result.stderr).not.toMatch(STACK)
  expect([result.exitCode, result.stderr]).toEqual([exitCode, expect.stringMatching(/^hookctl: /m)])
})
