// What an HTTP server costs that parses and validates the same events and keeps nothing. Run as a child of a benchmark.
import http from 'node:http'
import {z} from 'zod'
import {eventInput} from '../../src/api/events.ts'

const bulk = z.object({events: z.array(eventInput)})

const parsers = {
  '/events': text => [eventInput.parse(JSON.parse(text))],
  '/events/bulk': text => bulk.parse(JSON.parse(text)).events,
  '/events/lines': text =>
    text
      .trimEnd()
      .split('\n')
      .map(line => eventInput.parse(JSON.parse(line))),
}

http
  .createServer((request, response) => {
    const chunks = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const events = parsers[request.url](Buffer.concat(chunks).toString())
      const answer = JSON.stringify({accepted: events.length})
      response.writeHead(202, {'content-type': 'application/json', 'content-length': answer.length}).end(answer)
    })
  })
  .listen(0, '127.0.0.1', function () {
    console.log(this.address().port)
  })
