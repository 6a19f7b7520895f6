import type {ActivityView} from '../api/history.ts'
import type {StreamItem, StreamQuestion} from '../api/stream.ts'
import type {Client, WatchConnection} from '../client/client.ts'
import type {TailRow} from './columns/delivery.ts'
import {type DeliveryFilterFlags, deliveryFilterFrom} from './delivery-flags.ts'
import type {Surroundings} from './surroundings.ts'

interface FollowFlags {
  readonly failed?: boolean | undefined
  readonly since?: string | undefined
  readonly cursor?: string | undefined
  readonly count?: number | undefined
  readonly 'no-follow'?: boolean | undefined
}

type TailFlags = FollowFlags & Omit<DeliveryFilterFlags, 'until'>

interface ScreenFlags {
  readonly 'no-screen'?: boolean | undefined
  readonly 'no-follow'?: boolean | undefined
  readonly 'no-input'?: boolean | undefined
  readonly count?: number | undefined
  readonly fields?: readonly string[] | undefined
  readonly output?: string | undefined
  readonly json?: boolean | undefined
}

/** Whether a tail takes the whole terminal: somebody looks on and can press keys, and asked for nothing that is lines. */
export function wantsScreen(flags: ScreenFlags, {stdin, stdout, env}: Surroundings): boolean {
  const asksForLines = flags['no-screen'] || flags['no-follow'] || flags['no-input'] || flags.json
  const shapesLines = flags.count !== undefined || flags.fields !== undefined || flags.output !== undefined
  const canDraw = stdin.isTTY === true && stdout.isTTY === true && stdin.setRawMode !== undefined && env.TERM !== 'dumb'
  return canDraw && !asksForLines && !shapesLines
}

/** Says on stderr why a command that waits is silent. */
export const sayConnection =
  ({target}: Pick<Client, 'target'>, notice: (text: string) => void): WatchConnection =>
  state => {
    const what = target.kind === 'http' ? 'the server' : 'the database'
    notice(state === 'lost' ? `${what} is gone; waiting for it` : 'connected again')
  }

/** Before everything that was ever recorded: where `--no-follow` alone begins. */
const BEGINNING = '1970-01-01T00:00:00Z'

/** Attempts and skipped deliveries as rows, filtered, until the count is reached or the signal aborts. */
export async function* tailDeliveries(
  client: Client,
  organization: string,
  flags: TailFlags,
  signal: AbortSignal,
  watch?: WatchConnection,
): AsyncIterable<TailRow> {
  const {since: _, until: __, ...filter} = deliveryFilterFrom(flags)
  const items = follow(client, {organization, kinds: ['attempt', 'skipped'], filter}, flags, signal, watch)
  yield* take(flags.count, rows(items, flags.failed === true))
}

type DeliveryItem = Exclude<StreamItem, {kind: 'history'}>

async function* rows(items: AsyncIterable<StreamItem>, onlyFailed: boolean): AsyncIterable<TailRow> {
  for await (const item of items) {
    if (item.kind === 'history' || (onlyFailed && item.kind === 'attempt' && item.attempt.success)) continue
    yield toRow(item)
  }
}

/** The feed from `--cursor`, `--since` or now on; without following from the beginning where neither is given. */
async function* follow(
  client: Client,
  asked: Pick<StreamQuestion, 'organization' | 'kinds' | 'filter'>,
  flags: FollowFlags,
  signal: AbortSignal,
  watch?: WatchConnection,
): AsyncIterable<StreamItem> {
  const ended = new AbortController()
  const isFollowing = !flags['no-follow']
  const since = flags.since ?? (isFollowing ? null : BEGINNING)
  const question = {...asked, cursor: flags.cursor ?? null, follow: isFollowing, since}
  try {
    yield* client.stream(question, AbortSignal.any([signal, ended.signal]), watch)
  } finally {
    ended.abort()
  }
}

async function* take<T>(count: number | undefined, items: AsyncIterable<T>): AsyncIterable<T> {
  let left = count ?? Number.POSITIVE_INFINITY
  for await (const item of items) {
    yield item
    if (--left <= 0) return
  }
}

function toRow(item: DeliveryItem): TailRow {
  const {delivery, cursor} = item
  const attempt = item.kind === 'attempt' ? item.attempt : null
  return {
    at: attempt?.startedAt ?? delivery.finishedAt ?? delivery.createdAt,
    outcome: attempt === null ? 'skipped' : attempt.success ? 'delivered' : 'failed',
    status: attempt?.status ?? null,
    durationMs: attempt?.durationMs ?? null,
    webhook: delivery.webhook,
    eventType: delivery.eventType,
    attempt: attempt?.number ?? null,
    attempts: delivery.attemptCount,
    error: attempt === null ? delivery.reason : attempt.error,
    hint: attempt === null ? delivery.hint : attempt.hint,
    deliveryId: delivery.id,
    eventId: delivery.eventId,
    state: delivery.state,
    nextAt: delivery.dueAt,
    cursor,
  }
}

/** New activity, oldest first: sentences as they are made. */
export async function* tailActivity(
  client: Client,
  organization: string,
  flags: FollowFlags,
  signal: AbortSignal,
  watch?: WatchConnection,
): AsyncIterable<ActivityView & {readonly cursor: string}> {
  const items = follow(client, {organization, kinds: ['history']}, flags, signal, watch)
  yield* take(flags.count, activities(items))
}

async function* activities(items: AsyncIterable<StreamItem>): AsyncIterable<ActivityView & {readonly cursor: string}> {
  for await (const item of items) if (item.kind === 'history') yield {...item.activity, cursor: item.cursor}
}
