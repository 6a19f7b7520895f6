// graphile-worker beyond its defaults: a local queue, completions in batches. It keeps nothing of a job that is done, so the
// attempts are recorded beside it, those that wait for the same commit together.
import {Logger, makeWorkerUtils, run} from 'graphile-worker'
import pg from 'pg'
import {IN_FLIGHT} from './deliver.js'

const logger = new Logger(() => () => {})

export async function enqueue(url, bodies) {
  const utils = await makeWorkerUtils({connectionString: url, logger})
  await utils.migrate()
  const startedAt = performance.now()
  for (let at = 0; at < bodies.length; at += 1000) {
    await utils.addJobs(bodies.slice(at, at + 1000).map(text => ({identifier: 'deliver', payload: {text}})))
  }
  const elapsedMs = performance.now() - startedAt
  await utils.withPgClient(client =>
    client.query(
      'CREATE TABLE attempts (job bigint NOT NULL, status int NOT NULL, at timestamptz NOT NULL DEFAULT now())',
    ),
  )
  await utils.release()
  return elapsedMs
}

export const unfinished = 'SELECT 1 FROM graphile_worker._private_jobs LIMIT 1'

export async function work(url, deliver) {
  const pgPool = new pg.Pool({connectionString: url, max: 10})
  // It asks for both, on the pool and on each connection.
  pgPool.on('error', error => console.error(error))
  pgPool.on('connect', client => client.on('error', error => console.error(error)))
  const record = recorder(pgPool)
  await run({
    pgPool,
    concurrency: IN_FLIGHT,
    logger,
    noHandleSignals: true,
    taskList: {deliver: async ({text}, {job}) => record(job.id, await deliver(text))},
    preset: {worker: {localQueue: {size: 500}, completeJobBatchDelay: 0, failJobBatchDelay: 0}},
  })
}

/** Writes attempts; all that come while one commit is under way share the next. */
function recorder(pool) {
  let waiting = []
  let isWriting = false
  const write = async () => {
    isWriting = true
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      const columns = [batch.map(each => each.job), batch.map(each => each.status)]
      await pool.query('INSERT INTO attempts (job, status) SELECT * FROM unnest($1::bigint[], $2::int[])', columns)
      for (const {done} of batch) done()
    }
    isWriting = false
  }
  return (job, status) =>
    new Promise(done => {
      waiting.push({job, status, done})
      if (!isWriting) write()
    })
}
