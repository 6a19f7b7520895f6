// The whole way of an event, with 50 connections that send them one by one: accepted durably before the answer, signed,
// POSTed, every attempt recorded; of a POST loop that signs the same bodies. And how long the event loop is busy at a time
// meanwhile, of a node:http server that only parses and validates them.
// `node bench/whole.js [--count 5000] [--full] [--rounds 3] [--json]`: --full takes 20,000.
import {readFileSync} from 'node:fs'
import path from 'node:path'
import {IN_FLIGHT, jobOf, postAll, webhooksTo} from './lib/load.js'
import {
  bareLoop,
  inFolder,
  organization,
  startHelper,
  startReceiver,
  startServer,
  untilDrained,
} from './lib/processes.js'
import {flags, report, row} from './lib/report.js'

const given = flags({count: Number})
const {rounds = 3, count = given.full ? 20_000 : 5000} = given
const bodies = Array.from({length: count}, (_, number) => Buffer.from(JSON.stringify(jobOf(number))))
const SECRET = 'bench'
/** Watches the event loop of a process, and leaves in a file how long it was busy. */
const watching = file => ({
  NODE_OPTIONS: `--import ${path.join(import.meta.dirname, 'lib', 'loop-delay.js')}`,
  BENCH_LOOP_DELAY: file,
})

/** Events a second until the last one is recorded, and the p99 of the delay of the event loop in ms. */
const throughHookctl = receiver =>
  inFolder(async folder => {
    const file = path.join(folder, 'delay')
    const {url, token, api, pid, stop} = await startServer({folder, env: watching(file)})
    try {
      for (const webhook of webhooksTo(receiver.url)) await api('POST', `${organization}/webhooks`, webhook)
      const options = {path: `${organization}/events`, headers: {authorization: `Bearer ${token}`}}
      const startedAt = performance.now()
      await postAll(url, bodies, options)
      await untilDrained(api)
      const rate = (count * 1000) / (performance.now() - startedAt)
      return {rate, delayMs: await delayOf(pid, file)}
    } finally {
      await stop()
    }
  })

const delayOfBare = () =>
  inFolder(async folder => {
    const file = path.join(folder, 'delay')
    const bare = await startHelper('bare-accept.js', [], watching(file))
    try {
      await postAll(bare.url, bodies, {path: '/events'})
      return await delayOf(bare.pid, file)
    } finally {
      bare.stop()
    }
  })

/** Asks a watched process for its file. */
async function delayOf(pid, file) {
  process.kill(pid, 'SIGUSR2')
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, 20))
    const text = readFileSync(file, {encoding: 'utf8', flag: 'a+'})
    if (text !== '') return Number(text)
  }
}

const receiver = await startReceiver()
try {
  const rates = []
  const delays = []
  for (let round = 0; round < rounds; round++) {
    const bare = bareLoop(receiver, count, {secret: SECRET})
    const bareDelayMs = await delayOfBare()
    const {rate, delayMs} = await throughHookctl(receiver)
    rates.push(rate / bare.rate)
    delays.push(delayMs / bareDelayMs)
  }
  const rows = [
    row('accepted one by one, delivered and recorded', rates, {least: 0.28, goal: 0.4}),
    row('p99 of the event loop, of one that keeps nothing', delays, {most: 3, goal: 1.5}),
  ]
  const title = `events of 1 KiB a second all the way, of a POST loop that signs (${count}, ${IN_FLIGHT} connections, ${rounds} rounds)`
  report({bench: 'whole', unit: 'POST loop that signs', title, count, inFlight: IN_FLIGHT, rounds, rows}, given)
} finally {
  receiver.stop()
}
