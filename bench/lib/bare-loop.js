// The bare POST loop in a process of its own, new each time as the server it is compared with is: both begin cold. Says how
// many a second went. `node bare-loop.js URL COUNT`
import process from 'node:process'
import {bodiesOf, postAll} from './load.js'

const [url, count] = process.argv.slice(2)
console.log(await postAll(url, bodiesOf(Number(count))))
