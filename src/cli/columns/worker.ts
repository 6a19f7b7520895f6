import type {Output} from '../../api/operations.ts'
import type {Column} from '../output/column.ts'

export const workerColumns: readonly Column<Output<'worker.status'>>[] = [
  {key: 'state', kind: 'state'},
  {key: 'enabled', value: ({enabled}) => (enabled ? 'yes' : 'no')},
  {key: 'owner', value: ({owner}) => (owner === null ? 'no process sends' : `process ${owner.pid} on ${owner.host}`)},
  {key: 'since', kind: 'time', value: ({owner}) => owner?.since ?? null},
]

export const statusColumns: readonly Column<Output<'status.show'>>[] = [
  {key: 'worker', kind: 'state', value: ({worker}) => worker.state},
  {
    key: 'owner',
    title: 'sent by',
    value: ({worker: {owner}}) => (owner === null ? 'no process' : `process ${owner.pid} on ${owner.host}`),
  },
  {key: 'unfinished', value: ({deliveries}) => deliveries.unfinished},
  {key: 'oldest', title: 'oldest unfinished', kind: 'time', value: ({deliveries}) => deliveries.oldestUnfinishedAt},
  {key: 'collecting', value: ({deliveries}) => deliveries.collecting},
  {key: 'pending', value: ({deliveries}) => deliveries.pending},
  {key: 'held', value: ({deliveries}) => deliveries.held},
  {key: 'delivered', value: ({deliveries}) => deliveries.delivered},
  {key: 'failed', value: ({deliveries: {failed, undelivered}}) => sayFailed(failed, undelivered)},
  {key: 'skipped', value: ({deliveries}) => deliveries.skipped},
  {key: 'cancelled', value: ({deliveries}) => deliveries.cancelled},
  {
    key: 'webhooks',
    value: ({webhooks: {total, active, paused, failing}}) =>
      `${total}, ${active} active, ${paused} paused, ${failing} failing`,
  },
  {
    key: 'refused',
    title: 'refused targets',
    value: ({targets: {policy, refusedCount}}) => `${refusedCount} webhooks by the policy ${policy}`,
  },
  {key: 'store', value: ({store}) => store.location},
  {key: 'size', title: 'store bytes', value: ({store}) => store.bytes},
  {key: 'version'},
]

/** A failure that was sent again with success is none to worry about. */
function sayFailed(failed: number, undelivered: number): string {
  return failed === undelivered ? String(failed) : `${failed}, ${failed - undelivered} of them mended by a replay`
}

type Queues = Output<'worker.queues'>

/** Since when the oldest waits is what says whether a queue moves. */
const waitingColumns = [
  {key: 'depth', align: 'right'},
  {key: 'inFlight', title: 'in flight', align: 'right'},
  {key: 'held', align: 'right'},
  {key: 'collecting', align: 'right'},
  {key: 'oldestAt', title: 'oldest', kind: 'time'},
] as const

const domain: Column<{readonly domain: string | null}> = {key: 'domain', value: row => row.domain ?? '(organization)'}

export const queueColumns: readonly Column<Queues['queues'][number]>[] = [
  domain,
  {key: 'webhook'},
  {key: 'state', kind: 'state'},
  ...waitingColumns,
  {key: 'closesAt', title: 'closes', kind: 'time', wide: true},
  {key: 'batches', align: 'right', wide: true},
  {key: 'host'},
  {key: 'webhookId', title: 'webhook id', wide: true, whole: true},
]

export const domainColumns: readonly Column<Queues['domains'][number]>[] = [
  domain,
  {key: 'webhooks', align: 'right'},
  ...waitingColumns,
]
