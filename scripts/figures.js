// Writes the figures of bench/figures.json, which `npm run bench -- --save` keeps, into docs/performance.md and the short
// form of them into the README, between their markers.
import {readFileSync, writeFileSync} from 'node:fs'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import {bound, figure, missed} from '../bench/lib/report.js'

const file = name => fileURLToPath(new URL(`../${name}`, import.meta.url))

/** What the README shows of all figures, in its own words. */
export const HEADLINES = [
  ['deliveries', '20,000 deliveries drained', 'deliveries a second, of a bare POST loop'],
  ['deliveries', '100,000 deliveries drained', '… of 100,000'],
  ['deliveries', '10,000 deliveries drained, fdatasync + 4 ms', '… on a disk that syncs 4 ms later'],
  ['accept', 'one by one', 'events accepted over HTTP, of node:http that only parses and validates'],
  ['accept', 'NDJSON, 100 at a time', '… as NDJSON, 100 at a time'],
  ['latency', 'p50 at rest', 'accepted until received, of a bare POST (p50)'],
  ['startup', 'webhook list (local)', '`hookctl webhook list`, of `node -e 0`'],
  ['verify', '100 MiB', '`hookctl verify` of 100 MiB, of `openssl dgst`'],
  [
    'peers',
    'hookctl, SQLite: delivered',
    'deliveries a second beside job queues, of a bare POST loop: hookctl on SQLite',
  ],
  ['peers', 'hookctl, PostgreSQL, one worker: delivered', '… hookctl on PostgreSQL'],
  ['peers', 'pg-boss: delivered', '… pg-boss'],
  ['peers', 'graphile-worker: delivered', '… graphile-worker'],
  ['peers', 'BullMQ, fsync always: delivered', '… BullMQ, fsync always'],
  ['peers', 'Celery (2,000 jobs): delivered', '… Celery, two processes'],
  ['peers', 'RQ (400 jobs): delivered', '… RQ, one worker'],
  ['memory', 'idle on 1,000,000 deliveries', 'memory of an idle server on a million deliveries'],
]

/** What speaks for staying on one file, and what for leaving it: of docs/scaling.md. */
export const SCALING = [
  ['deliveries', '20,000 deliveries drained', 'SQLite: deliveries a second, of a bare POST loop, 20,000 waiting'],
  ['deliveries', '100,000 deliveries drained', '… 100,000 waiting'],
  ['accept', 'one by one', 'SQLite: events accepted over HTTP, of node:http that only parses and validates'],
  ['accept', 'NDJSON, 100 at a time', '… as NDJSON, 100 at a time'],
  [
    'history',
    'delivery list, 1,000,000',
    'SQLite: `delivery list` on a million deliveries, of the same on 10,000 (time)',
  ],
  ['history', "the worker's claim, 1,000,000", '… what the worker asks for its next work'],
  ['history', '20,000 drained on 1,000,000, of an empty store', '… deliveries a second, of an empty store'],
  ['memory', 'idle on 1,000,000 deliveries', 'SQLite: memory of an idle server on a million deliveries'],
  ['peers', 'hookctl, SQLite: delivered', 'deliveries a second, of a bare POST loop, on one machine: SQLite'],
  ['peers', 'hookctl, PostgreSQL, one worker: delivered', '… PostgreSQL, one worker'],
  ['peers', 'hookctl, PostgreSQL, two workers: delivered', '… PostgreSQL, two workers'],
  [
    'peers',
    'hookctl, PostgreSQL, two workers, of one: receivers that take 50 ms',
    'PostgreSQL: two workers, of one, where the receivers are slow',
  ],
]

/** Every kept figure, a table for each benchmark. */
export function figuresPage(kept) {
  const parts = Object.values(kept).map(each => [
    `### ${each.bench}`,
    '',
    `${sentence(each.title)} Measured ${each.at} on ${each.machine}, load ${each.load} when it began.`,
    '',
    '| | median (lowest–highest) | bound |',
    '| --- | --- | --- |',
    ...each.rows.map(row => `| ${cell(row.name)} | ${shown(row)} | ${judged(row)} |`),
    '',
  ])
  return parts.flat().join('\n').trimEnd()
}

/** The headlines that were measured, as a table. */
export function figuresList(kept, headlines = HEADLINES) {
  const rows = headlines.flatMap(([bench, name, words]) => {
    const found = kept[bench]?.rows.find(row => row.name === name && row.skipped === undefined)
    return found === undefined ? [] : [`| ${words} | ${shown(found)} |`]
  })
  return ['| | median (lowest–highest) |', '| --- | --- |', ...rows].join('\n')
}

const shown = row => (row.skipped === undefined ? figure(row) : `skipped: ${row.skipped}`)
/** The bound, and whether it was missed. */
function judged(row) {
  const what = missed(row)
  return what === null ? bound(row) : `${bound(row)}: **${what}**`
}

const sentence = text => `${text[0].toUpperCase()}${text.slice(1)}.`
const cell = text => text.replaceAll('|', '\\|')

const BLOCK = /(<!-- figures -->\n)[\s\S]*?(\n<!-- figuresstop -->)/

/** A page with the text between its markers; throws where they are missing. */
export function withFigures(page, text) {
  if (!BLOCK.test(page)) throw new Error('the page has no place for figures')
  return page.replace(BLOCK, (_, begin, end) => `${begin}\n${text}\n${end}`)
}

export const readFigures = () => JSON.parse(readFileSync(file('bench/figures.json'), 'utf8'))

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const kept = readFigures()
  for (const [name, make] of [
    ['README.md', figuresList],
    ['docs/performance.md', figuresPage],
    ['docs/scaling.md', each => figuresList(each, SCALING)],
  ]) {
    writeFileSync(file(name), withFigures(readFileSync(file(name), 'utf8'), make(kept)))
  }
}
