// From handing an event over until its receiver has it, at 50 events a second, against a bare POST to the same receiver; at
// rest, and while 50 connections accept events for another webhook as fast as they can.
// `node bench/latency.js [--seconds 4] [--full] [--rounds 3] [--json]`: --full takes 20 seconds.
import {setTimeout as wait} from 'node:timers/promises'
import {Pool} from 'undici'
import {machineMs} from './lib/clock.js'
import {eventOf, webhookTo} from './lib/load.js'
import {inFolder, organization, startHelper, startReceiver, startServer} from './lib/processes.js'
import {flags, percentile, report, row} from './lib/report.js'

const given = flags({seconds: Number})
const {rounds = 3, seconds = given.full ? 20 : 4} = given
const PER_SECOND = 50
const events = seconds * PER_SECOND

/** Hands over 50 events a second, whatever becomes of them, and waits for the last one. */
async function paced(receiver, origin, path, headers = {}) {
  const pool = new Pool(origin, {connections: 10})
  const all = {'content-type': 'application/json', ...headers}
  const handOver = async number => {
    const body = JSON.stringify(eventOf(number, {sentAt: machineMs()}))
    const answer = await pool.request({method: 'POST', path, headers: all, body})
    await answer.body.dump()
  }
  const startedAt = performance.now()
  const under = []
  for (let number = 0; number < events; number++) {
    await wait(Math.max(0, startedAt + (number * 1000) / PER_SECOND - performance.now()))
    under.push(handOver(number))
  }
  await Promise.all(under)
  await pool.close()
  const latencies = await untilNoted(receiver)
  if (latencies.length < events) throw new Error(`${events - latencies.length} deliveries did not come`)
  return {p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99)}
}

async function untilNoted(receiver) {
  const latencies = []
  for (let waited = 0; waited < 60_000; waited += 20) {
    latencies.push(...JSON.parse(await receiver.ask()))
    if (latencies.length >= events) break
    await wait(20)
  }
  return latencies
}

const throughHookctl = (receiver, sink) =>
  inFolder(async folder => {
    const {url, token, api, stop} = await startServer({folder})
    try {
      await api('POST', `${organization}/webhooks`, webhookTo(receiver.url))
      const other = webhookTo(sink.url, {name: 'flooded', eventTypes: ['dcim.site.updated']})
      await api('POST', `${organization}/webhooks`, other)
      const measure = () => paced(receiver, url, `${organization}/events`, {authorization: `Bearer ${token}`})
      await measure() // warms both ends up
      const rest = await measure()
      const flood = await startHelper('flood.js', [url], {BENCH_TOKEN: token})
      try {
        return {rest, flooded: await measure()}
      } finally {
        flood.stop()
      }
    } finally {
      await stop('SIGKILL')
    }
  })

const receiver = await startHelper('timing-receiver.js')
const sink = await startReceiver()
try {
  const pairs = []
  await paced(receiver, receiver.url, '/')
  for (let round = 0; round < rounds; round++) {
    const bare = await paced(receiver, receiver.url, '/')
    pairs.push({bare, ...(await throughHookctl(receiver, sink))})
  }
  const of = ratio => pairs.map(ratio)
  const rows = [
    row(
      'p50 at rest',
      of(({bare, rest}) => rest.p50 / bare.p50),
      {most: 3, goal: 2.5},
    ),
    row(
      'p99 at rest',
      of(({bare, rest}) => rest.p99 / bare.p50),
      {most: 8},
    ),
    row(
      'p99 of the bare POST itself',
      of(({bare}) => bare.p99 / bare.p50),
    ),
    row(
      'p50 under a flood, of p50 at rest',
      of(({rest, flooded}) => flooded.p50 / rest.p50),
      {most: 10},
    ),
    row(
      'p99 under a flood, of p50 at rest',
      of(({rest, flooded}) => flooded.p99 / rest.p50),
    ),
  ]
  const title = `accepted until received at ${PER_SECOND} events a second, of the p50 of a bare POST (${seconds} s, ${rounds} rounds)`
  report({bench: 'latency', unit: 'p50 of a bare POST', title, seconds, rounds, rows}, given)
} finally {
  receiver.stop()
  sink.stop()
}
