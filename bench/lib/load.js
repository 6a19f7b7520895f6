// The load of the benchmarks: events of 1 KiB, and requests that keep so many in flight.
import {Pool} from 'undici'

export const IN_FLIGHT = 50
export const EVENT_TYPE = 'dcim.site.created'
const padding = 'x'.repeat(880)

export const eventOf = (number, data = {}) => ({
  type: EVENT_TYPE,
  object: {type: 'dcim.site', id: number, name: `site-${number}`},
  data: {id: number, name: `site-${number}`, padding, ...data},
})

export const webhookTo = (url, changes = {}) => ({
  name: 'sink',
  platform: 'netbox',
  url,
  eventTypes: [EVENT_TYPE],
  secret: {generate: true},
  ...changes,
})

export const ndjsonOf = events => `${events.map(event => JSON.stringify(event)).join('\n')}\n`

/** POSTs these bodies, so many in flight; answers how many a second went. */
export async function postAll(origin, bodies, {path = '/', headers = {}, inFlight = IN_FLIGHT} = {}) {
  const pool = new Pool(origin, {connections: inFlight})
  const allHeaders = {'content-type': 'application/json', ...headers}
  const startedAt = performance.now()
  let next = 0
  const post = async () => {
    while (next < bodies.length) {
      const request = {method: 'POST', path, headers: allHeaders, body: bodies[next++]}
      const {statusCode, body} = await pool.request(request)
      if (statusCode >= 300) throw new Error(`${path} answered ${statusCode}: ${await body.text()}`)
      await body.dump()
    }
  }
  await Promise.all(Array.from({length: inFlight}, post))
  const elapsedMs = performance.now() - startedAt
  await pool.close()
  return (bodies.length * 1000) / elapsedMs
}

export const bodiesOf = count =>
  Array.from({length: count}, (_, number) => Buffer.from(JSON.stringify(eventOf(number))))
