// The peers that are Python programs, PEER_jobs.py REDIS RECEIVER: with `enqueue` one takes bodies, a line each, and says how
// long that took, in ms; with `work` it is what worker.js is to the others.
import {spawnSync} from 'node:child_process'
import path from 'node:path'
import {Redis} from 'ioredis'

/** The first Python here that has the packages of a peer, if one has. */
export const pythonOf = peer =>
  ['python3', '/usr/bin/python3'].find(
    python => spawnSync(python, ['-c', `import ${peer}, redis, requests`], {stdio: 'ignore'}).status === 0,
  )

/** @param {'enqueue' | 'work'} role */
export const argvOf = (python, peer, role, url, receiver) => [
  python,
  '-B',
  path.join(import.meta.dirname, `${peer}_jobs.py`),
  role,
  url,
  receiver.url,
]

export function enqueue([python, ...argv], bodies) {
  const {status, stdout, stderr} = spawnSync(python, argv, {input: bodies.join('\n'), encoding: 'utf8'})
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}: ${stderr}`)
  return Number(stdout)
}

const RECORDED = {
  // Its results have the second database to themselves.
  celery: {database: 1, count: redis => redis.dbsize()},
  rq: {database: 0, count: redis => redis.zcard('rq:finished:deliveries')},
}

/** How many are done and recorded. */
export function watch(peer, url) {
  const {database, count} = RECORDED[peer]
  const redis = new Redis(url, {db: database})
  return {completed: () => count(redis), close: () => redis.quit()}
}
