// Replay of everything that failed, of a bare POST: what it costs a row to choose and queue it again, and the deliveries a
// second from the request until the last one is delivered.
// `node bench/replay.js [--count 10000] [--full] [--rounds 3] [--json]`: --full takes 100,000.
import path from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import {makeHistory} from './lib/history.js'
import {bareLoop, inFolder, organization, startReceiver, startServer} from './lib/processes.js'
import {flags, report, row} from './lib/report.js'

const given = flags({count: Number})
const {rounds = 3, count = given.full ? 100_000 : 10_000} = given

const throughHookctl = url =>
  inFolder(async folder => {
    const store = path.join(folder, 'hookctl.db')
    await makeHistory({file: store, count, stateOf: () => 'failed', bytes: 900, url})
    const {api, stop} = await startServer({folder, store})
    try {
      const startedAt = performance.now()
      const asked = {selection: 'failed', confirm: count, ratePerSecond: null}
      const {id} = await api('POST', `${organization}/replays`, asked)
      const chosenMs = performance.now() - startedAt
      for (;;) {
        const {delivered} = await api('GET', `${organization}/replays/${id}`)
        if (delivered === count) break
        await wait(100)
      }
      return {chosenMs, wholeMs: performance.now() - startedAt}
    } finally {
      await stop()
    }
  })

const receiver = await startReceiver()
try {
  const pairs = []
  for (let round = 0; round < rounds; round++) {
    const bareMs = (count * 1000) / bareLoop(receiver, count).rate
    pairs.push({bareMs, ...(await throughHookctl(receiver.url))})
  }
  const rows = [
    row(
      'a row chosen and kept to be sent again, of a POST',
      pairs.map(({bareMs, chosenMs}) => chosenMs / bareMs),
      {most: 0.5, goal: 0.25},
    ),
    row(
      'replayed and delivered, of the rate of the POST loop',
      pairs.map(({bareMs, wholeMs}) => bareMs / wholeMs),
    ),
  ]
  const title = `replay of ${count.toLocaleString('en')} failed deliveries of 1 KiB, of a bare POST loop (${rounds} rounds)`
  report({bench: 'replay', unit: 'bare POST loop', title, count, rounds, rows}, given)
} finally {
  receiver.stop()
}
