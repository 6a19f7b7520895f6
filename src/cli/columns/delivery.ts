import type {AttemptView, DeliveryView} from '../../api/deliveries.ts'
import type {sentDelivery} from '../../api/events.ts'
import type {Column} from '../output/column.ts'
import {formatAge} from '../shown-time.ts'

/** What the last attempt got: a status, or the class of the error. */
const lastAnswer = ({lastStatus, lastErrorClass}: DeliveryView): string =>
  lastStatus === null ? (lastErrorClass ?? '') : String(lastStatus)

export const deliveryColumns: readonly Column<DeliveryView>[] = [
  {key: 'id', whole: true},
  {key: 'state', kind: 'state', telling: true},
  {key: 'webhook', telling: true},
  {key: 'eventType', title: 'event'},
  {key: 'attemptCount', title: 'attempts', align: 'right'},
  {key: 'last', value: lastAnswer},
  {key: 'dueAt', title: 'next', kind: 'time'},
  {key: 'reason', wide: true},
  {key: 'hint', wide: true},
  {key: 'trigger', wide: true},
  {key: 'replayOf', title: 'replay of', wide: true, whole: true},
  {key: 'toUrl', title: 'to', wide: true},
  {key: 'eventId', title: 'event id', wide: true, whole: true},
  {key: 'eventCount', title: 'events', align: 'right', wide: true},
  {key: 'bodyBytes', title: 'bytes', align: 'right', wide: true},
  {key: 'finishedAt', title: 'finished', kind: 'time', wide: true},
  {key: 'createdAt', title: 'created', kind: 'time'},
]

export const attemptColumns: readonly Column<AttemptView>[] = [
  {key: 'number', title: 'no', align: 'right'},
  {key: 'startedAt', title: 'started', kind: 'time'},
  {key: 'durationMs', title: 'ms', align: 'right', value: ({durationMs}) => Math.round(durationMs)},
  {key: 'success', title: 'outcome', kind: 'state', value: ({success}) => (success ? 'delivered' : 'failed')},
  {key: 'status', align: 'right'},
  {key: 'errorClass', title: 'class'},
  {key: 'error'},
  {key: 'remoteAddress', title: 'address', wide: true},
  {key: 'signedWith', title: 'key', wide: true},
]

/** The events of a batch, in the order of its body. */
export const batchedColumns: readonly Column<{id: string; type: string; acceptedAt: string}>[] = [
  {key: 'id', whole: true},
  {key: 'type'},
  {key: 'acceptedAt', title: 'accepted', kind: 'time'},
]

type SentDelivery = (typeof sentDelivery)['_output']

export const sentColumns: readonly Column<SentDelivery>[] = [
  {key: 'id', whole: true},
  {key: 'webhook', telling: true},
  {key: 'state', kind: 'state', telling: true},
  {key: 'reason'},
]

/** One line of `delivery tail`: an attempt, or a delivery that was skipped. */
export interface TailRow {
  readonly at: string
  readonly outcome: string
  readonly status: number | null
  readonly durationMs: number | null
  readonly webhook: string
  readonly eventType: string
  readonly attempt: number | null
  /** How many there have been of this delivery by now: what happens next is known only of the last one. */
  readonly attempts: number
  readonly error: string | null
  /** What to do about it. */
  readonly hint: string | null
  readonly deliveryId: string
  readonly eventId: string
  readonly state: string
  readonly nextAt: string | null
  /** Ms since the epoch; absent: from the end of this attempt. */
  readonly countedFrom?: number
  readonly cursor: string
}

/** What happens next, its time counted from the end of this attempt unless said; null where an attempt followed or nothing does. */
function nextStep({attempt, attempts, state, nextAt, at, durationMs, countedFrom}: TailRow): string | null {
  if (attempt !== attempts) return null
  if (state === 'failed') return 'given up'
  if (state === 'held' || state === 'cancelled') return state
  if (state !== 'pending' || nextAt === null) return null
  const from = countedFrom ?? Date.parse(at) + (durationMs ?? 0)
  return `next in ${formatAge(Math.max(0, Date.parse(nextAt) - from))}`
}

/** Why it failed, unless the status says it already, and what happens next. */
export function tailNote(row: TailRow): string | null {
  if (row.outcome !== 'failed') return row.error
  return [row.status === null ? row.error : null, nextStep(row)].filter(part => part !== null).join('; ')
}

export const tailColumns: readonly Column<TailRow>[] = [
  {key: 'at', kind: 'clock'},
  {key: 'outcome', kind: 'state'},
  {key: 'status', align: 'right'},
  {key: 'durationMs', title: 'ms', value: row => (row.durationMs === null ? null : `${Math.round(row.durationMs)}ms`)},
  {key: 'webhook'},
  {key: 'eventType', title: 'event'},
  {key: 'attempt', value: row => (row.attempt === null ? null : `#${row.attempt}`)},
  {key: 'deliveryId', title: 'delivery', whole: true},
  {key: 'note', value: tailNote},
  {key: 'error', wide: true},
  {key: 'hint', wide: true},
  {key: 'eventId', title: 'event id', wide: true},
  {key: 'state', wide: true},
  {key: 'nextAt', title: 'next', wide: true},
  {key: 'cursor', wide: true},
]
