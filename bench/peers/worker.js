// The sending side of a peer in a process of its own: says 0 when it is ready, begins when it reads a line, and runs until
// it is ended. `node worker.js PEER SERVICE RECEIVER`
import {once} from 'node:events'
import process from 'node:process'
import {deliverTo} from './deliver.js'

const [peer, service, receiver] = process.argv.slice(2)
const {work} = await import(`./${peer}.js`)
console.log(0)
await once(process.stdin, 'data')
await work(service, deliverTo(receiver))
