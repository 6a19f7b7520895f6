import {readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {run} from '../harness/cli.ts'

interface Manifest {
  readonly commands: Readonly<Record<string, {readonly flags: Readonly<Record<string, ShownFlag>>}>>
}

interface ShownFlag {
  readonly hidden?: boolean
  readonly helpValue?: string
  readonly options?: readonly string[]
}

const subjects = [
  'environment',
  'exit-codes',
  'formatting',
  'filters',
  'declarations',
  'signatures',
  'scripting',
  'time',
]

describe('help', () => {
  test.each([[[]], [['--help']], [['help']]])('%j lists the shortcuts and every subject, once', async argv => {
    const {stdout} = await run(argv)
    expect(stdout).toContain('\nSHORTCUTS\n  sign    signature sign\n  verify  signature verify\n')
    expect(stdout.split('\nSUBJECTS\n')).toHaveLength(2)
    expect(stdout.split('\nSUBJECTS\n')[1]).toBe(subjects.map(subject => `  hookctl help ${subject}\n`).join(''))
  })

  test.each(subjects)('the subject %s has a page', async subject => {
    expect(await run(['help', subject])).toMatchObject({exitCode: 0, stderr: ''})
  })

  test('what is neither command nor subject is answered with the subjects, and the nearest', async () => {
    const nonsense = await run(['help', 'nonsense'])
    expect(nonsense).toMatchObject({exitCode: 2, stdout: ''})
    expect(nonsense.stderr).toBe(
      `hookctl: no command, topic or subject "nonsense"; the subjects are ${subjects.join(', ')}\nnext: hookctl help\n`,
    )
    expect((await run(['help', 'enviroment'])).stderr).toContain('did you mean: hookctl help environment\n')
    expect((await run(['help', 'webhok'])).stderr).toContain('did you mean: hookctl webhook\n')
    expect((await run(['help', 'webhook', 'explode'])).stderr).toContain('no command "webhook explode"')
  })

  test('a terminal that does not know how wide it is gets what one of 80 columns gets', async () => {
    for (const words of [
      ['help', 'webhook', 'create'],
      ['platform', 'list'],
    ]) {
      const [unknown, usual] = await Promise.all([0, 80].map(columns => run(words, {tty: true, columns})))
      expect(unknown!.stdout).toBe(usual!.stdout)
    }
  })

  test('no value is broken in the middle at 80 columns: each can be copied from the page', async () => {
    const {commands} = JSON.parse(
      readFileSync(new URL('../../oclif.manifest.json', import.meta.url), 'utf8'),
    ) as Manifest
    const broken: string[] = []
    // Help on help is the list of everything, without flags.
    const {help: _, ...others} = commands
    for (const [id, {flags}] of Object.entries(others)) {
      const {stdout} = await run(['help', ...id.split(':')], {tty: true, columns: 80})
      const words = new Set(stdout.split(/[\s<>(),|]+/))
      const shown = Object.values(flags).filter(({hidden, helpValue}) => !hidden && helpValue === undefined)
      const missing = shown.flatMap(({options = []}) => options.filter(value => !words.has(value)))
      broken.push(...missing.map(value => `${id}: ${value}`))
    }
    expect(broken).toEqual([])
  })

  test("a command's page ends its flags with the global ones and says durations as they are typed", async () => {
    const {stdout} = await run(['event', 'send', '--help'])
    const groups = stdout.split('\n').filter(line => line.endsWith('FLAGS') && !line.startsWith(' '))
    expect(groups.length).toBeGreaterThan(1)
    expect(groups.at(-1)).toBe('GLOBAL FLAGS')
    expect(stdout).toContain('[default: 30s]')
    expect(stdout).not.toContain('30000')
  })
})
