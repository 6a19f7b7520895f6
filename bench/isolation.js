// What bad receivers cost the good ones, over real sockets: p99 from sending an event to its arrival, as a ratio to the same
// load without the bad ones, in pairs; and how fast nine receivers get a backlog beside a tenth that never answers.
// `node bench/isolation.js [--webhooks 100] [--seconds 3] [--rounds 2] [--json]`
import {once} from 'node:events'
import http from 'node:http'
import net from 'node:net'
import {eventOf, ndjsonOf, webhookTo} from './lib/load.js'
import {inFolder, organization, startReceiver, startServer} from './lib/processes.js'
import {flags, percentile, report, row} from './lib/report.js'

const given = flags({webhooks: Number, seconds: Number})
const {webhooks: total = 100, seconds = given.full ? 10 : 3, rounds = 2} = given
const perSecond = 4

/** Bad receivers by kind; each answers its port. */
const kinds = {
  'black hole': () => listening(net.createServer(socket => socket.on('error', () => {}).resume())),
  429: () => listening(http.createServer((_, response) => response.writeHead(429, {'retry-after': '1'}).end())),
  'closed port': async () => {
    const server = await listening(net.createServer())
    server.close()
    return server
  },
  drip: () =>
    listening(
      http.createServer((_, response) => {
        response.writeHead(200)
        const timer = setInterval(() => response.write('.'), 500)
        response.on('close', () => clearInterval(timer))
      }),
    ),
}

async function listening(server) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(server, {port: server.address().port})
}

/** A healthy receiver that notes how long each event took to come. */
const healthy = latencies =>
  listening(
    http.createServer((request, response) => {
      let text = ''
      request.on('data', chunk => {
        text += chunk
      })
      request.on('end', () => {
        latencies.push(performance.now() - JSON.parse(text).data.sentAt)
        response.writeHead(204).end()
      })
    }),
  )

/** All webhooks get an event four times a second, `bad` of them of one kind. */
const measure = (bad, kind) =>
  inFolder(async folder => {
    const latencies = []
    const receivers = []
    const {api, stop} = await startServer({folder})
    try {
      for (let number = 0; number < total; number++) {
        const receiver = number < total - bad ? await healthy(latencies) : await kinds[kind]()
        receivers.push(receiver)
        await api('POST', `${organization}/webhooks`, {
          name: `webhook-${number}`,
          platform: 'netbox',
          url: `http://127.0.0.1:${receiver.port}/`,
          eventTypes: ['dcim.site.created'],
          policies: {timeoutMs: 10_000, retry: {kind: 'list', delaysMs: [5000, 5000]}},
        })
      }
      for (let event = 0; event < seconds * perSecond; event++) {
        const next = new Promise(resolve => setTimeout(resolve, 1000 / perSecond))
        await api('POST', `${organization}/events`, {
          type: 'dcim.site.created',
          object: {type: 'dcim.site', id: event, name: `site-${event}`},
          data: {id: event, sentAt: performance.now()},
        })
        await next
      }
      const arrivedInTime = latencies.length
      const expected = (total - bad) * seconds * perSecond
      for (let waited = 0; latencies.length < expected && waited < 60_000; waited += 50) {
        await new Promise(resolve => setTimeout(resolve, 50))
      }
      if (latencies.length < expected) throw new Error(`${expected - latencies.length} deliveries did not come`)
      return {p99: percentile(latencies, 0.99), throughput: arrivedInTime / expected}
    } finally {
      await stop('SIGKILL')
      for (const receiver of receivers) {
        receiver.closeAllConnections?.()
        if (receiver.listening) receiver.close()
      }
    }
  })

const TENTH = 10

/** Events to ten webhooks each, as fast as it goes: how many a second reach the nine, whatever becomes of the tenth. */
const rateOfNine = isDead =>
  inFolder(async folder => {
    const events = 1000
    const receiver = await startReceiver()
    const last = isDead ? await kinds['black hole']() : null
    const {api, stop} = await startServer({folder, flags: ['--worker', 'inactive']})
    try {
      for (let number = 0; number < TENTH; number++) {
        const url = number === TENTH - 1 && isDead ? `http://127.0.0.1:${last.port}` : `${receiver.url}/${number}`
        await api('POST', `${organization}/webhooks`, webhookTo(url, {name: `webhook-${number}`}))
      }
      const lines = ndjsonOf(Array.from({length: events}, (_, number) => eventOf(number)))
      await api('POST', `${organization}/events`, lines, 'application/x-ndjson')
      const wanted = events * (isDead ? TENTH - 1 : TENTH)
      const startedAt = performance.now()
      await api('POST', '/v1/worker/enable', {})
      while (Number(await receiver.ask()) < wanted) await new Promise(resolve => setTimeout(resolve, 5))
      return wanted / (performance.now() - startedAt)
    } finally {
      await stop('SIGKILL')
      receiver.stop()
      last?.close()
    }
  })

const few = Math.max(1, Math.round(total / 5))
const cases = [
  ...Object.keys(kinds).map(kind => ({name: `1 ${kind}`, bad: 1, kind, most: 1.1})),
  {name: `${few} black holes`, bad: few, kind: 'black hole', most: 1.25},
  {name: `${few} closed ports`, bad: few, kind: 'closed port', most: 1.25},
]

const rows = []
for (const {name, bad, kind, most} of cases) {
  const pairs = []
  for (let round = 0; round < rounds; round++) {
    const before = await measure(0)
    const after = await measure(bad, kind)
    pairs.push({p99: after.p99 / before.p99, throughput: after.throughput / before.throughput})
  }
  const p99 = pairs.map(pair => pair.p99)
  const throughput = pairs.map(each => each.throughput)
  rows.push(row(`${name}: p99 of the others`, p99, {most}), row(`${name}: arrived in time`, throughput, {least: 0.95}))
}
const nine = []
for (let round = 0; round < rounds; round++) {
  const whole = await rateOfNine(false)
  nine.push((await rateOfNine(true)) / whole)
}
rows.push(row('1 black hole among 10, at full rate: deliveries a second of the others', nine, {least: 0.8, goal: 0.95}))
const title = `bad receivers among ${total} webhooks, of the same load without them (${seconds} s, ${rounds} rounds)`
report({bench: 'isolation', unit: 'the same without', title, total, seconds, rounds, rows}, given)
