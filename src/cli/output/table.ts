import {stripVTControlCharacters} from 'node:util'
import type {Paint, Style} from '../color.ts'
import {paintState} from '../color.ts'
import {show} from '../escape.ts'
import {type Column, cellText} from './column.ts'

export interface TableOptions {
  readonly paint: Paint
  /** Columns of the terminal; undefined: as wide as it takes. */
  readonly width: number | undefined
  readonly headers: boolean
  /** Times are said relative to this moment; undefined: RFC 3339. */
  readonly relativeTo: number | undefined
  /** What `--fields` named; undefined: the usual columns, of which a narrow terminal shows what it has room for. */
  readonly fields?: readonly string[] | undefined
}

/** cli-table3 without a single line, so that `awk` and a narrow eye both work. */
const BORDERLESS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const

const GAP = 2
const NARROWEST = 6
/** Cut further down, a name or a type says nothing any more. */
const READABLE = 12

/** Code points, close enough for fitting: cli-table3 measures the real width when it pads. */
const length = (text: string): number => [...text].length

/**
 * How wide each column may be so that the row fits: the widest cuttable column gives way first, ids never do.
 */
export function fitWidths(natural: readonly number[], cuttable: readonly boolean[], width: number): number[] {
  const widths = [...natural]
  let excess = widths.reduce((sum, each) => sum + each + GAP, -GAP) - width
  while (excess > 0) {
    const widest = widths.reduce(
      (best, each, at) => (cuttable[at] && each > NARROWEST && (best < 0 || each > widths[best]!) ? at : best),
      -1,
    )
    if (widest < 0) break
    widths[widest]! -= 1
    excess -= 1
  }
  return widths
}

/**
 * Which columns a terminal has room for, from the left: the first in any case, then those that can still be read.
 * Spare ones get what the others leave.
 */
export function columnsThatFit(
  natural: readonly number[],
  cuttable: readonly boolean[],
  width: number,
  spare: readonly boolean[] = [],
): boolean[] {
  const fits = natural.map(() => false)
  let used = -GAP
  for (const late of [false, true]) {
    for (const [at, each] of natural.entries()) {
      if ((spare[at] ?? false) !== late) continue
      const least = GAP + (cuttable[at] ? Math.min(each, READABLE) : each)
      fits[at] = at === 0 || used + least <= width
      if (fits[at]) used += least
    }
  }
  return fits
}

const cut = (text: string, width: number): string =>
  length(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`

/** Rows under their titles, borderless, cut to fit. Everything has passed `show`; ends with a line feed. */
export async function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  options: TableOptions,
): Promise<string> {
  const {paint, width, fields} = options
  const all = columns.map(column => measured(rows, column, options))
  const fits = columnsThatFit(
    all.map(({natural}) => natural),
    all.map(({cuttable}) => cuttable),
    width === undefined || fields !== undefined ? Number.POSITIVE_INFINITY : width,
    all.map(({isSpare}) => isSpare),
  )
  const shown = all.filter((_, at) => fits[at])
  const left = all.filter((_, at) => !fits[at]).map(({title}) => title.toLowerCase())
  const text = await drawn(shown, rows.length, options)
  return left.length === 0 ? text : `${text}${paint('dim', `no room for ${left.join(', ')}: -o wide, or --fields`)}\n`
}

interface Measured {
  readonly title: string
  readonly cells: readonly string[]
  readonly natural: number
  readonly cuttable: boolean
  readonly align: 'left' | 'right'
  readonly isState: boolean
  readonly isSpare: boolean
}

function measured<Row>(rows: readonly Row[], column: Column<Row>, {headers, relativeTo}: TableOptions): Measured {
  const title = (column.title ?? column.key).toUpperCase()
  const cells = rows.map(row => show(cellText(column, row, relativeTo)))
  return {
    title,
    cells,
    natural: Math.max(headers ? length(title) : 0, ...cells.map(length)),
    cuttable: column.whole !== true && column.kind !== 'time',
    align: column.align ?? 'left',
    isState: column.kind === 'state',
    isSpare: column.spare === true,
  }
}

async function drawn(
  columns: readonly Measured[],
  count: number,
  {paint, width, headers}: TableOptions,
): Promise<string> {
  const {default: Table} = await import('cli-table3')
  const natural = columns.map(column => column.natural)
  const cuttable = columns.map(column => column.cuttable)
  const widths = width === undefined ? natural : fitWidths(natural, cuttable, width)
  const table = new Table({
    chars: BORDERLESS,
    // Its defaults print colour codes into pipes and know nothing of NO_COLOR.
    style: {head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true},
    colAligns: columns.map(({align}) => align),
  })
  if (headers) table.push(columns.map(({title}, at) => paint('bold', cut(title, widths[at]!))))
  for (let line = 0; line < count; line++) {
    table.push(columns.map((column, at) => paintCell(paint, column.isState, cut(column.cells[line]!, widths[at]!))))
  }
  return trimLines(table.toString())
}

const paintCell = (paint: Paint, isState: boolean, text: string): string => (isState ? paintState(paint, text) : text)

/** cli-table3 pads the last column too; trailing blanks make diffs and copied lines ugly. */
function trimLines(text: string): string {
  const lines = text
    .split('\n')
    .map(line => (stripVTControlCharacters(line).endsWith(' ') ? line.replace(/\s+$/, '') : line))
  return `${lines.join('\n')}\n`
}

/** Titles left, values right, one line each: how a single thing is shown on a terminal. */
export function renderBlock<Row>(row: Row, columns: readonly Column<Row>[], options: TableOptions): string {
  const titles = columns.map(column => column.title ?? column.key)
  const width = Math.max(0, ...titles.map(length))
  const style: Style = 'dim'
  return columns
    .map((column, at) => {
      const text = show(cellText(column, row, options.relativeTo))
      const title = titles[at]!.padEnd(width)
      return `${options.paint(style, title)}  ${text === '' ? '-' : paintCell(options.paint, column.kind === 'state', text)}\n`
    })
    .join('')
}
