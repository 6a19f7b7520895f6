import {type DeliveryFilterInput, readHost, readObject} from '../domain/filter-grammar.ts'
import type {DeliveryFilter} from '../domain/filters.ts'
import type {Organization} from '../domain/organization.ts'
import {type Comparison, readComparison} from '../domain/where.ts'
import {notFoundError} from '../errors.ts'
import type {Deps} from './deps.ts'
import {enforced, statusRanges, typePatterns} from './filters.ts'
import {findContext} from './find-context.ts'
import {findWebhook} from './find-webhook.ts'
import {toMs} from './instants.ts'

/**
 * A choice of deliveries as the store takes it.
 *
 * @throws not_found `webhook_not_found`, `context_not_found`, `event_not_found`, `replay_not_found` for what neither is nor was one; usage for a value
 * that the grammar does not know
 */
export async function deliveryFilterOf(
  deps: Pick<Deps, 'store'>,
  organization: Organization,
  input: DeliveryFilterInput,
): Promise<DeliveryFilter> {
  const {state, undelivered, webhook, event, type, status, errorClass, trigger, replay, context, object, host, where} =
    input
  return {
    states: state,
    undelivered: undelivered ? true : undefined,
    eventTypes: await typePatterns(type),
    statuses: statusRanges(status),
    object: object === undefined ? undefined : enforced('object', readObject(object)),
    host: host === undefined ? undefined : enforced('host', readHost(host)),
    where: where?.map((text, index) => enforced<Comparison>(`where/${index}`, readComparison(text))),
    webhookId: webhook === undefined ? undefined : await webhookIdOf(deps, organization, webhook),
    eventId: event === undefined ? undefined : await eventIdOf(deps, organization, event),
    errorClasses: errorClass,
    triggers: trigger,
    replayId: replay === undefined ? undefined : await replayIdOf(deps, organization, replay),
    contextId: context === undefined ? undefined : await contextIdOf(deps, organization, context),
    since: toMs(input.since),
    until: toMs(input.until),
  }
}

/** The deliveries of a deleted webhook stay readable, by its id. */
async function webhookIdOf(deps: Pick<Deps, 'store'>, organization: Organization, idOrName: string): Promise<string> {
  if (/^wh_[0-9a-f]{32}$/.test(idOrName)) {
    const {items} = await deps.store.deliveries.list(organization.id, {webhookId: idOrName}, {limit: 1})
    if (items.length > 0) return idOrName
  }
  return (await findWebhook(deps, organization, idOrName)).id
}

async function eventIdOf(
  {store}: Pick<Deps, 'store'>,
  {id: organizationId}: Organization,
  id: string,
): Promise<string> {
  if ((await store.events.find(organizationId, id)) !== null) return id
  throw notFoundError('event_not_found', `no event "${id}"`, {path: 'event', hint: 'hookctl event list'})
}

async function replayIdOf(
  {store}: Pick<Deps, 'store'>,
  {id: organizationId}: Organization,
  id: string,
): Promise<string> {
  if ((await store.replays.find(organizationId, id)) !== null) return id
  throw notFoundError('replay_not_found', `no replay "${id}"`, {path: 'replay', hint: 'hookctl replay list'})
}

/** What belongs to a context that was deleted stays readable too. */
async function contextIdOf(deps: Pick<Deps, 'store'>, organization: Organization, id: string): Promise<string> {
  const {items} = await deps.store.deliveries.list(organization.id, {contextId: id}, {limit: 1})
  return items.length > 0 ? id : (await findContext(deps, organization, id)).id
}
