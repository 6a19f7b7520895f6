// Verifying the signature of a body against `openssl dgst` over the same bytes, both as whole processes.
// `node bench/verify.js [--megabytes 100] [--rounds 5] [--json]`. Of 256 MiB the time of a processor, as well as bash tells it.
import {spawnSync} from 'node:child_process'
import {createHmac, randomBytes} from 'node:crypto'
import {writeFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {environment, hookctl, inFolder} from './lib/processes.js'
import {flags, report, row, skipped} from './lib/report.js'

const given = flags({megabytes: Number})
const {rounds = 5, megabytes = 100} = given
const secret = 'bench'
const sizes = [
  {name: '1 KiB', bytes: 1024},
  {name: `${megabytes} MiB`, bytes: megabytes << 20, most: 1.5},
  {name: '256 MiB: time of a processor', bytes: 256 << 20, take: cpuTime, most: 1.43, goal: 1.18},
]

function time(command, argv, env) {
  const startedAt = performance.now()
  const {status, stderr} = spawnSync(command, argv, {env, encoding: 'utf8'})
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`)
  return performance.now() - startedAt
}

/** The time of a processor, in ms. */
function cpuTime(command, argv, env) {
  const script = 'TIMEFORMAT="%U %S"; time "$@" > /dev/null'
  const {status, stderr} = spawnSync('bash', ['-c', script, 'bash', command, ...argv], {env, encoding: 'utf8'})
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`)
  const [user, system] = stderr.trim().split('\n').at(-1).split(' ').map(Number)
  return (user + system) * 1000
}

function measure(folder, {name, bytes, take = time, ...bounds}) {
  const file = path.join(folder, 'body')
  const body = randomBytes(bytes)
  writeFileSync(file, body)
  const signature = createHmac('sha512', secret).update(body).digest('hex')
  const header = `X-Hook-Signature: ${signature}`
  const env = {...environment(folder), BENCH_SECRET: secret}
  const argv = ['verify', '--scheme', 'netbox', '--body', file, '--secret-env', 'BENCH_SECRET', '--header', header]
  const ratios = Array.from({length: rounds}, () => {
    const plain = take('openssl', ['dgst', '-sha512', '-hmac', secret, file], env)
    return take(process.execPath, [hookctl, ...argv], env) / plain
  })
  return row(name, ratios, bounds)
}

const has = command => spawnSync(command, ['--version']).error === undefined
/** Why it cannot be measured here. */
const lacks = ({take}) => {
  if (!has('openssl')) return 'no openssl on PATH'
  return take === cpuTime && !has('bash') ? 'no bash on PATH' : null
}
const rows = await inFolder(folder =>
  sizes.map(size => (lacks(size) === null ? measure(folder, size) : skipped(size.name, lacks(size)))),
)
const title = `verify, of openssl dgst -sha512 -hmac over the same file, start-up of both included (${rounds} rounds)`
report({bench: 'verify', unit: 'openssl dgst', title, rounds, rows}, given)
