import {formatBoth, formatClock, formatInZone, formatRelative, type Times} from '../shown-time.ts'
import {formatInstant} from '../time.ts'

type Cell = string | number | boolean | null | undefined

/**
 * One column of a list, or one line of a single thing.
 *
 * `key` is what `--fields` takes and what JSON calls it. Without `value` the row's own property is shown; without
 * `title` the key is, in upper case for a table.
 */
export interface Column<Row> {
  readonly key: string
  readonly title?: string
  readonly value?: (row: Row) => Cell
  /** Shown only by `-o wide` and by name in `--fields`. */
  readonly wide?: boolean
  readonly align?: 'left' | 'right'
  /**
   * `time`: ms since the epoch or RFC 3339; relative on a terminal, exact with `-o wide`, both where one thing is shown;
   * RFC 3339 UTC elsewhere.
   * `clock`: the same, but on a terminal the time of the day there.
   * `state`: a word that may be coloured.
   */
  readonly kind?: 'text' | 'time' | 'clock' | 'state'
  /** Never cut to fit the terminal: ids and what gets copied. */
  readonly whole?: boolean
  /** The first to be left out of a narrow terminal: what the other columns tell already. */
  readonly spare?: boolean
  /** What the list is read for: an id in front that leaves no room for it is left out of a narrow terminal itself. */
  readonly telling?: boolean
}

/** A day before the last that a Date can hold: clocks of some zones are that far ahead. */
const LAST_MS = 8.64e15 - 86_400_000

type Bag = Readonly<Record<string, unknown>>

function ownValue(row: unknown, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((at, part) => (at !== null && typeof at === 'object' ? (at as Bag)[part] : undefined), row)
}

function asCell(value: unknown): Cell {
  if (value === null || value === undefined) return null
  if (typeof value === 'object')
    return Array.isArray(value) && value.every(item => typeof item !== 'object')
      ? value.join(',')
      : JSON.stringify(value)
  return value as Cell
}

type Tell = (instant: number, kind: 'time' | 'clock') => string

/** What the cell of a table or a line says, before escaping; empty where there is nothing. */
export const cellText = <Row>(column: Column<Row>, row: Row, times?: Times): string =>
  textOf(column, row, (instant, kind) => {
    if (times === undefined) return formatInstant(instant)
    const {now, zone, exact} = times
    if (kind === 'clock') return formatClock(instant, now, zone)
    return exact ? formatInZone(instant, zone) : formatRelative(instant, now, zone)
  })

/** The same where one thing has a line for each: there is room for all of a time. */
export const lineText = <Row>(column: Column<Row>, row: Row, times?: Times): string =>
  textOf(column, row, instant =>
    times === undefined ? formatInstant(instant) : formatBoth(instant, times.now, times.zone),
  )

function textOf<Row>(column: Column<Row>, row: Row, tell: Tell): string {
  const value = column.value === undefined ? asCell(ownValue(row, column.key)) : column.value(row)
  if (value === null || value === undefined) return ''
  if (column.kind !== 'time' && column.kind !== 'clock') return String(value)
  const instant = typeof value === 'number' ? value : Date.parse(String(value))
  return Math.abs(instant) <= LAST_MS ? tell(instant, column.kind) : String(value)
}

/** What JSON says under this key: the row's own value where it has one, else what the table would show. */
export function jsonValue<Row>(column: Column<Row>, row: Row): unknown {
  const own = ownValue(row, column.key)
  if (own === undefined) return column.value?.(row) ?? null
  return column.kind === 'time' && typeof own === 'number' ? formatInstant(own) : own
}
