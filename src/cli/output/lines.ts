import {type Paint, paintState, plain} from '../color.ts'
import {show} from '../escape.ts'
import type {Times} from '../shown-time.ts'
import {type Column, cellText} from './column.ts'

/** Values with a tab between them; tabs and line feeds inside a value are escaped by `show`. */
export const tsvLine = <Row>(row: Row, columns: readonly Column<Row>[]): string =>
  `${columns.map(column => show(cellText(column, row))).join('\t')}\n`

const quoted = (text: string): string => (/[\s"]/.test(text) ? JSON.stringify(text) : text)

export interface LineLook {
  readonly paint: Paint
  /** As in a table: undefined says times in RFC 3339. */
  readonly times: Times | undefined
}

const UNADORNED: LineLook = {paint: plain, times: undefined}

/** One line to grep: values with a space between them, quoted where they hold one, nothing for what is empty. */
export const compactLine = <Row>(row: Row, columns: readonly Column<Row>[], look: LineLook = UNADORNED): string =>
  `${columns
    .map(column => {
      const text = quoted(show(cellText(column, row, look.times)))
      return column.kind === 'state' ? paintState(look.paint, text) : text
    })
    .filter(text => text !== '')
    .join(' ')}\n`

/**
 * What commands take it by, alone in a line for xargs: an organization's slug, anything's `id`, a member's user, or its first
 * column where it has none of them; nothing where there is no column either.
 */
export function idLine<Row>(row: Row, columns: readonly Column<Row>[]): string {
  const {slug, id, user} = (row ?? {}) as {readonly slug?: unknown; readonly id?: unknown; readonly user?: unknown}
  const named = slug ?? id ?? user
  const [first] = columns
  if (named !== undefined && named !== null) return `${show(String(named))}\n`
  return first === undefined ? '' : `${show(cellText(first, row))}\n`
}
