import type {Output} from '../../api/operations.ts'
import type {Column} from '../output/column.ts'
import {type Section, section} from '../output/print.ts'

export const workerColumns: readonly Column<Output<'worker.status'>>[] = [
  {key: 'state', kind: 'state'},
  {key: 'enabled', value: ({enabled}) => (enabled ? 'yes' : 'no')},
  {key: 'owner', value: worker => whoSends(worker) ?? 'no process sends'},
  {key: 'since', kind: 'time', value: ({owner}) => owner?.since ?? null},
]

type Worker = Output<'worker.status'>

/** In a few words; null where nobody does. */
export const whoSends = ({owner, owners}: Worker): string | null => {
  if (owner === null) return null
  const others = owners.length > 1 ? ` and ${owners.length - 1} more` : ''
  return `process ${owner.pid} on ${owner.host}${others}`
}

/** All of them, where there are several. */
export const senderSections = ({owners}: Worker): readonly Section[] =>
  owners.length < 2
    ? []
    : [
        section('Processes that send', owners, [
          {key: 'pid', title: 'process', align: 'right'},
          {key: 'host'},
          {key: 'since', kind: 'time'},
          {key: 'heartbeatAt', title: 'heard of', kind: 'time'},
        ]),
      ]

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
  {key: 'restsUntil', title: 'tried again', kind: 'time', wide: true},
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
