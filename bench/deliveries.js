// Deliveries end to end against a bare POST loop over the same bodies: what durability, signing and records cost.
// Accepted durably as NDJSON with the worker off, then drained: signed, POSTed to a receiver in another process, recorded.
// `node bench/deliveries.js [--count 20000] [--full] [--slow-disk] [--rounds 3] [--webhooks 5] [--json]`: --full adds
// 100,000, --slow-disk 10,000 with 4 ms more for each sync.
import {eventOf, IN_FLIGHT, ndjsonOf, webhookTo} from './lib/load.js'
import {bareLoop, cpuMsOf, inFolder, organization, startReceiver, startServer, untilDrained} from './lib/processes.js'
import {flags, report, row, skipped} from './lib/report.js'
import {DELAY_MS, slowDisk} from './lib/slow-disk.js'

const given = flags({count: Number, webhooks: Number})
const {rounds = 3, webhooks = 5} = given
const shown = number => number.toLocaleString('en')

/** Accepts, then drains: events accepted a second, deliveries a second, the time of a processor that draining took. */
async function throughHookctl({urls}, count, {folder, ...around}) {
  const {api, pid, stop} = await startServer({folder, flags: ['--worker', 'inactive'], ...around})
  try {
    for (let number = 0; number < webhooks; number++) {
      const url = `${urls[number % urls.length]}/${number}`
      await api('POST', `${organization}/webhooks`, webhookTo(url, {name: `sink-${number}`}))
    }
    const events = count / webhooks
    const acceptedAt = performance.now()
    for (let start = 0; start < events; start += 1000) {
      const some = Array.from({length: Math.min(1000, events - start)}, (_, number) => eventOf(start + number))
      await api('POST', `${organization}/events`, ndjsonOf(some), 'application/x-ndjson')
    }
    const acceptRate = (events * 1000) / (performance.now() - acceptedAt)
    const cpuBefore = cpuMsOf(pid)
    const startedAt = performance.now()
    await api('POST', '/v1/worker/enable', {})
    await untilDrained(api)
    const rate = (count * 1000) / (performance.now() - startedAt)
    return {acceptRate, rate, cpuMs: cpuBefore === null ? null : cpuMsOf(pid) - cpuBefore}
  } finally {
    await stop()
  }
}

async function measure(receiver, count, isSlow) {
  const pairs = []
  for (let round = 0; round < rounds; round++) {
    const bare = bareLoop(receiver, count)
    const through = await inFolder(folder => {
      const around = isSlow ? slowDisk(folder) : {}
      return around === null ? null : throughHookctl(receiver, count, {folder, ...around})
    })
    if (through === null) return null
    pairs.push({
      drained: through.rate / bare.rate,
      accepted: through.acceptRate / bare.rate,
      cpu: through.cpuMs === null ? null : through.cpuMs / bare.cpuMs,
    })
  }
  return pairs
}

function alongside(count, pairs) {
  const cpuName = `${shown(count)} deliveries drained: time of a processor, of a POST's`
  const cpu = pairs.map(pair => pair.cpu)
  return [
    cpu.includes(null) ? skipped(cpuName, 'this system has no /proc') : row(cpuName, cpu, {most: 2.6, goal: 1.8}),
    row(
      `${shown(count / webhooks)} events accepted as NDJSON`,
      pairs.map(pair => pair.accepted),
    ),
  ]
}

const cases = [{count: given.count ?? 20_000, least: 0.65, goal: 0.7}]
if (given.full && given.count === undefined) cases.push({count: 100_000, least: 0.55, goal: 0.6})
if (given['slow-disk'] || given.full) {
  cases.push({count: Math.min(given.count ?? 10_000, 10_000), isSlow: true, least: 0.65, goal: 0.7})
}

// One process, as the bare loop has; on two ports, as a server sends no more than 32 at once to one of them.
const receiver = await startReceiver({ports: 2})
try {
  const rows = []
  for (const {count, isSlow, ...bounds} of cases) {
    const name = `${shown(count)} deliveries drained${isSlow ? `, fdatasync + ${DELAY_MS} ms` : ''}`
    const pairs = await measure(receiver, count, isSlow)
    if (pairs === null) {
      rows.push(skipped(name, 'neither cc nor strace is here, or this is not Linux'))
      continue
    }
    const drained = pairs.map(pair => pair.drained)
    rows.push(row(name, drained, bounds))
    if (!isSlow) rows.push(...alongside(count, pairs))
  }
  const title = `deliveries of 1 KiB a second, of a bare POST loop with ${IN_FLIGHT} in flight (${webhooks} webhooks, ${rounds} rounds)`
  report({bench: 'deliveries', unit: 'bare POST loop', title, webhooks, inFlight: IN_FLIGHT, rounds, rows}, given)
} finally {
  receiver.stop()
}
