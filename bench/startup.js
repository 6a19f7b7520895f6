// Start-up of the built command line as ratios to `node -e 0` of the same Node: alternating pairs, medians.
// `node bench/startup.js [--pairs 21] [--json] [--gate]`: --gate exits 1 when a budget is exceeded.
import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'

const {values} = parseArgs({
  options: {pairs: {type: 'string', default: '21'}, json: {type: 'boolean'}, gate: {type: 'boolean'}},
})
const run = fileURLToPath(new URL('../bin/run.js', import.meta.url))
const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-bench-'))
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  XDG_STATE_HOME: path.join(folder, 'state'),
  XDG_CONFIG_HOME: path.join(folder, 'config'),
  XDG_CACHE_HOME: path.join(folder, 'cache'),
  BENCH_SECRET: 'bench',
}

const body = path.join(folder, 'body.json')
writeFileSync(body, '{"a": 1}')

/** A store that a server owns: commands find the server by the file it leaves beside it. */
const served = path.join(folder, 'served.db')

async function startServer() {
  const server = spawn(process.execPath, [run, 'serve', '--listen', '127.0.0.1:0', '--store', served], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await Promise.race([
    once(server.stdout, 'data'),
    once(server, 'exit').then(([code]) => Promise.reject(new Error(`serve exited ${code}`))),
  ])
  return server
}

/** Peak memory of a process that runs the command, in MB. */
function peakMemory(argv) {
  const tell = 'process.on("exit",()=>process.stderr.write("\\nmaxrss " + process.resourceUsage().maxRSS))'
  const {stderr} = spawnSync(process.execPath, ['--import', `data:text/javascript,${tell}`, run, ...argv], {
    env,
    encoding: 'utf8',
  })
  return Number(/maxrss (\d+)/.exec(stderr)[1]) / 1024
}

/** What is timed, and the most it may cost of a bare Node. */
const subjects = [
  {name: '--version', argv: ['--version'], budget: 1.6, status: 0},
  {name: '--help', argv: ['--help'], budget: 3.0, status: 0},
  {name: 'config path', argv: ['config', 'path'], budget: 3.0, status: 0},
  {
    name: 'verify',
    argv: [
      'verify',
      ...['--scheme', 'netbox', '--body', body, '--secret-env', 'BENCH_SECRET'],
      ...['--header', `X-Hook-Signature: ${'0'.repeat(128)}`],
    ],
    budget: 3.0,
    status: 7,
  },
  {
    name: 'complete (TAB)',
    argv: ['complete', '--shell', 'bash', '--line', 'hookctl webhook show '],
    budget: 2.5,
    status: 0,
  },
  {name: 'webhook list (local)', argv: ['webhook', 'list', '--json'], budget: 3.6, status: 0},
  {name: 'delivery list (local)', argv: ['delivery', 'list', '--json'], budget: 3.6, status: 0},
  {name: 'webhook list (remote)', argv: ['webhook', 'list', '--json', '--store', served], budget: 5.4, status: 0},
]

/** The most memory that a trivial command may take, in MB. */
const MEMORY_BUDGET_MB = 60

const median = numbers => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]

function time(args, status) {
  const start = process.hrtime.bigint()
  const result = spawnSync(process.execPath, args, {env, stdio: ['ignore', 'ignore', 'pipe']})
  const elapsed = Number(process.hrtime.bigint() - start)
  if (result.status !== status) throw new Error(`${args.join(' ')} exited ${result.status}: ${result.stderr}`)
  return elapsed
}

const pairs = Number(values.pairs)

function measure({name, argv, budget, status}) {
  time([run, ...argv], status) // fills the compile cache and creates the store, as a second call would find them
  const ratios = []
  const look = () => {
    for (let pair = 0; pair < pairs; pair++) ratios.push(time([run, ...argv], status) / time(['-e', '0'], 0))
  }
  look()
  // Over its budget: a longer look with one median of all pairs, not the luckiest of several.
  if (values.gate && median(ratios) > budget) {
    look()
    look()
  }
  return {name, median: median(ratios), low: Math.min(...ratios), high: Math.max(...ratios), budget}
}

const server = await startServer()
try {
  const rows = subjects.map(measure)
  const memoryMb = median(Array.from({length: 5}, () => peakMemory(['config', 'path'])))
  if (values.json) console.log(JSON.stringify({bench: 'startup', unit: 'node -e 0', pairs, rows, memoryMb}, null, 2))
  else {
    console.log(`start-up, of node -e 0 (${process.version}), ${pairs} pairs`)
    for (const row of rows) {
      const range = `(${row.low.toFixed(2)}–${row.high.toFixed(2)})`
      console.log(
        `  ${row.name.padEnd(22)} ${row.median.toFixed(2)} ${range.padEnd(14)} budget ${row.budget.toFixed(1)}`,
      )
    }
    console.log(`  peak memory of config path ${memoryMb.toFixed(0)} MB, budget ${MEMORY_BUDGET_MB} MB`)
  }
  const over = rows
    .filter(row => row.median > row.budget)
    .map(row => `${row.name} ${row.median.toFixed(2)} > ${row.budget}`)
  if (memoryMb > MEMORY_BUDGET_MB) over.push(`memory ${memoryMb.toFixed(0)} MB > ${MEMORY_BUDGET_MB} MB`)
  for (const each of over) console.error(`over budget: ${each}`)
  if (values.gate && over.length > 0) process.exitCode = 1
} finally {
  server.kill()
  rmSync(folder, {recursive: true, force: true})
}
