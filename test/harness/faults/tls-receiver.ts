import process from 'node:process'
import {openReceiver} from '../receiver.ts'

/** A receiver whose certificate nobody trusts, in a process of its own: what it remembers is not ours. Prints its URL. */
const receiver = await openReceiver({tls: true})
process.stdout.write(`${receiver.url}\n`)
