// The load of the benchmarks: events of 1 KiB, and requests that keep so many in flight.
import {createHmac} from 'node:crypto'
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

/** Five webhooks, an event for one of them each: with ten requests in flight of each these are 50. */
const TYPES = ['site', 'rack', 'device', 'region', 'location'].map(model => `dcim.${model}.created`)
export const jobOf = number => ({...eventOf(number), type: TYPES[number % TYPES.length]})
export const webhooksTo = url => TYPES.map(type => webhookTo(`${url}/${type}`, {name: type, eventTypes: [type]}))

export const ndjsonOf = events => `${events.map(event => JSON.stringify(event)).join('\n')}\n`

/** POSTs these bodies, so many in flight, signed where there is a secret; answers how many a second went. */
export async function postAll(origin, bodies, {path = '/', headers = {}, inFlight = IN_FLIGHT, secret} = {}) {
  const pool = new Pool(origin, {connections: inFlight})
  const allHeaders = {'content-type': 'application/json', ...headers}
  const headersOf = body => {
    if (secret === undefined) return allHeaders
    return {...allHeaders, 'x-hook-signature': createHmac('sha512', secret).update(body).digest('hex')}
  }
  const startedAt = performance.now()
  let next = 0
  const post = async () => {
    while (next < bodies.length) {
      const body = bodies[next++]
      const request = {method: 'POST', path, headers: headersOf(body), body}
      const answer = await pool.request(request)
      if (answer.statusCode >= 300)
        throw new Error(`${path} answered ${answer.statusCode}: ${await answer.body.text()}`)
      await answer.body.dump()
    }
  }
  await Promise.all(Array.from({length: inFlight}, post))
  const elapsedMs = performance.now() - startedAt
  await pool.close()
  return (bodies.length * 1000) / elapsedMs
}

export const bodiesOf = count =>
  Array.from({length: count}, (_, number) => Buffer.from(JSON.stringify(eventOf(number))))
