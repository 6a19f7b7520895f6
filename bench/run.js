// Runs every benchmark in turn: `npm run bench`, or `npm run bench -- startup accept` for some. `--full` takes the sizes of
// the published figures, `--million` adds stores of a million deliveries, `--save` keeps the figures in bench/figures.json
// and writes the pages that show them.
import {spawnSync} from 'node:child_process'
import {existsSync, globSync, readFileSync, writeFileSync} from 'node:fs'
import {availableParallelism, loadavg} from 'node:os'
import path from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import {tableOf} from './lib/report.js'

const folder = import.meta.dirname
const kept = path.join(folder, 'figures.json')
const words = process.argv.slice(2)
const firstFlag = words.findIndex(word => word.startsWith('-'))
const wanted = firstFlag < 0 ? words : words.slice(0, firstFlag)
const options = firstFlag < 0 ? [] : words.slice(firstFlag)
const save = options.includes('--save')
const asJson = options.includes('--json')
const passed = options.filter(option => option !== '--save' && option !== '--json')

const all = globSync('*.js', {cwd: folder})
  .map(file => path.basename(file, '.js'))
  .filter(name => name !== 'run')
  .sort()

if (options.includes('--help')) {
  const heads = all.map(name => readFileSync(path.join(folder, `${name}.js`), 'utf8').split('\nimport ')[0])
  for (const [index, head] of heads.entries())
    console.log(`${all[index]}\n${head.replaceAll(/^\/\//gm, ' ').trimEnd()}\n`)
  process.exit(0)
}

const unknown = wanted.filter(name => !all.includes(name))
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are: ${all.join(', ')}`)
  process.exit(2)
}

/** Runs one; answers its figures, or null where it failed. */
function run(name) {
  const load = loadavg()[0].toFixed(1)
  const file = path.join(folder, `${name}.js`)
  const {status, stdout} = spawnSync(process.execPath, [file, ...passed, '--json'], {
    stdio: ['inherit', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (status !== 0) process.exitCode = 1
  if (stdout === '') return null
  const result = {load, ...JSON.parse(stdout)}
  if (!asJson) console.log(`${tableOf(result).join('\n')}\n`)
  return result
}

const results = (wanted.length > 0 ? wanted : all).map(run).filter(result => result !== null)
if (asJson) console.log(JSON.stringify(results, null, 2))
if (save) {
  const known = existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : {}
  const machine = `${availableParallelism()} cores, Node ${process.version}`
  const at = new Date().toISOString().slice(0, 10)
  const fresh = results.map(result => [result.bench, {at, machine, ...result}])
  writeFileSync(kept, `${JSON.stringify({...known, ...Object.fromEntries(fresh)}, null, 2)}\n`)
  const script = fileURLToPath(new URL('../scripts/figures.js', import.meta.url))
  spawnSync(process.execPath, [script], {stdio: 'inherit'})
}
