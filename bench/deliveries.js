// Deliveries end to end against a bare POST loop over the same bodies: what durability, signing and records cost.
// Accepted durably as NDJSON with the worker off, then drained: signed, POSTed to a receiver in another process, recorded.
// `node bench/deliveries.js [--count 20000] [--rounds 3] [--webhooks 5] [--json]`
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import process from 'node:process'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {Pool} from 'undici'

const {values} = parseArgs({
  options: {
    count: {type: 'string', default: '20000'},
    rounds: {type: 'string', default: '3'},
    webhooks: {type: 'string', default: '5'},
    json: {type: 'boolean'},
  },
})
const count = Number(values.count)
const webhooks = Number(values.webhooks)
const inFlight = 50
const here = import.meta.dirname
const run = fileURLToPath(new URL('../bin/run.js', import.meta.url))
const padding = 'x'.repeat(880)

async function startReceiver() {
  const child = spawn(process.execPath, [path.join(here, 'receiver.js')], {stdio: ['pipe', 'pipe', 'inherit']})
  const [line] = await once(createInterface({input: child.stdout}), 'line')
  return {url: `http://127.0.0.1:${line}`, stop: () => child.kill()}
}

const eventOf = number => ({
  type: `dcim.site.created`,
  object: {type: 'dcim.site', id: number, name: `site-${number}`},
  data: {id: number, name: `site-${number}`, padding},
})

/** Deliveries a second of nothing but POSTs, 50 in flight. */
async function bareLoop(url) {
  const pool = new Pool(url, {connections: inFlight})
  const bodies = Array.from({length: count}, (_, number) => Buffer.from(JSON.stringify(eventOf(number))))
  const startedAt = performance.now()
  let next = 0
  const post = async () => {
    while (next < count) {
      const {body} = await pool.request({
        method: 'POST',
        path: '/',
        headers: {'content-type': 'application/json'},
        body: bodies[next++],
      })
      await body.dump()
    }
  }
  await Promise.all(Array.from({length: inFlight}, post))
  const elapsedMs = performance.now() - startedAt
  await pool.close()
  return (count * 1000) / elapsedMs
}

async function startServer(folder) {
  const store = path.join(folder, 'hookctl.db')
  const child = spawn(
    process.execPath,
    [run, 'serve', '--store', store, '--listen', '127.0.0.1:0', '--worker', 'inactive', '--json'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder},
    },
  )
  const [line] = await once(createInterface({input: child.stdout}), 'line')
  const {token} = JSON.parse(readFileSync(`${store}.server.json`, 'utf8'))
  const {url} = JSON.parse(line)
  const api = async (method, resource, body, type = 'application/json') => {
    const response = await fetch(`${url}${resource}`, {
      method,
      headers: {authorization: `Bearer ${token}`, ...(body === undefined ? {} : {'content-type': type})},
      ...(body === undefined ? {} : {body: typeof body === 'string' ? body : JSON.stringify(body)}),
    })
    if (!response.ok) throw new Error(`${method} ${resource}: ${response.status} ${await response.text()}`)
    return response.json()
  }
  const stop = async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  return {api, stop}
}

const organization = '/v1/organizations/default'

/** Accepts, then drains: events accepted a second, deliveries a second. */
async function throughHookctl(receivers) {
  const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-bench-'))
  const {api, stop} = await startServer(folder)
  try {
    for (let number = 0; number < webhooks; number++) {
      await api('POST', `${organization}/webhooks`, {
        name: `sink-${number}`,
        platform: 'netbox',
        url: `${receivers[number % receivers.length].url}/${number}`,
        eventTypes: ['dcim.site.created'],
        secret: {generate: true},
      })
    }
    const events = count / webhooks
    const acceptedAt = performance.now()
    for (let start = 0; start < events; start += 1000) {
      const lines = Array.from({length: Math.min(1000, events - start)}, (_, number) =>
        JSON.stringify(eventOf(start + number)),
      )
      await api('POST', `${organization}/events`, `${lines.join('\n')}\n`, 'application/x-ndjson')
    }
    const acceptRate = (events * 1000) / (performance.now() - acceptedAt)
    const startedAt = performance.now()
    await api('POST', '/v1/worker/enable', {})
    for (;;) {
      const {deliveries} = await api('GET', `${organization}/status`)
      if (deliveries.unfinished === 0) break
      await new Promise(resolve => setTimeout(resolve, 20))
    }
    return {acceptRate, rate: (count * 1000) / (performance.now() - startedAt)}
  } finally {
    await stop()
    rmSync(folder, {recursive: true, force: true})
  }
}

const median = numbers => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
const summary = numbers => ({median: median(numbers), low: Math.min(...numbers), high: Math.max(...numbers)})

const receivers = [await startReceiver(), await startReceiver()]
try {
  const ratios = []
  const accepts = []
  for (let round = 0; round < Number(values.rounds); round++) {
    const bare = await bareLoop(receivers[0].url)
    const {rate, acceptRate} = await throughHookctl(receivers)
    ratios.push(rate / bare)
    accepts.push(acceptRate / bare)
  }
  const rows = [
    {name: 'deliveries drained', ...summary(ratios)},
    {name: 'events accepted (NDJSON)', ...summary(accepts)},
  ]
  if (values.json)
    console.log(JSON.stringify({bench: 'deliveries', unit: 'bare POST loop', count, webhooks, inFlight, rows}, null, 2))
  else {
    console.log(
      `deliveries, of a bare POST loop with ${inFlight} in flight: ${count} × 1 KiB to ${webhooks} webhooks, ${values.rounds} rounds`,
    )
    for (const {name, median: middle, low, high} of rows)
      console.log(`  ${name.padEnd(26)} ${middle.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`)
  }
} finally {
  for (const receiver of receivers) receiver.stop()
}
