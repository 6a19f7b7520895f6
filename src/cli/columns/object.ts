import type {ObjectView} from '../../api/objects.ts'
import type {Column} from '../output/column.ts'

export const objectColumns: readonly Column<ObjectView>[] = [
  {key: 'platform'},
  {key: 'type', whole: true},
  {key: 'id', whole: true},
  {key: 'name'},
  {key: 'contextId', title: 'context', wide: true},
  {key: 'createdAt', title: 'first seen', kind: 'time', wide: true},
  {key: 'updatedAt', title: 'changed', kind: 'time'},
]
