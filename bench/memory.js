// Memory of a server in MB: idle on a long history, and at its highest while it works off a backlog.
// `node bench/memory.js [--full] [--million] [--backlog 20000] [--rounds 1] [--json]`: history and backlog are 100,000 and
// 20,000; --full takes a backlog of 200,000, --million a history and one more backlog of a million.
import path from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import {makeHistory} from './lib/history.js'
import {inFolder, memoryOf, startReceiver, startServer, untilDrained} from './lib/processes.js'
import {flags, report, row, skipped} from './lib/report.js'

const given = flags({backlog: Number})
const {rounds = 1} = given
const histories = [given.million ? 1_000_000 : 100_000]
const backlogs = [given.backlog ?? (given.full ? 200_000 : 20_000), ...(given.million ? [1_000_000] : [])]
const shown = number => number.toLocaleString('en')

/** A server on a store made for it; what `look` says of it. */
const onStore = (options, look) =>
  inFolder(async folder => {
    const store = path.join(folder, 'hookctl.db')
    await makeHistory({file: store, ...options})
    const server = await startServer({folder, store, flags: ['--worker', 'inactive']})
    try {
      return await look(server)
    } finally {
      await server.stop()
    }
  })

async function idle({pid}) {
  await wait(2000)
  return memoryOf(pid, 'VmRSS')
}

async function draining({api, pid}) {
  await api('POST', '/v1/worker/enable', {})
  await untilDrained(api)
  return memoryOf(pid, 'VmHWM')
}

async function measured(name, bounds, look) {
  const numbers = []
  for (let round = 0; round < rounds; round++) {
    const number = await look()
    if (number === null) return skipped(name, 'this system has no /proc')
    numbers.push(number)
  }
  return row(name, numbers, {unit: 'MB', ...bounds})
}

const receiver = await startReceiver()
try {
  const rows = []
  for (const count of histories) {
    rows.push(await measured(`idle on ${shown(count)} deliveries`, {most: 120, goal: 80}, () => onStore({count}, idle)))
  }
  for (const pending of backlogs) {
    const name = `draining a backlog of ${shown(pending)} × 1 KiB`
    const options = {count: 0, pending, bytes: 900, url: receiver.url}
    rows.push(await measured(name, {most: 350, goal: 200}, () => onStore(options, draining)))
  }
  const title = `memory of a server (${rounds} rounds)`
  report({bench: 'memory', unit: 'MB', title, rounds, rows}, given)
} finally {
  receiver.stop()
}
