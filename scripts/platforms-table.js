// Writes docs/platforms.md: each requirement of docs/requirements.json with the tests whose titles name it, and whether
// they pass. Without arguments it runs those tests first; `--report FILE` takes vitest's JSON report of a run there was.
import {spawnSync} from 'node:child_process'
import {globSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {titlesIn} from './test-titles.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const page = path.join(root, 'docs/platforms.md')
const requirementId = /\b(?:(?:CAT|ENT|NBX|NEB|PRO)-\d{2,}|[TN]\d{2})\b/g

/** Where tests go through the command line or HTTP, to a real receiver. */
const outside = /^test\/(conformance|e2e)\//

export const readRequirements = () => JSON.parse(readFileSync(path.join(root, 'docs/requirements.json'), 'utf8'))

/** Every title under test/ that names requirements: `{ids, title, pattern, group, file, outside}`, by file and place. */
export function readTests() {
  const files = globSync('test/**/*.ts', {cwd: root}).sort()
  const tests = files.flatMap(file =>
    titlesIn(file, readFileSync(path.join(root, file), 'utf8')).map(test => ({...test, file})),
  )
  const naming = tests.map(test => ({
    ...test,
    ids: test.title.match(requirementId) ?? [],
    outside: outside.test(test.file),
  }))
  return naming.filter(({ids}) => ids.length > 0)
}

/** What stands behind each requirement: `{requirement, tests}`, in the order of the requirements. */
export const backing = (requirements, tests) =>
  requirements.map(requirement => ({requirement, tests: tests.filter(({ids}) => ids.includes(requirement.id))}))

const PLATFORMS = {
  catalyst: 'Catalyst Networks',
  entrypoint: 'Netgraph EntryPoint',
  netbox: 'NetBox',
  nebularstack: 'NebularStack',
  procustodibus: 'Pro Custodibus',
}

const INTRODUCTION = `# What the platforms require, and which test backs it

Made by \`npm run platforms\` from [requirements.json](requirements.json), from the titles of the tests and from their
results; \`npm test\` fails where a row has neither a test nor a reason. Where a requirement comes from:

- **S**: the platform's own documentation says so.
- **R**: found in the platform's other public documents, its code or its test suite. The rows T and N restate what the
  test suites of NetBox and Nautobot assert.

A result is *passed* when no test of the row failed and at least one ran. Tests under \`test/conformance\` and
\`test/e2e\` go through the command line or HTTP to a real receiver; they are named first.
`

/** docs/platforms.md. `resultOf(requirement, tests)` is `passed`, `failed` or `not run`. */
export function platformsPage(rows, resultOf) {
  const parts = Object.entries(PLATFORMS).map(([platform, name]) => {
    const own = rows.filter(({requirement}) => requirement.platform === platform)
    return [`## ${name}`, '', '| id | from | requirement | test | result |', '| --- | --- | --- | --- | --- |']
      .concat(own.map(row => line(row, resultOf)))
      .join('\n')
  })
  return `${[INTRODUCTION, ...parts].join('\n')}\n`.replaceAll('|\n## ', '|\n\n## ')
}

function line({requirement, tests}, resultOf) {
  const {id, source, reason, doc} = requirement
  const refusal = reason === undefined ? [] : [`not as there: ${reason} ([${doc}](${doc}))`]
  const result = tests.length === 0 && reason !== undefined ? 'refused' : resultOf(requirement, tests)
  const backed = [...refusal, ...listed(tests)].join('<br>')
  return `| ${[id, source, cell(requirement.requirement), backed, result].join(' | ')} |`
}

const listed = tests =>
  [...tests.filter(test => test.outside), ...tests.filter(test => !test.outside)]
    .map(({title, file}) => `${cell(title)} ([${file.replace(/^test\//, '')}](../${file}))`)
    .filter((text, at, all) => all.indexOf(text) === at)

const cell = text => text.replaceAll('\n', ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;')

/** Results by what a run of vitest reported (its `json` reporter). */
export function resultsOfReport(report) {
  const ran = report.testResults.flatMap(({assertionResults}) => assertionResults)
  const backs = (test, {title, ancestorTitles}) =>
    test.group ? ancestorTitles.some(each => test.pattern.test(each)) : test.pattern.test(title)
  return (_, tests) => {
    const states = ran.filter(each => tests.some(test => backs(test, each))).map(({status}) => status)
    if (states.includes('failed')) return 'failed'
    return states.includes('passed') ? 'passed' : 'not run'
  }
}

/** Results as a page has them: what was not on it is not known. */
export function resultsOfPage(text) {
  const known = new Map(text.split('\n').map(each => [each.split(' | ', 1)[0], each.split(' | ').at(-1)]))
  return ({id}) => known.get(`| ${id}`)?.replace(/ \|$/, '') ?? 'not run'
}

function runTests(files) {
  const folder = mkdtempSync(path.join(tmpdir(), 'platforms-'))
  const file = path.join(folder, 'report.json')
  try {
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
    const args = [vitest, 'run', '--reporter=json', `--outputFile=${file}`, ...files]
    spawnSync(process.execPath, args, {cwd: root, stdio: ['ignore', 'ignore', 'inherit']})
    return JSON.parse(readFileSync(file, 'utf8'))
  } finally {
    rmSync(folder, {recursive: true})
  }
}

/** Tests in a file that is not a test file are run by the ones of its folder and those beside it. */
const runnable = file => (file.endsWith('.test.ts') ? file : path.dirname(path.dirname(file)))

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const {values} = parseArgs({options: {report: {type: 'string'}}})
  const tests = readTests()
  const report = values.report
    ? JSON.parse(readFileSync(values.report, 'utf8'))
    : runTests([...new Set(tests.map(({file}) => runnable(file)))])
  writeFileSync(page, platformsPage(backing(readRequirements(), tests), resultsOfReport(report)))
}
