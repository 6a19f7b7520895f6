import type {Output} from '../api/operations.ts'
import {batchedColumns, deliveryColumns} from './columns/delivery.ts'
import {attemptSections, bodySection, exchangeSections, goneSection} from './exchange.ts'
import type {Column} from './output/column.ts'
import {type Layout, oneText, type Section, section} from './output/print.ts'

type Shown = Output<'delivery.show'>

/** How a delivery is shown: its own lines, and below them events, body, attempts, the last request and its answer. */
export function deliveryParts({
  delivery,
  events,
  body,
  attempts,
}: Shown): [readonly Column<Shown['delivery']>[], readonly Section[]] {
  // Said below, with the error of the last attempt, where there is one.
  const shown = attempts.length === 0 ? deliveryColumns : deliveryColumns.filter(({key}) => key !== 'hint')
  return [
    shown.map(column => ({...column, wide: false})),
    [
      section('Events', delivery.eventCount > 1 || delivery.state === 'collecting' ? events : [], batchedColumns),
      ...goneSection('Body', delivery.contentGone),
      ...(body === null ? [] : [bodySection('Body', body)]),
      ...attemptSections(attempts),
      ...exchangeSections(attempts.at(-1)),
    ],
  ]
}

/** The same as text for reading. */
export function deliveryText(answer: Shown, layout: Layout): Promise<string> {
  const [columns, sections] = deliveryParts(answer)
  return oneText(answer.delivery, columns, layout, sections)
}
