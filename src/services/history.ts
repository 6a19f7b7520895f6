import type {Output, Parsed} from '../api/operations.ts'
import {notFoundError, usageError} from '../errors.ts'
import {activityView, feedOfTen} from './activity.ts'
import {asksForDeliveries, deliveryChange, deliveryHistory} from './delivery-history.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {toMs} from './instants.ts'
import {historyView} from './views.ts'

type In<Name extends 'activity.list' | 'history.list' | 'history.show'> = Resolved<Parsed<Name>>

const MOST_IN_FEED = 10

/**
 * The newest changes. Without `all` Catalyst's feed: nodes and security groups, created and changed, at most ten
 * overall, one page. With `all` every change of everything, page by page.
 */
export async function listActivity(
  {store}: Deps,
  {organization, all, limit, cursor}: In<'activity.list'>,
): Promise<Output<'activity.list'>> {
  if (all) {
    const {items, next} = await store.history.list(organization.id, {}, {limit: limit ?? 50, cursor})
    return {items: items.map(activityView), next}
  }
  if (cursor !== undefined) {
    throw usageError('invalid_input', 'the feed of ten has one page only: a cursor goes with all', {path: 'cursor'})
  }
  const page = {limit: Math.min(limit ?? MOST_IN_FEED, MOST_IN_FEED)}
  const {items} = await store.history.list(organization.id, feedOfTen, page)
  return {items: items.map(activityView), next: null}
}

/**
 * Every change of every tracked object, newest first. Of deliveries the list without a type has what people did; asked
 * for them it has every attempt.
 */
export async function listHistory(
  deps: Deps,
  {organization, objectType, objectId, change, actor, since, until, limit, cursor}: In<'history.list'>,
): Promise<Output<'history.list'>> {
  const filter = {objectTypes: objectType, objectId, changes: change, actor, since: toMs(since), until: toMs(until)}
  const page = {limit, cursor}
  const {items, next} = asksForDeliveries(filter)
    ? await deliveryHistory(deps, organization.id, filter, page)
    : await deps.store.history.list(organization.id, filter, page)
  return {items: items.map(entry => historyView(entry, organization.slug)), next}
}

/** One change with before and after. @throws not_found `history_not_found` */
export async function showHistoryEntry(
  deps: Deps,
  {organization, entry: id}: In<'history.show'>,
  _caller: Asking,
): Promise<Output<'history.show'>> {
  const entry =
    (await deps.store.history.find(organization.id, id)) ?? (await deliveryChange(deps, organization.id, id))
  if (entry !== null) return historyView(entry, organization.slug)
  throw notFoundError('history_not_found', `no history entry "${id}"`, {hint: 'hookctl history list'})
}
