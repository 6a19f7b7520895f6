import type {Output} from '../../api/operations.ts'
import type {Column} from '../output/column.ts'
import {deliveryColumns} from './delivery.ts'

type Answer = Output<'event.why'>
type Why = Answer['items'][number]

/** Whether the webhook got the event, or, of one that is only described, would get it. */
export const isReached = ({wanted, deliveries}: Why, isStored: boolean): boolean =>
  isStored ? deliveries.some(({state}) => state !== 'skipped') : wanted

/** What became of it; where nothing did, what would. */
function outcome({deliveries, wouldBe}: Why): string {
  const all = deliveries.length > 0 ? deliveries : wouldBe
  return all.length === 0 ? 'none' : [...new Set(all.map(({state}) => state))].join(', ')
}

/** The first thing that stands in the way. */
const obstacle = ({checks}: Why): string | null => checks.find(({holds, depth}) => !holds && depth === 0)?.says ?? null

export const whyColumns: readonly Column<Why>[] = [
  {key: 'webhook'},
  {key: 'wanted', value: ({wanted}) => (wanted ? 'yes' : 'no')},
  {key: 'delivery', value: outcome},
  {key: 'because', value: obstacle},
  {key: 'platform', wide: true},
  {key: 'webhookId', title: 'id', wide: true, whole: true},
]

type Told = Why & {readonly event: Answer['event']}

export const whyEventColumns: readonly Column<Told>[] = [
  {key: 'event', value: ({event}) => event.type},
  {key: 'eventId', title: 'event id', value: ({event}) => event.id ?? 'none: only described', whole: true},
  {key: 'acceptedAt', title: 'accepted', kind: 'time', value: ({event}) => event.acceptedAt},
  {key: 'webhook'},
  {key: 'platform'},
  {key: 'wanted', value: ({wanted}) => (wanted ? 'yes' : 'no')},
  {key: 'delivery', value: outcome},
  {key: 'because', value: obstacle},
]

export const checkColumns: readonly Column<Why['checks'][number]>[] = [
  {key: 'holds', value: ({holds}) => (holds ? 'yes' : 'no')},
  {key: 'check', value: ({check, depth}) => `${'  '.repeat(depth)}${check}`},
  {key: 'says'},
]

const TOLD = ['id', 'state', 'reason', 'attemptCount', 'last', 'dueAt']

/** Of the one webhook and the one event that are asked about. */
export const madeColumns: readonly Column<Why['deliveries'][number]>[] = TOLD.flatMap(key => {
  const column = deliveryColumns.find(each => each.key === key)
  return column === undefined ? [] : [{...column, wide: false}]
})

/** What else there is to say, and what to do, a line each. */
export const whyNotes = ({notes, deliveries}: Why): string => {
  const hints = new Set(deliveries.map(({hint}) => hint).filter(hint => hint !== null))
  return [...notes, ...[...hints].map(hint => `→ ${hint}`)].join('\n')
}

export const changeSinceColumns: readonly Column<Why['changedSince'][number]>[] = [
  {key: 'at', kind: 'time'},
  {key: 'actor'},
  {key: 'fields'},
  {key: 'historyId', title: 'id', whole: true},
]
