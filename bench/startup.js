// Start-up of the built command line as ratios to `node -e 0` of the same Node: alternating pairs, medians.
// `node bench/startup.js [--pairs 21] [--json] [--gate]`: --gate exits 1 when a budget is exceeded.
import {spawnSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {environment, inFolder, hookctl as run, startServer} from './lib/processes.js'
import {flags, median, report, row} from './lib/report.js'

const given = flags({pairs: Number, gate: Boolean})
const {pairs = 21} = given

/** What is timed, and the most it may cost of a bare Node. */
const subjectsOf = ({body, served}) => [
  {name: '--version', argv: ['--version'], most: 1.6, status: 0},
  {name: '--help', argv: ['--help'], most: 3.0, status: 0},
  {name: 'config path', argv: ['config', 'path'], most: 3.0, status: 0},
  {
    name: 'verify',
    argv: [
      'verify',
      ...['--scheme', 'netbox', '--body', body, '--secret-env', 'BENCH_SECRET'],
      ...['--header', `X-Hook-Signature: ${'0'.repeat(128)}`],
    ],
    most: 3.0,
    status: 7,
  },
  {
    name: 'complete (TAB)',
    argv: ['complete', '--shell', 'bash', '--line', 'hookctl webhook show '],
    most: 2.5,
    status: 0,
  },
  {name: 'webhook list (local)', argv: ['webhook', 'list', '--json'], most: 3.6, status: 0},
  {name: 'delivery list (local)', argv: ['delivery', 'list', '--json'], most: 3.6, status: 0},
  {name: 'webhook list (remote)', argv: ['webhook', 'list', '--json', '--store', served], most: 5.4, status: 0},
]

/** The most memory that a trivial command may take, in MB. */
const MEMORY_BUDGET_MB = 60

function time(env, args, status) {
  const startedAt = process.hrtime.bigint()
  const result = spawnSync(process.execPath, args, {env, stdio: ['ignore', 'ignore', 'pipe']})
  const elapsed = Number(process.hrtime.bigint() - startedAt)
  if (result.status !== status) throw new Error(`${args.join(' ')} exited ${result.status}: ${result.stderr}`)
  return elapsed
}

function measure(env, {name, argv, most, status}) {
  time(env, [run, ...argv], status) // fills the compile cache and creates the store, as a second call would find them
  const ratios = []
  const look = () => {
    for (let pair = 0; pair < pairs; pair++) ratios.push(time(env, [run, ...argv], status) / time(env, ['-e', '0'], 0))
  }
  look()
  // Over its budget: a longer look with one median of all pairs, not the luckiest of several.
  if (given.gate && median(ratios) > most) {
    look()
    look()
  }
  return row(name, ratios, {most})
}

/** Peak memory of a process that runs the command, in MB. */
function peakMemory(env, argv) {
  const tell = 'process.on("exit",()=>process.stderr.write("\\nmaxrss " + process.resourceUsage().maxRSS))'
  const {stderr} = spawnSync(process.execPath, ['--import', `data:text/javascript,${tell}`, run, ...argv], {
    env,
    encoding: 'utf8',
  })
  return Number(/maxrss (\d+)/.exec(stderr)[1]) / 1024
}

await inFolder(async folder => {
  const env = {...environment(folder), BENCH_SECRET: 'bench'}
  const body = path.join(folder, 'body.json')
  writeFileSync(body, '{"a": 1}')
  // A store that a server owns: commands find the server by the file it leaves beside it.
  const served = path.join(folder, 'served.db')
  const server = await startServer({folder, store: served})
  try {
    const rows = subjectsOf({body, served}).map(subject => measure(env, subject))
    const memory = Array.from({length: 5}, () => peakMemory(env, ['config', 'path']))
    rows.push(row('peak memory of config path', memory, {unit: 'MB', most: MEMORY_BUDGET_MB}))
    const title = `start-up, of node -e 0 (${process.version}), ${pairs} pairs`
    report({bench: 'startup', unit: 'node -e 0', title, pairs, rows}, given)
    const over = rows.filter(each => each.median > each.most)
    for (const each of over) console.error(`over budget: ${each.name} ${each.median.toFixed(2)} > ${each.most}`)
    if (given.gate && over.length > 0) process.exitCode = 1
  } finally {
    await server.stop()
  }
})
