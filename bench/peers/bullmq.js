// BullMQ with 50 jobs at once. The attempt is the value it keeps with the job that is done.
import {Queue, Worker} from 'bullmq'
import {IN_FLIGHT} from './deliver.js'

const name = 'deliveries'
const connectionOf = url => ({host: '127.0.0.1', port: Number(new URL(url).port), maxRetriesPerRequest: null})

export async function enqueue(url, bodies) {
  const queue = new Queue(name, {connection: connectionOf(url)})
  await queue.waitUntilReady()
  const startedAt = performance.now()
  for (let at = 0; at < bodies.length; at += 1000) {
    await queue.addBulk(bodies.slice(at, at + 1000).map(text => ({name: 'deliver', data: {text}})))
  }
  const elapsedMs = performance.now() - startedAt
  await queue.close()
  return elapsedMs
}

/** How many are done and recorded. */
export async function watch(url) {
  const queue = new Queue(name, {connection: connectionOf(url)})
  return {completed: () => queue.getCompletedCount(), close: () => queue.close()}
}

export async function work(url, deliver) {
  const worker = new Worker(name, async ({data}) => ({status: await deliver(data.text), at: Date.now()}), {
    connection: connectionOf(url),
    concurrency: IN_FLIGHT,
  })
  worker.on('error', error => console.error(error))
  await worker.waitUntilReady()
}
