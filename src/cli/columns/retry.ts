import {formatDuration} from '../../domain/duration.ts'
import type {Column} from '../output/column.ts'
import type {Preview} from '../retry-preview.ts'

const sayEnd = ({givesUp}: Preview): string =>
  givesUp === null ? 'never' : `after attempt ${givesUp.after}, ${givesUp.at}`

export const previewColumns: readonly Column<Preview>[] = [
  {key: 'of'},
  {key: 'policy'},
  {key: 'givesUp', title: 'given up', value: sayEnd},
]

type Planned = Preview['attempts'][number]

/** Instants as they are, on a terminal too: this is what was asked for. */
export const plannedColumns: readonly Column<Planned>[] = [
  {key: 'attempt', align: 'right'},
  {key: 'at', whole: true},
  {key: 'after', value: ({delayMs}) => (delayMs === null ? null : formatDuration(delayMs))},
  {key: 'range', value: ({earliest, latest}) => (earliest === latest ? null : `${earliest} to ${latest}`)},
]
