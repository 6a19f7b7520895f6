import {readFileSync} from 'node:fs'
import path from 'node:path'
import type {Command} from '@oclif/core/command'
import {describe, expect, test} from 'vitest'
import {commandsBlock, fillReadme, makeManifest, reference} from '../scripts/manifest.js'
import {exitCodesOf} from '../src/cli/describe-commands.ts'
import {globalFlags} from '../src/cli/flags.ts'
import {commandModules} from './harness/program.ts'

const root = path.join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

interface FlagLike {
  readonly description?: string
  readonly type: string
  readonly multiple?: boolean
  readonly multipleNonGreedy?: boolean
  readonly helpGroup?: string
  readonly hidden?: boolean
}

type CommandLike = Command.Class & {
  readonly flags?: Record<string, FlagLike>
  readonly baseFlags: Record<string, FlagLike>
  readonly args: Record<string, {readonly ignoreStdin?: boolean; readonly description?: string}>
  readonly examples: readonly (string | {readonly command: string})[]
}

const commands = await Promise.all(
  [...commandModules].map(async ([name, load]) => [name, (await load()) as unknown as CommandLike] as const),
)
const flagsOf = (command: CommandLike) => Object.entries({...command.baseFlags, ...command.flags})

test('oclif.manifest.json is that of the sources; else: npm run manifest', async () => {
  expect(JSON.parse(read('oclif.manifest.json'))).toEqual(await makeManifest())
}, 60_000)

test('every command in the manifest is strict, as its class is: a word too many is refused', async () => {
  const written = (await makeManifest()).commands as Readonly<Record<string, {readonly strict?: boolean}>>
  for (const [id, {strict}] of Object.entries(written)) expect([id, strict]).toEqual([id, true])
})

test('the command reference in the README is that of the sources; else: npm run manifest', async () => {
  const readme = read('README.md')
  expect(fillReadme(readme, JSON.parse(read('oclif.manifest.json')))).toBe(readme)
  expect(readme).toContain('<!-- commands -->')
})

test('the reference names every command and no machine; else: npm run manifest', () => {
  const manifest = JSON.parse(read('oclif.manifest.json'))
  expect(read('docs/commands.md')).toBe(reference(manifest))
  const text = commandsBlock(manifest) + reference(manifest)
  for (const [name] of commands) expect(text).toContain(`hookctl ${name}`)
  expect(text).not.toMatch(/linux|node-v|\/home|\/root/)
})

describe.each(commands)('%s', (name, command) => {
  test('has a summary that fits: a fragment, at most 60 characters, no full stop', () => {
    expect(command.summary).toMatch(/^[a-z][^\n]{2,59}(?<![.!])$/)
  })

  test('has at least two examples, which test/e2e/examples.test.ts pastes', () => {
    const lines = command.examples.map(each => (typeof each === 'string' ? each : each.command).split('\n').at(-1)!)
    expect(lines.length).toBeGreaterThanOrEqual(2)
    for (const line of lines) expect(line).toMatch(/<%= config\.bin %> /)
    // Piping into hookctl is an example too, but the first one starts with it.
    expect(lines[0]).toMatch(/^<%= config\.bin %> (<%= command\.id %>|[a-z])/)
    for (const line of lines) expect(line).not.toMatch(/^\$/)
  })

  test('reads no argument from stdin', () => {
    for (const [arg, {ignoreStdin, description}] of Object.entries(command.args ?? {})) {
      expect([arg, ignoreStdin]).toEqual([arg, true])
      expect(description).toMatch(/^[a-zA-Z][^\n]*[^.]$/)
    }
  })

  test('has flags that swallow nothing, each described by a fragment, beside the global ones', () => {
    for (const [flag, {multiple, multipleNonGreedy, description}] of flagsOf(command)) {
      expect([flag, multiple === true && multipleNonGreedy !== true]).toEqual([flag, false])
      expect([flag, description]).toEqual([flag, expect.stringMatching(/^[a-zA-Z0-9-][^\n]*[^.]$/)])
    }
    for (const flag of Object.keys(globalFlags)) expect(command.baseFlags).toHaveProperty(flag)
  })

  test('says in its help when it ends with 7 or 8, so that `commands --json` has it', () => {
    const source = read(`commands/${name.replaceAll(' ', '/')}.ts`)
    const told = exitCodesOf({description: command.description ?? '', flags: (command.flags ?? {}) as never})
    if (source.includes('this.answerNo(')) expect(told).toContain(7)
    if (source.includes('this.exitWith(')) expect(told.some(code => code === 7 || code === 8)).toBe(true)
  })

  test('can be used from a script: lists have --limit, what destroys has --yes', () => {
    const verb = name.split(' ').at(-1)!
    const flags = Object.keys(command.flags ?? {})
    if (verb === 'list') expect(flags).toContain('limit')
    if (['delete', 'prune', 'restore', 'cancel', 'expunge'].includes(verb)) expect(flags).toContain('yes')
  })
})

/** Words that have to serve twice, each with its reason. */
const TWO_MEANINGS: ReadonlySet<string> = new Set([
  // `listen` answers with it, lists filter by it: both are what everybody calls it.
  'status',
  // `listen` and `serve` listen on it, lists filter by it.
  'host',
  // `expect` waits for so many, others end after so many: the same number, and 0 has a meaning there only.
  'count',
  // What `delivery replay` takes, and which part or how much a list shows.
  'all',
  'failed',
  // `store migrate` copies one store into another; elsewhere a captured body, and a URL to send to.
  'from',
  'to',
])

test('a flag has one description everywhere', () => {
  const seen = new Map<string, Set<string>>()
  for (const [name, command] of commands) {
    for (const [flag, {description = '', hidden}] of flagsOf(command)) {
      if (!hidden) seen.set(flag, (seen.get(flag) ?? new Set()).add(description))
      expect([name, flag]).toEqual([name, flag.toLowerCase()])
    }
  }
  const several = [...seen]
    .filter(([flag, descriptions]) => descriptions.size > 1 && !TWO_MEANINGS.has(flag))
    .map(([flag, all]) => [flag, ...all])
  expect(several).toEqual([])
})

test('a short flag means one thing everywhere', () => {
  const seen = new Map<string, Set<string>>()
  for (const [, command] of commands) {
    for (const [flag, definition] of flagsOf(command)) {
      const {char} = definition as {char?: string}
      if (char !== undefined) seen.set(char, (seen.get(char) ?? new Set()).add(flag))
    }
  }
  expect([...seen].filter(([, flags]) => flags.size > 1).map(([char, flags]) => [char, ...flags])).toEqual([])
})
