import type {Output} from '../../api/operations.ts'
import {formatDuration} from '../../domain/duration.ts'
import type {migrateStore} from '../../embedded.ts'
import type {Column} from '../output/column.ts'
import {bytesOrNull} from '../sizes.ts'

type StoreView = Output<'store.info'>

const states = ['collecting', 'pending', 'delivering', 'held', 'delivered', 'failed', 'skipped', 'cancelled'] as const

/** What there is of, as `12 delivered, 1 failed`. */
const inStates = ({deliveries}: StoreView): string =>
  states
    .filter(state => deliveries[state] > 0)
    .map(state => `${deliveries[state]} ${state}`)
    .join(', ')

/** `bodies 30d, records 90d, history forever`. */
const keptFor = ({retention: {bodiesMs, recordsMs, historyMs}}: StoreView): string =>
  Object.entries({bodies: bodiesMs, records: recordsMs, history: historyMs})
    .map(([kind, ms]) => `${kind} ${ms === null ? 'forever' : formatDuration(ms)}`)
    .join(', ')

export const storeColumns: readonly Column<StoreView>[] = [
  {key: 'backend'},
  {key: 'location', whole: true},
  {key: 'schema'},
  {key: 'fileBytes', title: 'file', value: ({fileBytes}) => bytesOrNull(fileBytes)},
  {key: 'logBytes', title: 'log', value: ({logBytes}) => bytesOrNull(logBytes)},
  {key: 'freeBytes', title: 'free in file', value: ({freeBytes}) => bytesOrNull(freeBytes)},
  {key: 'diskFreeBytes', title: 'free on disk', value: ({diskFreeBytes}) => bytesOrNull(diskFreeBytes)},
  {key: 'total', title: 'deliveries', value: ({deliveries}) => deliveries.total},
  {key: 'states', title: 'of these', value: inStates},
  {key: 'oldestEventAt', title: 'oldest event', kind: 'time'},
  {key: 'newestEventAt', title: 'newest event', kind: 'time'},
  {key: 'kept', value: keptFor},
]

type CopiedTable = Awaited<ReturnType<typeof migrateStore>>['tables'][number]

export const copiedColumns: readonly Column<CopiedTable>[] = [
  {key: 'table', whole: true},
  {key: 'rows'},
  {key: 'digest', value: ({digest}) => digest.slice(0, 16)},
]
