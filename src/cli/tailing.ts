import type {ActivityView} from '../api/history.ts'
import type {StreamItem} from '../api/stream.ts'
import type {Client} from '../client/client.ts'
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

/** A cursor before everything that was ever recorded. */
const beginning = ''

/** Attempts and skipped deliveries as rows, filtered, until the count is reached or the signal aborts. */
export async function* tailDeliveries(
  client: Client,
  organization: string,
  flags: TailFlags,
  signal: AbortSignal,
): AsyncIterable<TailRow> {
  const webhook =
    flags.webhook === undefined ? undefined : await client.call('webhook.show', {organization, webhook: flags.webhook})
  const matches = patternTest(flags.event)
  const rows = follow(client, organization, ['attempt', 'skipped'], flags, signal)
  yield* take(
    flags.count,
    filtered(rows, row => {
      if (webhook !== undefined && row.delivery.webhookId !== webhook.id) return false
      return matches(row.delivery.eventType) && !(flags.failed && row.kind === 'attempt' && row.attempt.success)
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

/** The feed from `--cursor`, `--since` or now on. */
async function* follow(
  client: Client,
  organization: string,
  kinds: readonly StreamItem['kind'][],
  flags: TailFlags,
  signal: AbortSignal,
): AsyncIterable<StreamItem> {
  const ended = new AbortController()
  const cursor = flags.cursor ?? (flags.since === undefined && !flags['no-follow'] ? null : beginning)
  const question = {organization, cursor, kinds, follow: !flags['no-follow'], since: flags.since ?? null}
  try {
    yield* client.stream(question, AbortSignal.any([signal, ended.signal]))
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

/** Whether a type is one of the patterns; a star matches any run of characters. */
function patternTest(patterns: readonly string[] | undefined): (type: string) => boolean {
  if (patterns === undefined) return () => true
  const expressions = patterns.map(pattern => new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`))
  return type => expressions.some(expression => expression.test(type))
}

function toRow(item: DeliveryItem): TailRow {
  const {delivery, cursor} = item
  const common = {
    webhook: delivery.webhook,
    eventType: delivery.eventType,
    deliveryId: delivery.id,
    eventId: delivery.eventId,
    state: delivery.state,
    cursor,
  }
  if (item.kind === 'skipped') {
    return {
      ...common,
      at: delivery.createdAt,
      outcome: 'skipped',
      status: null,
      durationMs: null,
      attempt: null,
      error: delivery.reason,
      nextAt: null,
    }
  }
  const {attempt} = item
  return {
    ...common,
    at: attempt.startedAt,
    outcome: attempt.success ? 'delivered' : 'failed',
    status: attempt.status,
    durationMs: attempt.durationMs,
    attempt: attempt.number,
    error: attempt.error,
    nextAt: delivery.dueAt,
  }
}

/** New activity, oldest first: sentences as they are made. */
export async function* tailActivity(
  client: Client,
  organization: string,
  flags: TailFlags & {readonly everything?: boolean | undefined},
  signal: AbortSignal,
): AsyncIterable<ActivityView & {readonly cursor: string}> {
  const rows = follow(client, organization, ['history'], flags, signal)
  yield* take(flags.count, activities(rows))
}

async function* activities(items: AsyncIterable<StreamItem>): AsyncIterable<ActivityView & {readonly cursor: string}> {
  for await (const item of items) if (item.kind === 'history') yield {...item.activity, cursor: item.cursor}
}
