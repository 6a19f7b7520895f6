import {setTimeout} from 'node:timers/promises'
import type {Client} from '../client/client.ts'
import {HookctlError} from '../errors.ts'
import {reasonSection, type Status, statusColumns} from './columns/status.ts'
import {show} from './escape.ts'
import type {Column} from './output/column.ts'
import {type Layout, oneText, type Section} from './output/print.ts'
import {enterScreen} from './screen/screen.ts'
import {fitLine} from './screen/width.ts'
import {formatClock, timesAt} from './shown-time.ts'
import type {Surroundings} from './surroundings.ts'

interface WatchFlags {
  readonly every?: number | undefined
  readonly count?: number | undefined
}

/**
 * The status now and then every so often, until the count is reached or the signal aborts. A server that is away for a
 * while is said and asked again: what is watched is most interesting then.
 */
export async function* watchStatus(
  client: Client,
  organization: string,
  {every = 2000, count = Number.POSITIVE_INFINITY}: WatchFlags,
  signal: AbortSignal,
  away: (text: string) => void,
): AsyncIterable<Status> {
  for (let told = 0; told < count && !signal.aborted; ) {
    const status = await askStatus(client, organization, told > 0 ? away : undefined)
    if (status !== null) {
      yield status
      told++
    }
    if (told < count) await setTimeout(every, undefined, {signal}).catch(() => undefined)
  }
}

/** The same, each told to somebody on its way. */
export async function* eachTold<T>(items: AsyncIterable<T>, tell: (item: T) => void): AsyncIterable<T> {
  for await (const item of items) {
    tell(item)
    yield item
  }
}

/** Null where nobody answered and `away` was told so. The first time it is a failure like every other. */
async function askStatus(
  client: Client,
  organization: string,
  away: ((text: string) => void) | undefined,
): Promise<Status | null> {
  try {
    return await client.call('status.show', {organization})
  } catch (error) {
    if (away === undefined || !(error instanceof HookctlError) || error.kind !== 'unreachable') throw error
    away(error.message)
    return null
  }
}

/** Where a status comes from. Of a database it is not known where servers on it are. */
export function answeredBy({kind, location}: Client['target'], {store}: Pick<Status, 'store'>): string {
  if (kind === 'http') return `answered by the server at ${location}`
  if (store.backend !== 'postgres') return `no server runs; answered from ${location}`
  return `answered from ${location}, whether servers run on it or not; --server URL asks one`
}

/** How a status is shown: for people what is wrong stands below with what to do about it, for programs as codes. */
export function statusParts(
  status: Status,
  {format}: Pick<Layout, 'format'>,
): [readonly Column<Status>[], readonly Section[]] {
  if (format !== 'table' && format !== 'wide') return [statusColumns, []]
  return [statusColumns.filter(({key}) => key !== 'reasons'), status.healthy ? [] : [reasonSection(status)]]
}

/** Each status on the whole terminal, in place of the one before. */
export async function drawStatus(
  statuses: AsyncIterable<Status>,
  layout: Layout,
  surroundings: Surroundings,
): Promise<void> {
  const screen = enterScreen(surroundings)
  let lines: readonly string[] = []
  const draw = () => screen.draw(lines.map(line => fitLine(line, screen.size.columns)))
  screen.onChange(draw)
  try {
    for await (const status of statuses) {
      const now = Date.parse(status.at)
      const [columns, sections] = statusParts(status, layout)
      const times = timesAt(now, layout.times)
      const text = await oneText(status, columns, {...layout, times}, sections)
      lines = [
        `${layout.paint('bold', 'hookctl status')}  ${show(formatClock(now, now, times.zone))}  Ctrl-C ends`,
        '',
        ...text.split('\n'),
      ]
      draw()
    }
  } finally {
    screen.leave()
  }
}
