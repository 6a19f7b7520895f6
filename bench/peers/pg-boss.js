// pg-boss beyond its defaults: batches of 200 with a result for each job, three at once so that the next is fetched while one
// is sent, fetching on without a pause while batches come back full. The attempt is the output kept with the job.
import {PgBoss} from 'pg-boss'
import {IN_FLIGHT} from './deliver.js'

const queue = 'deliveries'
const quiet = {supervise: false, schedule: false}

async function open(url) {
  const boss = new PgBoss({connectionString: url, max: 10, ...quiet})
  boss.on('error', error => console.error(error))
  await boss.start()
  return boss
}

export async function enqueue(url, bodies) {
  const boss = await open(url)
  await boss.createQueue(queue, {retryLimit: 5})
  const startedAt = performance.now()
  for (let at = 0; at < bodies.length; at += 1000) {
    await boss.insert(
      queue,
      bodies.slice(at, at + 1000).map(text => ({data: {text}})),
    )
  }
  const elapsedMs = performance.now() - startedAt
  await boss.stop({graceful: false})
  return elapsedMs
}

export const unfinished = "SELECT 1 FROM pgboss.job WHERE state < 'completed' LIMIT 1"

export async function work(url, deliver) {
  const boss = await open(url)
  const limited = limit(IN_FLIGHT)
  const options = {
    batchSize: 200,
    localConcurrency: 3,
    perJobResults: true,
    pollingIntervalSeconds: 0.5,
    burstWhenBatchFull: true,
  }
  await boss.work(queue, options, jobs =>
    Promise.all(
      jobs.map(async ({id, data}) => {
        const status = await limited(() => deliver(data.text))
        return {id, status: status < 300 ? 'completed' : 'failed', output: {status, at: Date.now()}}
      }),
    ),
  )
}

/** Runs functions, so many at once. */
function limit(most) {
  const waiting = []
  let running = 0
  return async run => {
    if (running === most) await new Promise(resolve => waiting.push(resolve))
    else running++
    try {
      return await run()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
