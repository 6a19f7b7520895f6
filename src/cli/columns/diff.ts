import type {Output} from '../../api/operations.ts'
import type {Column} from '../output/column.ts'

type Diff = Output<'delivery.diff'>
type Difference = Diff['differences'][number]

const sideText = ({deliveryId, attempt, webhook, state, status, errorClass}: Diff['a']): string => {
  const which = attempt === null ? deliveryId : `${deliveryId}#${attempt}`
  const answer = status ?? errorClass
  return `${which} ${webhook} ${state}${answer === null ? '' : ` (${answer})`}`
}

export const diffedColumns: readonly Column<Diff>[] = [
  {key: 'a', value: ({a}) => sideText(a), whole: true},
  {key: 'b', value: ({b}) => sideText(b), whole: true},
  {key: 'from', kind: 'time', value: ({a}) => a.at},
  {key: 'to', kind: 'time', value: ({b}) => b.at},
  {key: 'differences', value: ({differences}) => differences.length},
]

interface Told {
  readonly part: string
  readonly name: string
  readonly a: string
  readonly b: string
}

const valueText = (row: Difference, side: 'a' | 'b'): string => {
  if (!Object.hasOwn(row, side)) return '(not there)'
  const value = row[side]
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Values as texts; the whole of a body has no path. */
export const told = (differences: readonly Difference[]): readonly Told[] =>
  differences.map(each => ({
    part: each.part,
    name: each.name === '' ? '(whole)' : each.name,
    a: valueText(each, 'a'),
    b: valueText(each, 'b'),
  }))

export const differenceColumns: readonly Column<Told>[] = [{key: 'part'}, {key: 'name'}, {key: 'a'}, {key: 'b'}]
