// Accepting events over HTTP, durable with their deliveries before the answer, against a bare node:http server that parses
// and validates the same events and keeps nothing.
// `node bench/accept.js [--count 5000] [--batch 100] [--full] [--rounds 3] [--json]`: --full takes 20,000.
import {bodiesOf, eventOf, IN_FLIGHT, ndjsonOf, postAll, webhookTo} from './lib/load.js'
import {inFolder, organization, startHelper, startServer} from './lib/processes.js'
import {flags, report, row} from './lib/report.js'

const given = flags({count: Number, batch: Number})
const {rounds = 3, batch = 100, count = given.full ? 20_000 : 5000} = given

/** Events that warm a server up before it is measured. */
const WARM = 1000

const batches = Array.from({length: Math.ceil(count / batch)}, (_, at) =>
  Array.from({length: batch}, (_, number) => eventOf(at * batch + number)),
)
const ndjson = {'content-type': 'application/x-ndjson'}

/** How events are sent, and where: to hookctl, to the bare server. */
const ways = [
  {name: 'one by one', bodies: bodiesOf(count), each: 1, path: '/events', bare: '/events', least: 0.5, goal: 0.75},
  {
    name: `JSON, ${batch} at a time`,
    bodies: batches.map(events => JSON.stringify({events})),
    each: batch,
    path: '/events/bulk',
    bare: '/events/bulk',
  },
  {
    name: `NDJSON, ${batch} at a time`,
    bodies: batches.map(ndjsonOf),
    each: batch,
    path: '/events',
    bare: '/events/lines',
    headers: ndjson,
  },
]

/** Events a second by each way; a server of its own for every round, so that no store is fuller than the other's. */
const throughHookctl = () =>
  inFolder(async folder => {
    const {url, token, api, stop} = await startServer({folder, flags: ['--worker', 'inactive']})
    try {
      await api('POST', `${organization}/webhooks`, webhookTo('http://127.0.0.1:9999/'))
      const authorization = `Bearer ${token}`
      const rates = []
      for (const {bodies, each, path, headers} of ways) {
        const options = {path: `${organization}${path}`, headers: {...headers, authorization}}
        await postAll(url, bodies.slice(0, WARM / each), options)
        rates.push(each * (await postAll(url, bodies, options)))
      }
      return rates
    } finally {
      await stop()
    }
  })

async function throughBare() {
  const {url, stop} = await startHelper('bare-accept.js')
  const rates = []
  for (const {bodies, each, bare, headers} of ways) {
    await postAll(url, bodies.slice(0, WARM / each), {path: bare, headers})
    rates.push(each * (await postAll(url, bodies, {path: bare, headers})))
  }
  stop()
  return rates
}

const pairs = []
for (let round = 0; round < rounds; round++) {
  const plain = await throughBare()
  const kept = await throughHookctl()
  pairs.push({plain, kept})
}
const rows = ways.map(({name, least, goal}, way) =>
  row(
    name,
    pairs.map(({plain, kept}) => kept[way] / plain[way]),
    {least, goal},
  ),
)
const single = pairs.map(({plain, kept}) => kept[2] / plain[0])
rows.push(row('NDJSON, of single requests to the bare server', single, {least: 1.5, goal: 2.5}))
const title = `events accepted a second, of a bare node:http server that parses and validates (${count} × 1 KiB, ${IN_FLIGHT} connections, ${rounds} rounds)`
report({bench: 'accept', unit: 'bare node:http with the same validation', title, count, batch, rounds, rows}, given)
