// The bare POST loop in a process of its own, new each time as the server it is compared with is: both begin cold. Says how
// many a second went, and the time of a processor they took, in ms. `node bare-loop.js URL COUNT [SECRET]`: with a secret
// it signs them.
import process from 'node:process'
import {bodiesOf, postAll} from './load.js'

const [url, count, secret] = process.argv.slice(2)
const bodies = bodiesOf(Number(count))
const before = process.cpuUsage()
const rate = await postAll(url, bodies, {secret})
const {user, system} = process.cpuUsage(before)
console.log(JSON.stringify({rate, cpuMs: (user + system) / 1000}))
