import {
  fitting,
  formatLatency,
  formatShare,
  formatStretch,
  ofStretches,
  rowsBy,
  type Statistics,
  statisticsColumns,
} from './columns/statistics.ts'
import {type Layout, listText} from './output/print.ts'
import {bar, type Ink, sparkline} from './plots.ts'
import {foldWords, textWidth} from './screen/width.ts'
import {formatInstant} from './time.ts'

const SUCCESS_CELLS = 24
const ANSWER_CELLS = 24
/** With fewer cells a bar tells nothing. */
const FEWEST_CELLS = 4
/** Of what titles are padded to. */
const TITLE_WIDTH = 9
/** Ranges of the histogram at most: more are joined, two and two. */
const MOST_RANGES = 12

type Range = Statistics['histogram'][number]

/** All of it for reading: what there was in all, the table by something, the answers by how long they took. */
export async function statisticsText(statistics: Statistics, by: string, layout: Layout, ink: Ink): Promise<string> {
  const columns = statisticsColumns(by, ink)
  const shown = by === 'time' ? ofStretches(columns) : fitting(columns, layout.width)
  const table = await listText({items: rowsBy(by, statistics), next: null}, shown, layout)
  const histogram = histogramText(statistics.histogram, ink, layout.width)
  const parts = [
    totalText(statistics, ink, layout),
    table,
    histogram && `${layout.paint('bold', 'ANSWERS WITHIN')}\n${histogram}`,
  ]
  return parts.filter(part => part !== '').join('\n')
}

/** What there was in all: a line for each thing that can be said of it, several in a narrow terminal. Everything in it is ours. */
function totalText(
  {total, since, until, stretchMs, latencyError}: Statistics,
  ink: Ink,
  {paint, width}: Pick<Layout, 'paint' | 'width'>,
): string {
  const {attempts, delivered, failed, givenUp, successRate, latencyMs, series} = total
  const most = Math.max(0, ...series.map(each => each.attempts))
  const lines: (readonly [string, string])[] = [
    ['attempts', `${attempts}: ${delivered} delivered, ${failed} failed, ${givenUp} deliveries given up`],
    ['from', `${formatInstant(Date.parse(since))} to ${formatInstant(Date.parse(until))}`],
  ]
  if (successRate !== null) {
    const style = successRate === 1 ? 'green' : successRate < 0.9 ? 'red' : 'yellow'
    lines.push(['success', `${paint(style, bar(successRate, SUCCESS_CELLS, ink))} ${formatShare(successRate)}`])
    const spark = sparkline(
      series.map(each => each.attempts),
      ink,
    )
    lines.push(['over time', `${spark}| every ${formatStretch(stretchMs)}, ${most} at most`])
  }
  if (latencyMs !== null) {
    const told = (['p50', 'p95', 'p99'] as const).map(each => `${each} ${formatLatency(latencyMs[each])}`)
    lines.push(['latency', `${told.join(', ')} (within ${Math.ceil(latencyError * 100)}%)`])
  }
  const room = (width ?? Number.POSITIVE_INFINITY) - TITLE_WIDTH - 2
  return lines
    .flatMap(([title, text]) => foldWords(text, room).map((part, at) => [at === 0 ? title : '', part] as const))
    .map(([title, text]) => `${paint('dim', title.padEnd(TITLE_WIDTH))}  ${text}\n`)
    .join('')
}

/** How many answers took how long: a bar for each range, as long as its share of the longest. */
function histogramText(histogram: readonly Range[], ink: Ink, room = Number.POSITIVE_INFINITY): string {
  const ranges = joined(doublings(histogram))
  const most = Math.max(0, ...ranges.map(({answers}) => answers))
  const labels = ranges.map(({fromMs, toMs}) => `${formatLatency(fromMs)} - ${formatLatency(toMs)}`)
  const width = Math.max(0, ...labels.map(textWidth))
  const left = room - width - '  '.length - ` ${most}`.length
  const cells = Math.min(ANSWER_CELLS, Math.max(FEWEST_CELLS, left))
  return ranges
    .map(({answers}, at) => `${labels[at]?.padStart(width)}  ${bar(answers / most, cells, ink)} ${answers}\n`)
    .join('')
}

/** Bins are four to a doubling; for the eye a doubling is one. Those in between are there, also empty. */
function doublings(histogram: readonly Range[]): readonly Range[] {
  const first = histogram[0]
  const last = histogram.at(-1)
  if (first === undefined || last === undefined) return []
  const found: Range[] = []
  for (let fromMs = first.fromMs < 1 ? 0 : 2 ** Math.floor(Math.log2(first.fromMs)); fromMs < last.toMs; ) {
    const toMs = fromMs === 0 ? 1 : fromMs * 2
    const answers = histogram.filter(range => range.fromMs >= fromMs && range.fromMs < toMs)
    found.push({fromMs, toMs, answers: answers.reduce((sum, range) => sum + range.answers, 0)})
    fromMs = toMs
  }
  return found
}

function joined(ranges: readonly Range[]): readonly Range[] {
  if (ranges.length <= MOST_RANGES) return ranges
  const pairs = Array.from({length: Math.ceil(ranges.length / 2)}, (_, at) => ranges.slice(at * 2, at * 2 + 2))
  return joined(
    pairs.map(pair => ({
      fromMs: pair[0]?.fromMs ?? 0,
      toMs: pair.at(-1)?.toMs ?? 0,
      answers: pair.reduce((sum, {answers}) => sum + answers, 0),
    })),
  )
}
