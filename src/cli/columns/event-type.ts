import type {EventTypeView} from '../../api/event-types.ts'
import type {Output} from '../../api/operations.ts'
import type {Column} from '../output/column.ts'
import {prettyJson} from '../pretty.ts'

export const eventTypeColumns: readonly Column<EventTypeView>[] = [
  {key: 'name', whole: true, telling: true},
  {key: 'schema', title: 'data', value: ({schema, onMismatch}) => sayRule(schema, onMismatch)},
  {key: 'summary'},
  {key: 'updatedAt', title: 'updated', kind: 'time'},
  {key: 'createdAt', title: 'created', kind: 'time', wide: true},
]

const sayRule = (schema: unknown, onMismatch: EventTypeView['onMismatch']): string => {
  if (schema === null) return 'any'
  return onMismatch === 'refuse' ? 'has to fit' : 'should fit'
}

/** Schema and example below the type itself. */
export const eventTypeSections = ({schema, example}: EventTypeView) => [
  ...(schema === null ? [] : [{title: 'Schema', text: prettyJson(schema)}]),
  ...(example === null ? [] : [{title: 'Example', text: prettyJson(example)}]),
]

type Misfit = Output<'eventType.check'>['misfits'][number]

export const misfitColumns: readonly Column<Misfit>[] = [
  {key: 'eventId', title: 'event', whole: true},
  {key: 'acceptedAt', title: 'accepted', kind: 'time'},
  {key: 'problems', value: ({problems}) => problems.join('; ')},
]
