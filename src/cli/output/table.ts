import {withoutLastBlanks} from '../../domain/blanks.ts'
import type {Paint, Style} from '../color.ts'
import {paintState} from '../color.ts'
import {show} from '../escape.ts'
import {fitLine, foldWords, textWidth} from '../screen/width.ts'
import type {Times} from '../shown-time.ts'
import {type Column, cellText, lineText} from './column.ts'

export interface TableOptions {
  readonly paint: Paint
  /** Columns of the terminal; undefined: as wide as it takes. */
  readonly width: number | undefined
  readonly headers: boolean
  /** Undefined: RFC 3339 in UTC. */
  readonly times: Times | undefined
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

const STAND_IN = '.'
const STAND_INS = /\.+/g

const GAP = 2
const NARROWEST = 6
/** Cut further down, a name or a type says nothing any more. */
const READABLE = 12

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

/** What decides whether a column is shown. */
export interface Fitting {
  /** Columns of the terminal it takes where nothing is cut. */
  readonly natural: number
  readonly cuttable: boolean
  readonly isSpare?: boolean
  readonly isTelling?: boolean
}

const leastOf = ({natural, cuttable}: Fitting): number => (cuttable ? Math.min(natural, READABLE) : natural)

/** Who gets room before others: what tells, then the usual ones, then the spare. */
const turnOf = ({isTelling, isSpare}: Fitting): number => (isTelling ? 0 : isSpare ? 2 : 1)

/**
 * Which columns a terminal has room for: the first in any case, then those that can still be read, from the left; what
 * tells before the others, and spare ones last. An id in front that leaves no room for what tells makes way itself.
 */
export function columnsThatFit(columns: readonly Fitting[], width: number): boolean[] {
  const [first] = columns
  const telling = columns.filter(({isTelling}) => isTelling)
  const needed = telling.reduce((sum, column) => sum + GAP + leastOf(column), first?.natural ?? 0)
  const skipped = first?.cuttable === false && telling.length > 0 && needed > width ? 1 : 0
  const fits = columns.map((_, at) => at === skipped)
  let used = columns[skipped] === undefined ? 0 : leastOf(columns[skipped])
  for (const turn of [0, 1, 2]) {
    for (const [at, column] of columns.entries()) {
      if (at <= skipped || turnOf(column) !== turn) continue
      const least = GAP + leastOf(column)
      fits[at] = used + least <= width
      if (fits[at]) used += least
    }
  }
  return fits
}

/** Rows under their titles, borderless, cut to fit. Everything has passed `show`; ends with a line feed. */
export async function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  options: TableOptions,
): Promise<string> {
  const {paint, width, fields} = options
  const all = columns.map(column => measured(rows, column, options))
  const room = width === undefined || fields !== undefined ? Number.POSITIVE_INFINITY : width
  const fits = columnsThatFit(all, room)
  // One that is wider than the terminal by itself is cut after all.
  const shown = all.filter((_, at) => fits[at]).map(each => (each.natural > room ? {...each, cuttable: true} : each))
  // A picture has no title, and none to be asked for.
  const left = all.filter(({title}, at) => !fits[at] && title !== '').map(({title}) => title.toLowerCase())
  const text = await drawn(shown, rows.length, options)
  if (left.length === 0) return text
  const lines = foldWords(`no room for ${left.join(', ')}: -o wide, or --fields`, room)
  return `${text}${lines.map(line => `${paint('dim', line)}\n`).join('')}`
}

interface Measured extends Fitting {
  readonly title: string
  readonly cells: readonly string[]
  readonly align: 'left' | 'right'
  readonly isState: boolean
}

function measured<Row>(rows: readonly Row[], column: Column<Row>, {headers, times}: TableOptions): Measured {
  const title = (column.title ?? column.key).toUpperCase()
  const cells = rows.map(row => show(cellText(column, row, times)))
  return {
    title,
    cells,
    // Not as arguments of one call: there may be more of them than one takes.
    natural: cells.reduce((most, cell) => Math.max(most, textWidth(cell)), headers ? textWidth(title) : 0),
    cuttable: column.whole !== true && column.kind !== 'time',
    align: column.align ?? 'left',
    isState: column.kind === 'state',
    isSpare: column.spare === true,
    isTelling: column.telling === true,
  }
}

/** So many rows are laid out at once: for each of them cli-table3 goes through all of them. */
const ROWS_AT_ONCE = 100

async function drawn(
  columns: readonly Measured[],
  count: number,
  {paint, width, headers}: TableOptions,
): Promise<string> {
  const {default: Table} = await import('cli-table3')
  const natural = columns.map(column => column.natural)
  const cuttable = columns.map(column => column.cuttable)
  const widths = width === undefined ? natural : fitWidths(natural, cuttable, width)
  const titles = columns.map(({title}, at) => paint('bold', fitLine(title, widths[at]!)))
  const cellsOf = (line: number) =>
    columns.map(({cells, isState}, at) => paintCell(paint, isState, fitLine(cells[line]!, widths[at]!)))
  const rows = [...(headers ? [titles] : []), ...Array.from({length: count}, (_, line) => cellsOf(line))]
  const parts = Array.from({length: Math.ceil(rows.length / ROWS_AT_ONCE)}, (_, part) => {
    const table = new Table({
      chars: BORDERLESS,
      // Its defaults print colour codes into pipes and know nothing of NO_COLOR.
      style: {head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true},
      colAligns: columns.map(({align}) => align),
      colWidths: [...widths],
    })
    // It counts marks and pictures otherwise than terminals do: what it lays out are stand-ins of the right width.
    const shown = rows.slice(part * ROWS_AT_ONCE, (part + 1) * ROWS_AT_ONCE)
    table.push(...shown.map(row => row.map(text => STAND_IN.repeat(textWidth(text)))))
    const texts = shown
      .flat()
      .filter(text => textWidth(text) > 0)
      .values()
    return trimLines(table.toString()).replace(STAND_INS, () => texts.next().value ?? '')
  })
  return parts.join('')
}

const paintCell = (paint: Paint, isState: boolean, text: string): string => (isState ? paintState(paint, text) : text)

/** cli-table3 pads the last column too; trailing blanks make diffs and copied lines ugly. */
const trimLines = (text: string): string =>
  text
    .split('\n')
    .map(line => `${withoutLastBlanks(line, ' ')}\n`)
    .join('')

/** Titles left, values right, one line each: how a single thing is shown on a terminal. */
export function renderBlock<Row>(row: Row, columns: readonly Column<Row>[], options: TableOptions): string {
  const titles = columns.map(column => column.title ?? column.key)
  const width = Math.max(0, ...titles.map(textWidth))
  const style: Style = 'dim'
  return columns
    .map((column, at) => {
      const text = show(lineText(column, row, options.times))
      const title = titles[at]!.padEnd(width)
      return `${options.paint(style, title)}  ${text === '' ? '-' : paintCell(options.paint, column.kind === 'state', text)}\n`
    })
    .join('')
}
