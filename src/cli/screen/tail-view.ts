import type {Paint} from '../color.ts'
import {paintState} from '../color.ts'
import {type TailRow, tailNote} from '../columns/delivery.ts'
import {show} from '../escape.ts'
import {formatClock, type Times} from '../shown-time.ts'
import type {Size} from './screen.ts'
import {selectedRow, shownRows, type TailState} from './tail-state.ts'
import {fitLine, padLine} from './width.ts'

/** Head, titles and foot: lines that are not rows. */
const FRAME = 3

/** Rows that there is room for. */
export const pageOf = ({rows}: Size): number => Math.max(1, rows - FRAME)

interface Look {
  readonly paint: Paint
  readonly times: Pick<Times, 'now' | 'zone'>
}

interface Cell {
  readonly title: string
  readonly width: number
  /** The same where there is room. */
  readonly roomy?: number
  readonly text: (row: TailRow, times: Look['times']) => string
  /** Columns of the terminal from which on there is room for it. */
  readonly from?: number
}

/** From so many columns on names are cut later. */
const ROOMY = 110

const CELLS: readonly Cell[] = [
  {title: 'time', width: 8, text: ({at}, {now, zone}) => formatClock(Date.parse(at), now, zone).slice(-12, -4)},
  {title: 'outcome', width: 9, text: ({outcome}) => outcome},
  {title: 'code', width: 4, text: ({status}) => String(status ?? '')},
  {title: 'ms', width: 6, text: ({durationMs}) => (durationMs === null ? '' : String(Math.round(durationMs)))},
  {title: 'webhook', width: 12, roomy: 20, text: ({webhook}) => webhook},
  {title: 'event', width: 18, roomy: 28, text: ({eventType}) => eventType, from: 76},
  {title: 'try', width: 3, text: ({attempt}) => (attempt === null ? '' : `#${attempt}`)},
  {title: 'delivery', width: 36, text: ({deliveryId}) => deliveryId, from: 150},
]

/** The columns there is room for, as wide as they are there. */
const cellsFor = ({columns}: Size): readonly Cell[] =>
  CELLS.filter(({from = 0}) => columns >= from).map(cell =>
    columns >= ROOMY ? {...cell, width: cell.roomy ?? cell.width} : cell,
  )

/** The whole screen as lines, none wider than it. Pure: the same state and size are the same lines. */
export function tailLines(state: TailState, size: Size, look: Look): readonly string[] {
  const body = state.pane === null ? listLines(state, size, look) : paneLines(state.pane, size, look)
  const lines = [headLine(state, look), ...body]
  const filled = [...lines, ...Array(Math.max(0, size.rows - 1 - lines.length)).fill('')].slice(0, size.rows - 1)
  return [...filled, footLine(state, look)].map(line => fitLine(line, size.columns))
}

function headLine(state: TailState, {paint}: Look): string {
  const rows = shownRows(state)
  const failed = rows.filter(({outcome}) => outcome === 'failed').length
  const parts = [
    paint('bold', 'hookctl delivery tail'),
    state.isConnected
      ? state.selected === null
        ? 'following'
        : 'stopped at a line'
      : 'the server is gone; waiting for it',
    `${rows.length} shown, ${failed} failed`,
    ...(state.onlyFailed ? ['only failures'] : []),
    ...(state.words === '' ? [] : [`with: ${show(state.words)}`]),
  ]
  return parts.join('  ')
}

const HINTS = 'enter show  r replay  c curl  f failures  / filter  ? keys  q quit'

function footLine(state: TailState, {paint}: Look): string {
  if (state.typing !== null) return `lines with these words: ${show(state.typing)}_  (enter keeps, escape drops)`
  if (state.asks !== null) return paint('yellow', `send ${show(state.asks)} again? y/n`)
  if (state.note !== '') return show(state.note)
  return paint('dim', state.pane === null ? HINTS : 'up down  r replay  c curl  q back')
}

function paneLines({title, lines, top}: NonNullable<TailState['pane']>, size: Size, {paint}: Look): readonly string[] {
  const more = lines.length - top - pageOf(size)
  return [
    paint('bold', show(title)) + (more > 0 ? paint('dim', `  ${more} more lines below`) : ''),
    ...lines.slice(top, top + pageOf(size)),
  ]
}

function listLines(state: TailState, size: Size, look: Look): readonly string[] {
  const rows = shownRows(state)
  const cells = cellsFor(size)
  const titles = cells.map(({title, width}) => padLine(title.toUpperCase(), width))
  const selected = selectedRow(state)
  const at = selected === undefined ? 0 : rows.indexOf(selected)
  const first = Math.max(0, Math.min(at - Math.floor(pageOf(size) / 2), rows.length - pageOf(size)))
  return [
    look.paint('bold', `  ${titles.join(' ')} NOTE`),
    ...(rows.length === 0 ? ['', `  ${nothingYet(state)}`] : []),
    ...rows.slice(first, first + pageOf(size)).map(row => rowLine(row, cells, row === selected, size, look)),
  ]
}

const nothingYet = (state: TailState): string =>
  state.rows.length === 0
    ? 'nothing so far: what is delivered from now on stands here'
    : 'nothing of this kind: escape shows everything'

function rowLine(row: TailRow, cells: readonly Cell[], isSelected: boolean, size: Size, {paint, times}: Look): string {
  const texts = cells.map(({title, width, text}) => {
    const padded = padLine(show(text(row, times)), width)
    return title === 'outcome' ? paintState(paint, padded) : padded
  })
  const line = `${isSelected ? '>' : ' '} ${texts.join(' ')} ${show(tailNote(row) ?? '')}`
  return isSelected ? paint('inverse', padLine(line, size.columns)) : line
}
