// Accepts without end: POSTs events one by one, so many in flight, until it is ended. Run as a child of a benchmark with
// the URL of the server; the token comes in BENCH_TOKEN.
import process from 'node:process'
import {Pool} from 'undici'
import {eventOf, IN_FLIGHT} from './load.js'
import {organization} from './processes.js'

const pool = new Pool(process.argv[2], {connections: IN_FLIGHT})
const headers = {'content-type': 'application/json', authorization: `Bearer ${process.env.BENCH_TOKEN}`}
const body = JSON.stringify({...eventOf(1), type: 'dcim.site.updated'})
console.log(0)

async function post() {
  for (;;) {
    const answer = await pool.request({method: 'POST', path: `${organization}/events`, headers, body})
    await answer.body.dump()
  }
}

await Promise.all(Array.from({length: IN_FLIGHT}, post))
