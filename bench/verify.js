// Verifying the signature of a body against `openssl dgst` over the same bytes, both as whole processes.
// `node bench/verify.js [--megabytes 100] [--rounds 5] [--json]`
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
]

function time(command, argv, env) {
  const startedAt = performance.now()
  const {status, stderr} = spawnSync(command, argv, {env, encoding: 'utf8'})
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`)
  return performance.now() - startedAt
}

function measure(folder, {name, bytes, ...bounds}) {
  const file = path.join(folder, 'body')
  const body = randomBytes(bytes)
  writeFileSync(file, body)
  const signature = createHmac('sha512', secret).update(body).digest('hex')
  const header = `X-Hook-Signature: ${signature}`
  const env = {...environment(folder), BENCH_SECRET: secret}
  const argv = ['verify', '--scheme', 'netbox', '--body', file, '--secret-env', 'BENCH_SECRET', '--header', header]
  const ratios = Array.from({length: rounds}, () => {
    const plain = time('openssl', ['dgst', '-sha512', '-hmac', secret, file], env)
    return time(process.execPath, [hookctl, ...argv], env) / plain
  })
  return row(name, ratios, bounds)
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
const rows = hasOpenssl
  ? await inFolder(folder => sizes.map(size => measure(folder, size)))
  : sizes.map(({name}) => skipped(name, 'no openssl on PATH'))
const title = `verify, of openssl dgst -sha512 -hmac over the same file, start-up of both included (${rounds} rounds)`
report({bench: 'verify', unit: 'openssl dgst', title, rounds, rows}, given)
