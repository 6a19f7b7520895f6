// What bad receivers cost the good ones, over real sockets: p99 from sending an event to its arrival, as a ratio to the same
// load without the bad ones, in pairs. `node bench/isolation.js [--webhooks 100] [--seconds 5] [--rounds 3] [--json]`
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import process from 'node:process'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'

const {values} = parseArgs({
  options: {
    webhooks: {type: 'string', default: '100'},
    seconds: {type: 'string', default: '5'},
    rounds: {type: 'string', default: '3'},
    json: {type: 'boolean'},
  },
})
const total = Number(values.webhooks)
const seconds = Number(values.seconds)
const rounds = Number(values.rounds)
const perSecond = 4
const run = fileURLToPath(new URL('../bin/run.js', import.meta.url))
const organization = '/v1/organizations/default'

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

async function startServer(folder) {
  const store = path.join(folder, 'hookctl.db')
  const child = spawn(process.execPath, [run, 'serve', '--store', store, '--listen', '127.0.0.1:0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder},
  })
  const [line] = await once(createInterface({input: child.stdout}), 'line')
  const {token} = JSON.parse(readFileSync(`${store}.server.json`, 'utf8'))
  const {url} = JSON.parse(line)
  const post = async (resource, body) => {
    const response = await fetch(`${url}${resource}`, {
      method: 'POST',
      headers: {authorization: `Bearer ${token}`, 'content-type': 'application/json'},
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${resource}: ${response.status} ${await response.text()}`)
    await response.body?.cancel()
  }
  const stop = async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return {post, stop}
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
async function measure(bad, kind) {
  const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-isolation-'))
  const latencies = []
  const receivers = []
  const {post, stop} = await startServer(folder)
  try {
    for (let number = 0; number < total; number++) {
      const receiver = number < total - bad ? await healthy(latencies) : await kinds[kind]()
      receivers.push(receiver)
      await post(`${organization}/webhooks`, {
        name: `webhook-${number}`,
        platform: 'netbox',
        url: `http://127.0.0.1:${receiver.port}/`,
        eventTypes: ['dcim.site.created'],
        policies: {timeoutMs: 10_000, retry: {kind: 'list', delaysMs: [5000, 5000]}},
      })
    }
    for (let event = 0; event < seconds * perSecond; event++) {
      const next = new Promise(resolve => setTimeout(resolve, 1000 / perSecond))
      await post(`${organization}/events`, {
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
    latencies.sort((a, b) => a - b)
    return {p99: latencies[Math.floor(expected * 0.99)], throughput: arrivedInTime / expected}
  } finally {
    await stop()
    for (const receiver of receivers) {
      receiver.closeAllConnections?.()
      if (receiver.listening) receiver.close()
    }
    rmSync(folder, {recursive: true, force: true})
  }
}

const median = numbers => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
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
  const row = {
    name,
    most,
    p99: median(pairs.map(pair => pair.p99)),
    throughput: median(pairs.map(each => each.throughput)),
  }
  rows.push(row)
  if (!values.json) {
    const throughput = `throughput ${row.throughput.toFixed(2)}`
    console.log(`${name.padEnd(16)} p99 of the others ${row.p99.toFixed(2)} (at most ${most}), ${throughput}`)
  }
}
if (values.json)
  console.log(JSON.stringify({bench: 'isolation', unit: 'the same without', total, seconds, rounds, rows}, null, 2))
