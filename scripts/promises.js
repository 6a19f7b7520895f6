// Writes docs/promises.md, and the short form of it into the README: what hookctl promises, and each threat of
// docs/threats.json with the tests whose titles name it. Without arguments figures stay as they are on the page; `--run` runs the tests that print one (a line
// `figure F1: …` on stdout) and takes theirs; `--from FILE` takes those of a run whose output is in FILE.
import {spawnSync} from 'node:child_process'
import {globSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {titlesIn} from './test-titles.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const page = path.join(root, 'docs/promises.md')
const readme = path.join(root, 'README.md')

/** Each with the threats whose tests back it: all of them have to be there for the promise to hold. */
export const PROMISES = [
  ['An event answered with 202 survives kill -9 at any moment', ['F1', 'F3']],
  ['… and power loss, on storage that honours fsync', ['F2']],
  ['At least once, usually once; the four cases of a duplicate are listed and bounded', ['F1', 'F3', 'F6', 'F8']],
  ['One bad receiver does not slow the others', ['G1', 'G2']],
  ['Retries follow the printed plan; Retry-After is honoured within limits', ['G3', 'G4']],
  ['Signatures are computed and checked on exact bytes', ['B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'B7', 'B8']],
  ['Redirects are never followed; metadata addresses are never reached by a rule for a range', ['A3', 'A6']],
  ['The target policy is checked on the address that is dialled', ['A1', 'A2', 'A4', 'A5', 'A7', 'A8']],
  [
    'Answers are read up to 64 KiB, kept up to 16 KiB and never inflated; every attempt ends by its deadline',
    ['A12', 'A13', 'A14', 'A15'],
  ],
  ['Nothing remote can steer your terminal; --json is always clean JSON', ['C1', 'C2']],
  [
    'The server listens on loopback unless stated otherwise, and refuses browsers and foreign names',
    ['D1', 'D2', 'D3'],
  ],
  ['Secrets never stand in logs, listings or errors; files are for their user only', ['C4', 'E1', 'E3', 'E4']],
  ['Bad input gives neither a 5xx nor a stack trace', ['D6', 'C5']],
  ['A full disk, a damaged or a foreign store: refused clearly, never half written', ['H1', 'H2', 'H3']],
  ['Upgrades make a backup first; older programs leave newer stores as they are', ['H4']],
  ['SIGTERM finishes what is in flight and ends within 26 s', ['F10']],
]

const threatId = /\b(?:A(?:1[0-5]|[1-9])|B[1-9]|C[1-5]|D[1-8]|E[1-4]|F(?:1[0-2]|[1-9])|G[1-7]|H[1-7]|I1)\b/g

export const readThreats = () => JSON.parse(readFileSync(path.join(root, 'docs/threats.json'), 'utf8'))

/** Every title under test/ that names threats: `{ids, title, file}`, by file and place. */
export function readTests() {
  return globSync('test/**/*.test.ts', {cwd: root})
    .sort()
    .flatMap(file => titlesIn(file, readFileSync(path.join(root, file), 'utf8')).map(each => ({...each, file})))
    .map(({title, file}) => ({title, file, ids: title.match(threatId) ?? []}))
    .filter(({ids}) => ids.length > 0)
}

/** Each threat with its tests; one without tests and without a reason is `not yet`. */
export const backing = (threats, tests) =>
  threats.map(threat => ({...threat, tests: tests.filter(({ids}) => ids.includes(threat.id))}))

const INTRODUCTION = `# What hookctl promises, and which test backs it

Made by \`npm run promises\` from [threats.json](threats.json) and from the titles of the tests. A promise holds as far as
the threats behind it have a test: those without one, or with one for a part, are named as open. Figures are those of the last
\`npm run promises -- --run\`.

`

/** docs/promises.md. `figures` is what tests printed, by id of a threat. */
export function promisesPage(rows, figures) {
  const byId = new Map(rows.map(row => [row.id, row]))
  const promises = PROMISES.map(([promise, ids], index) => {
    const missing = ids.filter(id => isMissing(byId.get(id)))
    const backed = ids.filter(id => !missing.includes(id)).join(', ')
    const told = ids.flatMap(id => (figures.has(id) ? [figures.get(id)] : []))
    const partly = ids.filter(id => !missing.includes(id) && byId.get(id).open !== undefined).map(id => `${id} in part`)
    return [index + 1, promise, backed, [...missing, ...partly].join(', '), [...new Set(told)].join('; ')]
  })
  const threats = rows.map(row => [row.id, cell(row.threat), checks(row), figures.get(row.id) ?? ''])
  return [
    INTRODUCTION.trimEnd(),
    '',
    ...table(['', 'promise', 'backed by', 'open', 'figures'], promises),
    '',
    '## Threats and faults',
    '',
    ...table(['id', 'threat or fault', 'tests', 'figures'], threats),
    '',
  ].join('\n')
}

/** The promises as the README has them: each with what is open and the figures of the last run, where there are any. */
export function promisesList(rows, figures) {
  const byId = new Map(rows.map(row => [row.id, row]))
  return PROMISES.map(([promise, ids]) => {
    const told = [...new Set(ids.flatMap(id => (figures.has(id) ? [figures.get(id)] : [])))]
    const missing = ids.filter(id => isMissing(byId.get(id)))
    const open = missing.length === 0 ? [] : [`open: ${missing.join(', ')}`]
    return `- ${[promise, ...[[...told, ...open].join('; ')].filter(Boolean)].join(': ').replaceAll('\\|', '|')}`
  }).join('\n')
}

const BLOCK = /(<!-- promises -->\n)[\s\S]*?(\n<!-- promisesstop -->)/

/** The README with the list in its place. */
export const withPromises = (readme, list) => readme.replace(BLOCK, (_, begin, end) => `${begin}\n${list}\n${end}`)

const isMissing = ({tests, reason}) => tests.length === 0 && reason === undefined

function checks({tests, reason, open}) {
  const listed = tests.map(({title, file}) => `${cell(title)} ([${file.replace(/^test\//, '')}](../${file}))`)
  if (listed.length > 0) return [...new Set(listed), ...(open === undefined ? [] : [`open: ${open}`])].join('<br>')
  if (reason !== undefined) return `does not apply: ${reason}`
  return open === undefined ? '**not yet**' : `**not yet**: ${open}`
}

const table = (titles, rows) => [
  `| ${titles.join(' | ')} |`,
  `| ${titles.map(() => '---').join(' | ')} |`,
  ...rows.map(row => `| ${row.join(' | ')} |`),
]

const cell = text => text.replaceAll('\n', ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;')

/** What tests printed: lines `figure A2: 200 dials, none to loopback`, several ids before the colon where they share it. */
export function figuresIn(output) {
  const found = [...output.matchAll(/^figure ((?:[A-I]\d+ ?)+): (.+)$/gm)]
  return new Map(found.flatMap(([, ids, figure]) => ids.split(' ').map(id => [id, cell(figure)])))
}

/** The figures of a page, by the rows of its threats. */
export function figuresOnPage(text) {
  const rows = [...text.matchAll(/^\| ([A-I]\d+) \| .* \| (.*?) \|$/gm)]
  return new Map(rows.filter(([, , figure]) => figure.trim() !== '').map(([, id, figure]) => [id, figure]))
}

function runTests() {
  const files = globSync('test/**/*.test.ts', {cwd: root}).filter(file =>
    /console\.log\(\s*[`']figure /.test(readFileSync(path.join(root, file), 'utf8')),
  )
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
  const ran = spawnSync(process.execPath, [vitest, 'run', ...files], {cwd: root, encoding: 'utf8'})
  if (ran.status !== 0) throw new Error(`tests that print figures failed:\n${ran.stdout}${ran.stderr}`)
  return figuresIn(ran.stdout)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const {existsSync} = await import('node:fs')
  const known = existsSync(page) ? figuresOnPage(readFileSync(page, 'utf8')) : new Map()
  const {values} = parseArgs({options: {run: {type: 'boolean'}, from: {type: 'string'}}})
  const found = values.run ? runTests() : values.from ? figuresIn(readFileSync(values.from, 'utf8')) : []
  const figures = new Map([...known, ...found])
  const rows = backing(readThreats(), readTests())
  writeFileSync(page, promisesPage(rows, figures))
  writeFileSync(readme, withPromises(readFileSync(readme, 'utf8'), promisesList(rows, figures)))
}
