import type {StreamItem, StreamQuestion} from '../api/stream.ts'
import type {DeliveryFilter} from '../domain/filters.ts'
import type {FeedItem} from '../store/store.ts'
import {activityView} from './activity.ts'
import type {Deps} from './deps.ts'
import {namesOf} from './names.ts'
import {attemptView, deliveryView, historyView} from './views.ts'

/** Writes of other processes are noticed by asking again this often; those of this process at once. */
const POLL_MS = 500
const PAGE = 200

export interface FollowQuestion extends Pick<StreamQuestion, 'cursor' | 'kinds'> {
  readonly organization: {readonly id: number; readonly slug: string}
  /** False: ends when everything recorded so far was given. */
  readonly follow: boolean
  /** Ms since the epoch, for a question without cursor: where to begin; null is now. */
  readonly since: number | null
  /** Null: everything. */
  readonly filter: DeliveryFilter | null
}

/**
 * What happens in an organization from a durable cursor, a time or now on, oldest first, without gaps. Ends when
 * `signal` aborts, or, not following, when nothing is left. Each item's cursor leads to the next one: a caller that kept it goes on where it was.
 *
 * @throws usage `bad_cursor`
 */
export async function* follow(
  deps: Pick<Deps, 'store'>,
  question: FollowQuestion,
  signal: AbortSignal,
): AsyncGenerator<StreamItem> {
  const {organization, kinds, filter} = question
  const writes = watchWrites(deps, signal)
  try {
    let at = await beginning(deps, question)
    while (!signal.aborted) {
      // Asked for before reading: a write that lands while a page is read must not be slept through.
      const written = writes.next()
      const page = await deps.store.feed({organizationId: organization.id, cursor: at, limit: PAGE, kinds})
      const wanted = filter === null ? page.items : await chosen(deps, organization.id, filter, page.items)
      yield* await views(deps, organization.slug, wanted)
      if (page.items.length < PAGE && page.cursor === at) {
        if (!question.follow) return
        await written
      }
      at = page.cursor
    }
  } finally {
    writes.stop()
  }
}

/** Items that the filter takes; status and class of error are asked of the attempt, not of its delivery's last one. */
export async function chosen<Item extends FeedItem>(
  {store}: Pick<Deps, 'store'>,
  organizationId: number,
  {statuses, errorClasses, ...rest}: DeliveryFilter,
  items: readonly Item[],
): Promise<readonly Item[]> {
  const ids = items.flatMap(item => (item.kind === 'history' ? [] : [item.delivery.id]))
  const matching = new Set(ids.length === 0 ? [] : await store.deliveries.matching(organizationId, rest, ids))
  return items.filter(item => {
    if (item.kind === 'history') return true
    const {status: got = null, errorClass: failedBy = null} = item.kind === 'attempt' ? item.attempt : {}
    return (
      matching.has(item.delivery.id) &&
      (statuses === undefined || statuses.some(([from, to]) => got !== null && got >= from && got <= to)) &&
      (errorClasses === undefined || errorClasses.some(each => each === failedBy))
    )
  })
}

/** The cursor that a question begins after. */
export const beginning = async (
  {store}: Pick<Deps, 'store'>,
  {organization, cursor, kinds, since}: FollowQuestion,
): Promise<string> =>
  cursor ?? (since === null ? store.feedEnd() : store.feedAt({organizationId: organization.id, kinds, instant: since}))

interface Writes {
  /** Resolves after the next write of this process, after POLL_MS, or when the signal aborts. */
  next(): Promise<void>
  stop(): void
}

function watchWrites({store}: Pick<Deps, 'store'>, signal: AbortSignal): Writes {
  let wake = () => {}
  const onWake = () => wake()
  const unsubscribe = store.onWrite(onWake)
  signal.addEventListener('abort', onWake)
  let timer: NodeJS.Timeout | undefined
  return {
    next() {
      clearTimeout(timer)
      const {promise, resolve} = Promise.withResolvers<void>()
      wake = resolve
      timer = setTimeout(resolve, POLL_MS)
      return promise
    },
    stop() {
      clearTimeout(timer)
      unsubscribe()
      signal.removeEventListener('abort', onWake)
    },
  }
}

async function views(
  deps: Pick<Deps, 'store'>,
  organization: string,
  items: readonly FeedItem[],
): Promise<StreamItem[]> {
  const names = await namesOf(
    deps,
    items.flatMap(item => (item.kind === 'history' ? [] : [item.delivery])),
  )
  return items.map(item => {
    const {kind, cursor} = item
    if (kind === 'history') {
      return {kind, cursor, entry: historyView(item.entry, organization), activity: activityView(item.entry)}
    }
    const delivery = deliveryView(item.delivery, organization, names(item.delivery))
    return kind === 'skipped' ? {kind, cursor, delivery} : {kind, cursor, attempt: attemptView(item.attempt), delivery}
  })
}
