import type {EventView} from '../../api/events.ts'
import type {ActivityView, HistoryView} from '../../api/history.ts'
import type {Column} from '../output/column.ts'

/** Who did it, in one word. */
const actorName = ({name, kind}: EventView['actor']): string => name ?? kind

export const eventColumns: readonly Column<EventView>[] = [
  {key: 'id', whole: true},
  {key: 'type', telling: true},
  {key: 'object', value: ({object}) => (object === null ? null : object.name || `${object.type} ${object.id}`)},
  {key: 'actor', value: ({actor}) => actorName(actor)},
  {key: 'source', wide: true},
  {key: 'requestId', title: 'request', wide: true},
  {key: 'contextId', title: 'context', wide: true},
  {key: 'acceptedAt', title: 'accepted', kind: 'time', wide: true},
  {key: 'occurredAt', title: 'occurred', kind: 'time'},
]

export const activityColumns: readonly Column<ActivityView>[] = [
  {key: 'at', title: 'when', kind: 'time'},
  {key: 'change', kind: 'state'},
  {key: 'message'},
  {key: 'actor', wide: true, value: ({actor}) => actorName(actor)},
  {key: 'historyId', title: 'history', wide: true, whole: true},
]

/** The same as they happen. */
export const activityTailColumns: readonly Column<ActivityView & {readonly cursor: string}>[] = [
  {key: 'at', kind: 'clock'},
  ...activityColumns.slice(1),
  {key: 'cursor', wide: true},
]

export const historyColumns: readonly Column<HistoryView>[] = [
  {key: 'id', whole: true},
  {key: 'at', title: 'when', kind: 'time', telling: true},
  {key: 'change', kind: 'state', telling: true},
  {key: 'object', telling: true, value: ({object}) => `${object.type} ${object.name || object.id}`},
  {key: 'actor', value: ({actor}) => actor.email ?? actorName(actor)},
  {key: 'organization', wide: true},
  {key: 'contextId', title: 'context', wide: true},
  {key: 'message', wide: true},
  {key: 'changes', wide: true, value: ({changes}) => changes.map(({field}) => field).join(',')},
  {key: 'requestId', title: 'request', wide: true},
  {key: 'eventId', title: 'event', wide: true, whole: true},
]

/** What differs between before and after, field by field. */
export const changeColumns: readonly Column<HistoryView['changes'][number]>[] = [
  {key: 'field'},
  {key: 'before', value: ({before}) => valueText(before)},
  {key: 'after', value: ({after}) => valueText(after)},
]

const valueText = (value: unknown): string | null => (value === null ? null : JSON.stringify(value))
