import type {Output} from '../../api/operations.ts'
import {show} from '../escape.ts'
import type {Column} from '../output/column.ts'
import type {Section} from '../output/print.ts'
import {bytesOrNull} from '../sizes.ts'
import {whoSends} from './worker.ts'

export type Status = Output<'status.show'>

export const statusColumns: readonly Column<Status>[] = [
  {key: 'healthy', value: ({healthy}) => (healthy ? 'yes' : 'no')},
  {key: 'reasons', value: ({reasons}) => reasons.map(({code}) => code).join(',')},
  {key: 'worker', kind: 'state', value: ({worker}) => worker.state},
  {
    key: 'owner',
    title: 'sent by',
    value: ({worker}) => whoSends(worker) ?? 'no process',
  },
  {key: 'unfinished', value: ({deliveries}) => deliveries.unfinished},
  {key: 'oldest', title: 'oldest unfinished', kind: 'time', value: ({deliveries}) => deliveries.oldestUnfinishedAt},
  {key: 'overdue', title: 'overdue since', kind: 'time', value: ({deliveries}) => deliveries.overdueSince},
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
  {key: 'proxy', value: ({targets}) => targets.proxy ?? 'none'},
  {key: 'store', value: ({store}) => store.location},
  {key: 'size', title: 'store size', value: ({store}) => bytesOrNull(store.bytes)},
  {key: 'free', title: 'disk free', value: ({store}) => bytesOrNull(store.diskFreeBytes)},
  {key: 'version'},
]

/** A failure of a test, or one that was sent again with success, is none to worry about. */
function sayFailed(failed: number, undelivered: number): string {
  return failed === undelivered ? String(failed) : `${failed}, ${undelivered} of them undelivered`
}

/** What is wrong, and what to do about each. */
export const reasonSection = ({reasons}: Status): Section => ({
  title: 'What is wrong',
  text: reasons.map(({explanation, hint}) => `${show(explanation)}\n  → ${show(hint)}`).join('\n'),
})

/** The few figures that move, for a line at a time. */
export const watchColumns: readonly Column<Status>[] = [
  {key: 'at', kind: 'clock'},
  {key: 'healthy', kind: 'state', value: ({healthy}) => (healthy ? 'ok' : 'failed')},
  {key: 'worker', value: ({worker}) => `worker=${worker.state}`},
  {key: 'unfinished', value: ({deliveries}) => `unfinished=${deliveries.unfinished}`},
  {key: 'delivered', value: ({deliveries}) => `delivered=${deliveries.delivered}`},
  {key: 'failed', value: ({deliveries}) => `failed=${deliveries.failed}`},
  {key: 'failing', value: ({webhooks}) => `failing=${webhooks.failing}`},
  {key: 'reasons', value: ({reasons}) => reasons.map(({code}) => code).join(',')},
]
