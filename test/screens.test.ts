import {readFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {plain} from '../src/cli/color.ts'
import {emptyTail} from '../src/cli/screen/tail-state.ts'
import {tailLines} from '../src/cli/screen/tail-view.ts'
import {aSetting} from './harness/setting.ts'

/** docs/screens.md against what the commands print today; where it differs: npm run screens. */

const page = readFileSync(path.join(import.meta.dirname, '../docs/screens.md'), 'utf8')

const blockOf = (title: string): string => {
  const [, section = ''] = new RegExp(`^## ${title}\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(page) ?? []
  return [...section.matchAll(/```text\n([\s\S]*?)```/g)].map(([, text]) => text).join('\n')
}

/** Words at the beginning of lines, up to the gap before their values. */
const titlesOf = (text: string): readonly string[] =>
  text.split('\n').flatMap(line => /^(\S.*?) {2,}\S/.exec(line)?.[1] ?? [])

const tty = {tty: true, columns: 130, env: {NO_COLOR: '1', LANG: 'C.UTF-8'}}

test('the page has status with every line there is, and what is wrong with what to do', async () => {
  await using setting = await aSetting()
  const {stdout} = await setting.hookctl(['status'], tty)
  expect(titlesOf(blockOf('status'))).toEqual(titlesOf(stdout))
  expect(blockOf('status')).toMatch(
    /\nWhat is wrong\nwebhook oncall fails for .*\n {2}→ hookctl delivery list --webhook oncall/,
  )
})

test('the page has stats with its pictures and titles', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  await setting.json('event', 'send', 'node.added', '--example')
  const {stdout} = await setting.hookctl(['stats'], tty)
  const shown = blockOf('stats')
  const titles = (text: string) =>
    text
      .split('\n')
      .find(line => line.startsWith('WEBHOOK'))
      ?.split(/ {2,}/)
  expect(titles(shown)).toEqual(titles(stdout))
  expect(titlesOf(shown).slice(0, 5)).toEqual(titlesOf(stdout).slice(0, 5))
  expect(shown).toMatch(/^success {4}[█▏▎▍▌▋▊▉]+░* \d+(?:\.\d)?%$/m)
  expect(shown).toMatch(/\nANSWERS WITHIN\n(?: *\S+ - \S+ {2}[█▏▎▍▌▋▊▉░]+ \d+\n)+$/)
})

test('the page has the screen of delivery tail: a failure chosen, the keys below, and its delivery', () => {
  const [, titles, ...rest] = tailLines(
    emptyTail,
    {columns: 96, rows: 20},
    {paint: plain, times: {now: 0, zone: undefined}},
  )
  const shown = blockOf('delivery tail').split('\n')
  expect(shown).toContain(titles?.trimEnd())
  expect(shown).toContain(rest.at(-1))
  expect(shown.some(line => /^> \S+ failed {4}503 .* siem /.test(line))).toBe(true)
  expect(shown.some(line => /^hookctl delivery show dlv_[0-9a-f]{32}$/.test(line))).toBe(true)
})

test('the page has a replay half way, and at its end', () => {
  expect(blockOf('Replay')).toMatch(/^█+░+ \d+\/\d+ {2}\d+ ok {2}\d+ failed {2}\d+s left$/m)
  expect(blockOf('Replay')).toMatch(/is done: \d+ of \d+ delivered$/m)
})

test('the page names nothing of the machine it was made on', () => {
  expect(page).not.toMatch(/\/tmp\/|\/home\/|\/root\/|\/work\//)
})
