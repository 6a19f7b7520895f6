import {readFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {
  backing,
  figuresIn,
  figuresOnPage,
  PROMISES,
  promisesList,
  promisesPage,
  readTests,
  readThreats,
  withPromises,
} from '../scripts/promises.js'

interface Row {
  readonly id: string
  readonly threat: string
  readonly reason?: string
  readonly tests: readonly {readonly title: string; readonly file: string; readonly ids: readonly string[]}[]
}

const page = readFileSync(path.join(import.meta.dirname, '../docs/promises.md'), 'utf8')
const rows: readonly Row[] = backing(readThreats(), readTests())

test('docs/promises.md is that of the sources; else: npm run promises', () => {
  const made = new Set<string>(promisesPage(rows, figuresOnPage(page)).split('\n'))
  expect([...made.symmetricDifference(new Set(page.split('\n')))]).toEqual([])
})

test('the README has their short form, with the same figures', () => {
  const readme = readFileSync(path.join(import.meta.dirname, '../README.md'), 'utf8')
  const list = promisesList(rows, figuresOnPage(page))
  expect(list.split('\n')).toHaveLength(16)
  expect(readme).toContain(list)
  expect(withPromises(readme, list)).toBe(readme)
})

test('each of the 68 threats stands once, with a test, a reason, or the words "not yet"', () => {
  expect(new Set(rows.map(({id}) => id)).size).toBe(68)
  for (const {id, tests, reason} of rows) {
    const line = page.split('\n').find(each => each.startsWith(`| ${id} | `))
    const expected = tests.length > 0 ? tests[0]!.file : (reason ?? '**not yet**')
    expect([id, line]).toEqual([id, expect.stringContaining(expected)])
  }
})

test('a promise names only threats that there are, and a reason is not given to what has a test', () => {
  const known = new Set(rows.map(({id}) => id))
  const named = (PROMISES as unknown as readonly (readonly [string, readonly string[]])[]).flatMap(([, ids]) => ids)
  expect(named.filter(id => !known.has(id))).toEqual([])
  expect(rows.filter(({tests, reason}) => tests.length > 0 && reason !== undefined).map(({id}) => id)).toEqual([])
})

test('a threat without a test is told with the promise that rests on it', () => {
  const without = rows.map(row => (row.id === 'F2' ? {...row, tests: []} : row))
  const line = promisesPage(without, new Map())
    .split('\n')
    .find((each: string) => each.includes('power loss'))
  expect(line).toMatch(/\| {2}\| F2 \| {2}\|$/)
})

test('figures are what tests printed, and come back from the page', () => {
  const figures = figuresIn('noise\nfigure F1 F3: 10,000 accepted | 0 lost\nfigure A2: 200\nno figure G1: x\n')
  expect([...figures]).toEqual([
    ['F1', '10,000 accepted \\| 0 lost'],
    ['F3', '10,000 accepted \\| 0 lost'],
    ['A2', '200'],
  ])
  const [first] = rows
  const made = promisesPage(rows, new Map([[first!.id, '7 of 7']]))
  expect([...figuresOnPage(made)]).toEqual([[first!.id, '7 of 7']])
})
