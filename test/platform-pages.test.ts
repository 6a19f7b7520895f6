import {readFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, test} from 'vitest'
import {platforms} from '../src/platforms/table.ts'
import {run, temporaryHome} from './harness/cli.ts'

/** docs/PLATFORM.md: what a page says to type works as typed, from its first line to its last. */

const pages = platforms.map(({name}) => name).filter(name => name !== 'standard')
const read = (name: string) => readFileSync(path.join(import.meta.dirname, `../docs/${name}.md`), 'utf8')

const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare!)

describe.each(pages)('docs/%s.md', name => {
  const page = read(name)

  test('has lines to type that all work', async () => {
    await using home = temporaryHome()
    const lines = /```sh\n([\s\S]*?)```/.exec(page)![1]!.trimEnd().split('\n')
    for (const line of lines) {
      const [program, ...argv] = words(line)
      expect(program).toBe('hookctl')
      const {exitCode, stderr} = await run(argv, {home, env: {HOOK_SECRET: 's3cret'}})
      expect([line, exitCode, exitCode === 0 ? '' : stderr]).toEqual([line, 0, ''])
    }
  })

  test('says how to move over and what differs', () => {
    expect(page).toContain('\n## Moving a webhook over\n')
    expect(page).toContain('\n## What differs\n')
  })
})
