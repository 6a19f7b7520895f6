// A receiver that notes how long each event took from being handed over (`data.sentAt`, by the machine's clock) until here.
// Run as a child of a benchmark; says its port on the first line, and on each line that comes in what it noted since the last.
import http from 'node:http'
import process from 'node:process'
import {createInterface} from 'node:readline'
import {machineMs} from './clock.js'

const latencies = []

http
  .createServer((request, response) => {
    const chunks = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      latencies.push(machineMs() - JSON.parse(Buffer.concat(chunks)).data.sentAt)
      response.writeHead(204).end()
    })
  })
  .listen(0, '127.0.0.1', function () {
    console.log(this.address().port)
  })

createInterface({input: process.stdin})
  .on('line', () => console.log(JSON.stringify(latencies.splice(0))))
  .on('close', () => process.exit(0))
