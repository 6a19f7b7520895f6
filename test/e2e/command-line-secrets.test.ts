import {globSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {describe, expect, test} from 'vitest'
import {spawnCli, startCli, temporaryHome} from '../harness/cli.ts'
import {commandModules} from '../harness/program.ts'

const secret = 'canary-of-the-command-line'

/** The command lines of all processes that come from `pid`, itself included: what every user of the machine can read. */
function commandLines(pid: number): readonly string[] {
  const running = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  const parents = new Map(running.map(name => [Number(name), parentOf(name)]))
  const isOurs = (id: number | undefined): boolean =>
    id === pid || (id !== undefined && id > 1 && isOurs(parents.get(id)))
  return running.filter(name => isOurs(Number(name))).map(name => read(`/proc/${name}/cmdline`))
}

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

const parentOf = (name: string): number => Number(/\) \S (\d+)/.exec(read(`/proc/${name}/stat`))?.[1] ?? 0)

const create = [
  'webhook',
  'create',
  '--platform',
  'netbox',
  '--url',
  'http://127.0.0.1:9000/',
  '--event',
  'dcim.site.*',
]
const message = ['--body', 'body', '--scheme', 'netbox']

/** The ways the documentation names for handing over a secret. */
const documented: readonly (readonly [argv: readonly string[], stdin?: string])[] = [
  [[...create, '--name', 'a', '--secret-file', 'secret']],
  [[...create, '--name', 'b', '--secret-env', 'CANARY']],
  [[...create, '--name', 'c', '--secret-file', '-'], secret],
  [['webhook', 'rotate-secret', 'a', '--secret-env', 'CANARY']],
  [['signature', 'sign', ...message, '--secret-file', 'secret']],
  [['signature', 'verify', ...message, '--header', 'X-Hook-Signature: 00', '--secret-file', '-'], secret],
  [['profile', 'create', 'p', '--server', 'http://127.0.0.1:1', '--token-file', 'secret']],
  [['config', 'set', 'token', '-'], secret],
  [['status', '--server', 'http://127.0.0.1:1']],
]

test.runIf(process.platform === 'linux')(
  'E3: secrets handed over as documented stand in no command line while the commands run (needs /proc)',
  {timeout: 60_000},
  async () => {
    await using home = temporaryHome()
    for (const [name, text] of [
      ['secret', secret],
      ['body', '{}'],
    ] as const)
      writeFileSync(path.join(home.path, name), text)
    let samples = 0
    for (const [argv, stdin = ''] of documented) {
      await using child = startCli(argv, {home, stdin, env: {CANARY: secret, HOOKCTL_TOKEN: secret}})
      const seen: string[] = []
      const look = setInterval(() => seen.push(...commandLines(child.pid)), 10)
      const {stderr, exitCode} = await child.ended
      clearInterval(look)
      expect([argv, [0, 6, 7].includes(exitCode), stderr]).toEqual([argv, true, stderr])
      expect([argv, seen.filter(line => line.includes(secret))]).toEqual([argv, []])
      expect(seen.join('')).toContain('bin/run.js')
      samples += seen.length
    }
    console.log(
      `figure E3: ${documented.length} documented commands, their command lines read ${samples} times: 0 canaries`,
    )
  },
)

test('the secret file of the documentation may end in a newline, as editors write it', async () => {
  await using home = temporaryHome()
  writeFileSync(path.join(home.path, 'new-secret'), `${secret}\n`)
  for (const argv of [
    [...create, '--name', 'cmdb', '--secret-file', 'new-secret'],
    ['webhook', 'rotate-secret', 'cmdb', '--secret-file', 'new-secret', '--grace', '0s'],
  ]) {
    const {exitCode, stderr} = await spawnCli(argv, {home})
    expect([exitCode, stderr]).toEqual([0, 'the LF at the end of new-secret was not taken as part of the secret\n'])
  }
})

describe('E3: no document shows a secret on a command line', () => {
  const onCommandLine = /--(?:secret|token|password)[ =](?!-)\S/

  test.each(globSync(['*.md', 'docs/*.md']).filter(file => file !== 'docs/promises.md'))('%s', file => {
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter(line => /hookctl/.test(line))
    expect(lines.filter(line => onCommandLine.test(line))).toEqual([])
  })

  test('nor does the help of any command', async () => {
    for (const [name, load] of commandModules) {
      const examples = ((await load()).examples ?? []) as readonly string[]
      expect([name, examples.filter(example => onCommandLine.test(example))]).toEqual([name, []])
    }
  })

  test('and a secret given there all the same is refused, with the ways that are safe', async () => {
    await using child = startCli([...create, '--name', 'x', '--secret', secret], {stdin: ''})
    const {stderr, exitCode} = await child.ended
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/can be seen by every user.*--secret-env NAME.*--secret-file/s)
    expect(stderr).not.toContain(secret)
  })
})
