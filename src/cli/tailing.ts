import type {ActivityView} from '../api/history.ts'
import type {StreamItem} from '../api/stream.ts'
import type {Client, WatchConnection} from '../client/client.ts'
import {checkPattern, wants} from '../domain/subscription.ts'
import {usageError} from '../errors.ts'
import type {TailRow} from './columns/delivery.ts'

interface TailFlags {
  readonly webhook?: string | undefined
  readonly event?: readonly string[] | undefined
  readonly failed?: boolean | undefined
  readonly since?: string | undefined
  readonly cursor?: string | undefined
  readonly count?: number | undefined
  readonly 'no-follow'?: boolean | undefined
}

/** Says on stderr why a tail is silent. */
export const sayConnection =
  (notice: (text: string) => void): WatchConnection =>
  state =>
    notice(state === 'lost' ? 'the server is gone; waiting for it' : 'connected again')

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
  checkPatterns(flags.event)
  const webhook =
    flags.webhook === undefined ? undefined : await client.call('webhook.show', {organization, webhook: flags.webhook})
  const rows = follow(client, organization, ['attempt', 'skipped'], flags, signal, watch)
  yield* take(
    flags.count,
    filtered(rows, row => {
      if (webhook !== undefined && row.delivery.webhookId !== webhook.id) return false
      if (flags.event !== undefined && !wants({eventTypes: flags.event}, row.delivery.eventType)) return false
      return !(flags.failed && row.kind === 'attempt' && row.attempt.success)
    }),
  )
}

type DeliveryItem = Exclude<StreamItem, {kind: 'history'}>

async function* filtered(
  items: AsyncIterable<StreamItem>,
  wanted: (item: DeliveryItem) => boolean,
): AsyncIterable<TailRow> {
  for await (const item of items) if (item.kind !== 'history' && wanted(item)) yield toRow(item)
}

function checkPatterns(patterns: readonly string[] = []): void {
  for (const pattern of patterns) {
    const problem = checkPattern(pattern)
    if (problem !== null) throw usageError(problem.code, problem.message, problem.hint ? {hint: problem.hint} : {})
  }
}

/** The feed from `--cursor`, `--since` or now on; without following from the beginning where neither is given. */
async function* follow(
  client: Client,
  organization: string,
  kinds: readonly StreamItem['kind'][],
  flags: TailFlags,
  signal: AbortSignal,
  watch?: WatchConnection,
): AsyncIterable<StreamItem> {
  const ended = new AbortController()
  const isFollowing = !flags['no-follow']
  const since = flags.since ?? (isFollowing ? null : BEGINNING)
  const question = {organization, cursor: flags.cursor ?? null, kinds, follow: isFollowing, since}
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
  flags: TailFlags,
  signal: AbortSignal,
  watch?: WatchConnection,
): AsyncIterable<ActivityView & {readonly cursor: string}> {
  const rows = follow(client, organization, ['history'], flags, signal, watch)
  yield* take(flags.count, activities(rows))
}

async function* activities(items: AsyncIterable<StreamItem>): AsyncIterable<ActivityView & {readonly cursor: string}> {
  for await (const item of items) if (item.kind === 'history') yield {...item.activity, cursor: item.cursor}
}
