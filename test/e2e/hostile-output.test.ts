import {beforeAll, describe, expect, test} from 'vitest'
import type {RunOptions, RunResult} from '../harness/cli.ts'
import {PAYLOADS} from '../harness/cli-payloads.ts'
import {cases, type World} from '../harness/every-command.ts'
import {aHostileServer, aHostileWorld, seenIn} from '../harness/hostile-world.ts'
import {commandModules} from '../harness/program.ts'
import type {Row} from '../harness/setting.ts'

/** What our own style table writes: one number, as chalk does at 16 colours. No payload looks like it. */
const OWN_STYLE = /\u001b\[\d{1,2}m/g
/** What draws a bar of progress: how it begins and ends, the start of its line, and what stood there wiped away. */
const OWN_BAR = /\u001b7\u001b\[\?25l\u001b\[\?7l|\u001b\[\?(?:7|25)h(?:\u001b8)?|\u001b\[1G|\u001b\[[02]?K/g
const STEERS =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]|\p{Cs}/u

/** Ways to look at what a command says. What a command has no format for, it refuses: also a text to look at. */
const looks: Readonly<Record<string, {readonly flags: readonly string[]; readonly options: Partial<RunOptions>}>> = {
  'on a pipe': {flags: ['--no-input'], options: {}},
  'on a terminal': {flags: ['--no-input', '--color', 'always'], options: {tty: true, columns: 100_000}},
  'on a terminal, wide': {flags: ['--no-input', '-o', 'wide'], options: {tty: true, columns: 100_000}},
  'as lines': {flags: ['--no-input', '-o', 'compact'], options: {}},
  'as YAML': {flags: ['--no-input', '-o', 'yaml'], options: {}},
  'as JSON': {flags: ['--no-input', '--json'], options: {}},
  'with stacks': {flags: ['--no-input', '--debug'], options: {}},
}

/** Prints the bytes of a body and nothing else, for a file or another program. */
const RAW = new Set(['platform render'])

/** Until its end; what goes on until Ctrl-C gets it as soon as it has said something, or has nothing to say. */
async function look(world: World, argv: readonly string[], given: Partial<RunOptions>, goesOn: boolean) {
  let interrupt = () => {}
  const running = world.setting.hookctl(argv, {
    ...given,
    signals: emitter => {
      interrupt = () => emitter.emit('SIGINT')
    },
  })
  if (!goesOn) return running
  const again = setInterval(() => interrupt(), 200)
  return running.finally(() => clearInterval(again))
}

function assertTame(name: string, argv: readonly string[], {stdout, stderr}: RunResult, isTerminal: boolean): void {
  const said = RAW.has(name) && !argv.includes('--json') ? stderr : stdout + stderr
  const text = isTerminal ? said.replaceAll(OWN_BAR, '').replaceAll(OWN_STYLE, '') : said
  const found = STEERS.exec(text)
  if (found === null) return
  const around = text.slice(Math.max(0, found.index - 60), found.index + 30)
  expect.fail(`hookctl ${argv.join(' ')} prints ${JSON.stringify(found[0])} in ${JSON.stringify(around)}`)
}

const present = Object.entries(cases).filter(([name]) => commandModules.has(name))

/** The tour runs on data of its own and takes a second: looked at in one format. */
const looksAt = (name: string) => Object.values(looks).slice(0, name === 'demo' ? 1 : undefined)

describe.each(['this process', 'a server gone bad'])('C1 C2: with what strangers wrote, asked of %s', place => {
  const shown = new Set<number>()
  let world: World
  let env: RunOptions['env']
  beforeAll(async () => {
    world = await aHostileWorld()
    const server =
      place === 'this process'
        ? null
        : await aHostileServer((await world.setting.hookctl(['status', '--json'])).json<Row>().store.location)
    env = server === null ? {} : {HOOKCTL_SERVER: server.url, HOOKCTL_TOKEN: server.token}
    return async () => {
      await server?.[Symbol.asyncDispose]()
      await world.setting[Symbol.asyncDispose]()
    }
  }, 30_000)

  test.each(present)('%s prints none of it raw, in any format', {timeout: 60_000}, async (name, given) => {
    for (const {flags, options} of looksAt(name)) {
      const isTerminal = options.tty === true
      for (const argv of [
        [...given.works(world), ...flags],
        [...given.fails[0], ...flags],
      ]) {
        const result = await look(world, argv, {...options, env: {...env}}, given.until !== undefined)
        // An unexpected failure prints so little that nothing in it could be found.
        expect([argv, result.exitCode === 1, result.stderr]).toEqual([argv, false, result.stderr])
        assertTame(name, argv, result, isTerminal)
        if (!argv.includes('--debug')) expect(result.stderr).not.toMatch(/^\s+at /m)
        if (argv.includes('--json')) assertJson(result)
        if (isTerminal) for (const index of seenIn(result.stdout)) shown.add(index)
      }
    }
  })

  test('every one of the payloads was shown, on a terminal, as text', () => {
    expect([...PAYLOADS.keys()].filter(index => !shown.has(index))).toEqual([])
    const runs = present.length * Object.keys(looks).length * 2
    console.log(
      `figure C1 C2: ${PAYLOADS.length} payloads, ${present.length} commands, ${runs} runs each over a store and a server gone bad: 0 escapes`,
    )
  })
})

const assertJson = ({stdout}: RunResult): void => {
  const documents = stdout.startsWith('{\n') || stdout.startsWith('[\n') ? [stdout] : stdout.split('\n').filter(Boolean)
  for (const document of documents) JSON.parse(document)
}
