import type {Output} from '../../api/operations.ts'
import {formatDuration} from '../../domain/duration.ts'
import type {Column} from '../output/column.ts'
import {bar, type Ink, sparkline} from '../plots.ts'

export type Statistics = Output<'stats.show'>
type Figures = Statistics['total']

const BAR_CELLS = 10

/** `12ms`, `1.2s`: two digits that count, a percentile is no more exact. */
export function formatLatency(ms: number | undefined): string | null {
  if (ms === undefined) return null
  if (ms < 10) return `${Number(ms.toPrecision(2))}ms`
  return ms < 1000 ? `${Math.round(ms)}ms` : `${Number((ms / 1000).toPrecision(2))}s`
}

/** `97.3%`; never 100% where something is missing, never 0% where there is something. */
export function formatShare(share: number | null): string | null {
  if (share === null) return null
  const tenths = Math.round(share * 1000)
  return `${(share === 1 || share === 0 ? tenths : Math.min(999, Math.max(1, tenths))) / 10}%`
}

const latency = (of: 'p50' | 'p95' | 'p99'): Column<Pick<Figures, 'latencyMs'>> => ({
  key: of,
  align: 'right',
  value: ({latencyMs}) => formatLatency(latencyMs?.[of]),
})

/** A line of `stats`: a group, or a stretch of time. */
export interface StatisticsRow extends Omit<Figures, 'series' | 'givenUp'> {
  readonly name: string
  readonly key: string | null
  readonly givenUp: number | null
  readonly series: readonly {readonly attempts: number}[]
}

/** The lines there are `by` something. Of a stretch of time less is known than of a group. */
export const rowsBy = (by: string, {groups, total}: Statistics): readonly StatisticsRow[] =>
  by === 'time'
    ? total.series.map(({at, attempts, delivered, failed}) => ({
        ...{name: at, key: at, attempts, delivered, failed, givenUp: null, latencyMs: null, series: []},
        successRate: attempts === 0 ? null : delivered / attempts,
      }))
    : groups

/** `ink` draws the columns that are pictures. */
export const statisticsColumns = (by: string, ink: Ink): readonly Column<StatisticsRow>[] => [
  by === 'time' ? {key: 'name', title: 'from', kind: 'time'} : {key: 'name', title: by},
  {key: 'attempts', align: 'right'},
  {key: 'delivered', align: 'right'},
  {key: 'failed', align: 'right', telling: true},
  {key: 'givenUp', title: 'given up', align: 'right'},
  {
    key: 'successRate',
    title: 'success',
    align: 'right',
    telling: true,
    value: ({successRate}) => formatShare(successRate),
  },
  {
    key: 'bar',
    title: '',
    whole: true,
    value: ({successRate}) => (successRate === null ? '' : bar(successRate, BAR_CELLS, ink)),
  },
  latency('p50'),
  latency('p95'),
  latency('p99'),
  {
    key: 'overTime',
    title: 'over time',
    whole: true,
    value: ({series}) =>
      sparkline(
        series.map(({attempts}) => attempts),
        ink,
      ),
  },
  {key: 'key', wide: true, whole: true},
]

/** What a program gets: no pictures; and what a stretch of time has. */
export const withoutPictures = (columns: readonly Column<StatisticsRow>[]): readonly Column<StatisticsRow>[] =>
  columns.filter(({key}) => key !== 'bar' && key !== 'overTime')

/** Columns of a terminal from which on there is room for a picture beside the numbers. */
const ROOM: Readonly<Record<string, number>> = {overTime: 108, bar: 122}

export const fitting = (
  columns: readonly Column<StatisticsRow>[],
  width = Number.POSITIVE_INFINITY,
): readonly Column<StatisticsRow>[] => columns.filter(({key}) => width >= (ROOM[key] ?? 0))

const OF_STRETCHES = new Set(['name', 'attempts', 'delivered', 'failed', 'successRate', 'bar'])

export const ofStretches = (columns: readonly Column<StatisticsRow>[]): readonly Column<StatisticsRow>[] =>
  columns.filter(({key}) => OF_STRETCHES.has(key))

export const formatStretch = (stretchMs: number): string => formatDuration(stretchMs).replace(/^24h$/, '1d')
