import process from 'node:process'
import {openStore} from '../../../src/store/open.ts'
import {aHistoryEntry, aWebhook, NOON} from '../../harness/factories.ts'
import {anAcceptance} from '../conformance/setting.ts'

/**
 * A process of its own over a store: `child.ts FILE PREFIX COUNT LANES UMASK`. Opens FILE, makes a webhook, then
 * accepts COUNT events (0: without end) in LANES at a time and writes the id of each on a line once it was promised to
 * be on disk.
 */
const [, , file = '', prefix = '', count = '0', lanes = '1', umask = ''] = process.argv
if (umask !== '') process.umask(Number.parseInt(umask, 8))
const store = await openStore(file, {now: () => NOON})
// The factories count in each process from the beginning: what several processes make needs ids of its own.
const webhook = aWebhook({id: `wh_${prefix}`, name: prefix})
await store.webhooks.add(webhook, aHistoryEntry({id: `hst_${prefix}`}))

let next = 0
const hasMore = () => count === '0' || next < Number(count)

async function lane(): Promise<void> {
  while (hasMore()) {
    const id = `${prefix}_${next++}`
    await store.events.accept([anAcceptance(webhook, {id: `dlv_${id}`}, {id: `evt_${id}`})])
    process.stdout.write(`evt_${id}\n`)
  }
}

await Promise.all(Array.from({length: Number(lanes)}, lane))
await store.close()
