import {spawnSync} from 'node:child_process'
import {globSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {exampleWorlds} from '../harness/example-world.ts'
import {commandModules} from '../harness/program.ts'
import {typeLine} from '../harness/type-line.ts'

/** Everything help and docs tell people to type, typed as it stands; what the lines name is in harness/example-world.ts. */

let worlds: Awaited<ReturnType<typeof exampleWorlds>>
beforeAll(async () => {
  worlds = await exampleWorlds()
}, 60_000)
afterAll(() => worlds?.[Symbol.asyncDispose]())

const isThere = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
const missing = ['jq', 'curl'].filter(program => !isThere(program))
/** The programs of others that a line needs and this machine has not. */
const lacks = (line: string) =>
  missing.filter(program => new RegExp(`\\b${program}\\b`).test(line) && line.includes('|')).join(', ')

const examples = (
  await Promise.all(
    [...commandModules].map(async ([name, load]) =>
      ((await load()).examples ?? []).map(example => [
        name,
        String(typeof example === 'object' ? example.command : example)
          .split('\n')
          .at(-1)!
          .replaceAll('<%= config.bin %>', 'hookctl')
          .replaceAll('<%= command.id %>', name),
      ]),
    ),
  )
).flat() as [name: string, line: string][]

describe('examples of help', () => {
  for (const [, line] of new Map(examples.map(example => [example[1], example])).values()) {
    const needed = lacks(line)
    test.skipIf(needed !== '')(
      `${line}${needed === '' ? '' : ` (skipped: no ${needed})`}`,
      {timeout: 30_000},
      async () => {
        await using world = worlds.open()
        await typeLine(world, line)
      },
    )
  }
})

const root = path.join(import.meta.dirname, '../..')

/** Blocks that are more than lines to type one after the other, or need what only their own test has. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'README.md: npm ci && npx hookctl demo': '.ci/run',
  'README.md: npm ci && npm test': '.ci/run',
  'README.md: alias hookctl="$PWD/node_modules/.bin/node $PWD/bin/run.js"': '.ci/run',
  'README.md: hookctl serve': 'test/readme.test.ts',
  'README.md: export HOOKCTL_STORE=sqlite:$(mktemp -d)/hookctl.db': 'test/readme.test.ts',
  'README.md: hookctl verify --body body.json --header "X-Hook-Signature: $SIGNATURE" --secret-env HOOK_SECRET --explain':
    'test/readme.test.ts',
  'docs/signatures.md: expected=$(openssl dgst -sha512 -hmac "$HOOK_SECRET" < body.json | sed \'s/^.* //\')':
    'test/signatures-page.test.ts',
}

const pages = ['README.md', ...globSync('docs/*.md', {cwd: root}).filter(page => page !== 'docs/commands.md')].sort()
const blocks = pages.flatMap(page =>
  [...readFileSync(path.join(root, page), 'utf8').matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(
    ([, language, text]) => ({
      page,
      language,
      text: text!,
      lines: text!
        .replaceAll('\\\n', ' ')
        .split('\n')
        .map(line => line.replace(/(^|\s+)# .*$/, ''))
        .filter(line => line !== ''),
    }),
  ),
)
const shellBlocks = blocks.filter(({language}) => language === 'sh')
/** A block that begins with the comment `# name.yaml` is that file, there for the lines of its page. */
const filesOn = (page: string) =>
  blocks
    .filter(block => block.page === page)
    .flatMap(({text}) => {
      const name = /^# ([\w.-]+\.ya?ml)\n/.exec(text)?.[1]
      return name === undefined ? [] : [{name, text}]
    })
const title = ({page, lines}: (typeof blocks)[number]) => `${page}: ${lines[0]}`

describe('blocks of README and docs', () => {
  test.each(shellBlocks.filter(block => ELSEWHERE[title(block)] === undefined).map(block => [title(block), block]))(
    '%s',
    {timeout: 60_000},
    async (_, found) => {
      const {page, lines} = found as (typeof blocks)[number]
      await using world = worlds.open()
      for (const {name, text} of filesOn(page)) world.write(name, text)
      for (const line of lines) await typeLine(world, line)
    },
  )

  test('that another test runs are there, and so is that test', () => {
    expect(Object.keys(ELSEWHERE).filter(name => !shellBlocks.some(block => title(block) === name))).toEqual([])
    for (const file of new Set(Object.values(ELSEWHERE))) readFileSync(path.join(root, file))
  })

  test('are marked as sh when they are to be typed', () => {
    const unmarked = blocks.filter(({language, lines}) => language !== 'sh' && lines[0]?.startsWith('hookctl '))
    // Its blocks are pictures of a terminal, and the full screen's first line says which command it is.
    expect(unmarked.filter(({page}) => page !== 'docs/screens.md').map(title)).toEqual([])
  })
})
