import {existsSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {
  backing,
  platformsPage,
  readRequirements,
  readTests,
  resultsOfPage,
  resultsOfReport,
} from '../scripts/platforms-table.js'
import {titlesIn} from '../scripts/test-titles.js'

interface Requirement {
  readonly id: string
  readonly source: 'S' | 'R'
  /** Why it is not as there, and the page of docs/ that says so. */
  readonly reason?: string
  readonly doc?: string
}

interface Titled {
  readonly ids: readonly string[]
  readonly title: string
  readonly file: string
  /** Goes through a command line or HTTP, to a real receiver. */
  readonly outside: boolean
}

interface Row {
  readonly requirement: Requirement
  readonly tests: readonly Titled[]
}

const docs = path.join(import.meta.dirname, '../docs')
const requirements: readonly Requirement[] = readRequirements()
const tests: readonly Titled[] = readTests()
const rows: readonly Row[] = backing(requirements, tests)
const page = readFileSync(path.join(docs, 'platforms.md'), 'utf8')

const idsOf = (some: readonly Row[]) => some.map(({requirement}) => requirement.id)

test('every requirement has a test or a reason why not', () => {
  expect(idsOf(rows.filter(row => row.tests.length === 0 && row.requirement.reason === undefined))).toEqual([])
})

test('what a platform itself documents is tested from outside: a command line or HTTP, and a real receiver', () => {
  const own = rows.filter(({requirement}) => requirement.source === 'S' && requirement.reason === undefined)
  expect(idsOf(own.filter(row => !row.tests.some(({outside}) => outside)))).toEqual([])
})

test('no title names a requirement that there is not', () => {
  const known = new Set(requirements.map(({id}) => id))
  const strays = tests.flatMap(({ids, title, file}) => ids.filter(id => !known.has(id)).map(id => [id, title, file]))
  expect(strays).toEqual([])
})

test('what is not as there says why on a page of docs/ that names it', () => {
  for (const {id, reason, doc} of requirements.filter(each => each.reason !== undefined)) {
    expect(reason).toMatch(/\w/)
    expect([id, existsSync(path.join(docs, doc!))]).toEqual([id, true])
    expect(readFileSync(path.join(docs, doc!), 'utf8')).toContain(id)
  }
})

test('each requirement stands once', () => {
  expect(new Set(requirements.map(({id}) => id)).size).toBe(requirements.length)
  expect(requirements).toHaveLength(164)
})

test('docs/platforms.md is that of the sources, with nothing failed or not run; else: npm run platforms', () => {
  const made = new Set(platformsPage(rows, resultsOfPage(page)).split('\n'))
  const there = new Set(page.split('\n'))
  expect([...made.symmetricDifference(there)]).toEqual([])
  expect(page.match(/^.* \| (failed|not run) \|$/gm) ?? []).toEqual([])
})

test('titles are read from every way to write a test, with what is filled in left open', () => {
  const source = [
    `test('CAT-01: plain', () => {})`,
    'it.each(rows)(`T16: %s gives $name.first at 100%%`, () => {})',
    `describe.skipIf(no)('group', () => { test.for([1])(\`NBX-03: \${a} b\`, async (x: number) => {}) })`,
    `other('CAT-02: no test', () => {})`,
    `// test('CAT-03: a comment')`,
    `test(title, () => {})`,
  ].join('\n')
  const found = titlesIn('a.test.ts', source)
  expect(found.map(({title, group}) => [title, group])).toEqual([
    ['CAT-01: plain', false],
    ['T16: … gives … at 100%', false],
    ['group', true],
    ['NBX-03: … b', false],
  ])
  expect(found.at(-1)!.pattern.test('NBX-03: a + b')).toBe(true)
  expect(found.at(-1)!.pattern.test('NBX-03: a + c')).toBe(false)
})

test('a row has passed when none of its tests failed and at least one ran', () => {
  const result = (...states: readonly string[]) => {
    const assertionResults = states.map((status, at) => ({status, title: `T16: case ${at}`, ancestorTitles: []}))
    const own = titlesIn('a.ts', `test.each(x)('T16: case %i', () => {})`)
    return resultsOfReport({testResults: [{assertionResults}]})({}, own)
  }
  expect(result('passed', 'skipped')).toBe('passed')
  expect(result('passed', 'failed')).toBe('failed')
  expect(result('skipped')).toBe('not run')
  expect(result()).toBe('not run')
})
