import process from 'node:process'
import {openEmbedded} from '../../../src/embedded.ts'

/** A process that may die at a failpoint: `child.ts FILE COUNT` sends COUNT events from the store, with the keys `key-0`, `key-1`…, and delivers them. */
const [, , file = '', count = '1'] = process.argv
const embedded = await openEmbedded({store: file, storePath: file, version: '0.0.0', user: 'anna', busy: true})
const worker = await embedded.worker({logLevel: 'silent'})
await worker.start()
for (let index = 0; index < Number(count); index++) {
  const sent = await embedded.client.call('event.send', {
    organization: 'default',
    type: 'node.added',
    data: {name: `n${index}`, nebula_ip: '10.42.0.7'},
    idempotencyKey: `key-${index}`,
  })
  process.stdout.write(`${sent.event.id}\n`)
}
await worker.drained()
await worker.stop({graceMs: 5000})
await embedded.client.close()
