import type {Output, Parsed} from '../api/operations.ts'
import {type Delivery, isFinished} from '../domain/delivery.ts'
import type {Organization} from '../domain/organization.ts'
import {conflictError, notFoundError} from '../errors.ts'
import type {Telling} from '../store/store.ts'
import {deliveryFilterOf} from './delivery-filter.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {toInstant} from './instants.ts'
import {namesOf} from './names.ts'
import {recordOf} from './record.ts'
import {isListener, type OwnChange, tell} from './tell.ts'
import {attemptView, bytesView, deliveryView} from './views.ts'
import {whyWaiting} from './waiting.ts'

type In<N extends 'delivery.list' | 'delivery.show' | 'delivery.cancel'> = Resolved<Parsed<N>>

/** Deliveries, newest first. @throws what `deliveryFilterOf` throws */
export async function listDeliveries(deps: Deps, input: In<'delivery.list'>): Promise<Output<'delivery.list'>> {
  const {organization, limit, cursor} = input
  const filter = {...(await deliveryFilterOf(deps, organization, input)), replayOf: input.replayOf}
  const {items, next} = await deps.store.deliveries.list(organization.id, filter, {limit, cursor})
  const names = await namesOf(deps, items)
  return {
    items: items.map(delivery => whyWaiting(deps, deliveryView(delivery, organization.slug, names(delivery)))),
    next,
  }
}

/** A batch may hold more: its body has them all. */
const MOST_EVENTS = 1000

/** One delivery: its events, the exact body and every attempt, oldest first. @throws not_found `delivery_not_found` */
export async function showDelivery(
  deps: Deps,
  {organization, delivery: id}: In<'delivery.show'>,
): Promise<Output<'delivery.show'>> {
  const delivery = await findDelivery(deps, organization, id)
  const [events, body, attempts, names] = await Promise.all([
    deps.store.deliveries.events(delivery.id, MOST_EVENTS),
    deps.store.deliveries.body(delivery.id),
    deps.store.deliveries.attempts(delivery.id),
    namesOf(deps, [delivery]),
  ])
  return {
    delivery: whyWaiting(deps, deliveryView(delivery, organization.slug, names(delivery))),
    events: events.map(({id, type, acceptedAt}) => ({id, type, acceptedAt: toInstant(acceptedAt)})),
    body: body === null ? null : bytesView(body),
    attempts: attempts.map(attemptView),
  }
}

/** @throws not_found `delivery_not_found` */
export async function findDelivery({store}: Deps, organization: Organization, id: string): Promise<Delivery> {
  const delivery = await store.deliveries.find(organization.id, id)
  if (delivery !== null) return delivery
  throw notFoundError('delivery_not_found', `no delivery "${id}"`, {path: 'delivery', hint: 'hookctl delivery list'})
}

/** Stops a delivery that is not over. @throws conflict `delivery_over`, `delivery_on_its_way` */
export async function cancelDelivery(
  deps: Deps,
  {organization, delivery: id}: In<'delivery.cancel'>,
  caller: Asking,
): Promise<Output<'delivery.cancel'>> {
  const before = await findDelivery(deps, organization, id)
  const finishedAt = deps.now()
  const moved = await deps.store.deliveries.move([
    {
      deliveryId: id,
      from: ['collecting', 'pending', 'held'],
      state: 'cancelled',
      reason: 'cancelled',
      dueAt: null,
      finishedAt,
    },
  ])
  const after = await findDelivery(deps, organization, id)
  if (moved === 0) throw notCancellable(after)
  const changes = [{change: 'changed', delivery: after, before}] as const
  await deps.store.history.add(await deliveryRecords(deps, caller, organization, changes))
  return deliveryView(after, organization.slug, (await namesOf(deps, [after]))(after))
}

const notCancellable = ({id, state}: Delivery) =>
  isFinished(state)
    ? conflictError('delivery_over', `delivery ${id} is ${state} already: there is nothing to cancel`)
    : conflictError('delivery_on_its_way', `delivery ${id} is ${state}: wait for its outcome, then cancel its retries`)

interface DeliveryChange {
  readonly change: 'created' | 'changed'
  readonly delivery: Delivery
  readonly before?: Delivery
}

/**
 * What a person did to deliveries, and the events that tell of it; what the product does by itself stands in the
 * delivery and its attempts. A delivery of one of hookctl's own events is the reason for no other, and no webhook is
 * told of its own deliveries: it gets them.
 */
export async function deliveryRecords(
  deps: Deps,
  caller: Asking,
  organization: Organization,
  changes: readonly DeliveryChange[],
): Promise<Telling[]> {
  const isHeard = (await deps.store.webhooks.all(organization.id)).some(isListener)
  const own = isHeard ? await ownEventIds(deps, organization, changes) : new Set<string>()
  return Promise.all(
    changes.map(async ({change, delivery: {id, organizationId, eventId, webhookId, state, replayOf}, before}) => {
      const recordable: OwnChange = {
        organizationId,
        change,
        object: {type: 'WebhookDelivery', id, name: id},
        exceptWebhooks: [webhookId],
        ...(before === undefined ? {} : {before: {state: before.state}}),
        after: {state, ...(replayOf === null ? {} : {replayOf})},
      }
      return isHeard && !own.has(eventId) ? tell(deps, caller, recordable) : recordOf(deps, caller, recordable)
    }),
  )
}

async function ownEventIds(
  {store}: Deps,
  organization: Organization,
  changes: readonly DeliveryChange[],
): Promise<ReadonlySet<string>> {
  const ids = [...new Set(changes.map(({delivery}) => delivery.eventId))]
  const events = await Promise.all(ids.map(id => store.events.find(organization.id, id)))
  return new Set(events.flatMap(event => (event?.source === 'hookctl' ? [event.id] : [])))
}
