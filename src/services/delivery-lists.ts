import type {Output, Parsed} from '../api/operations.ts'
import type {Delivery} from '../domain/delivery.ts'
import type {Organization} from '../domain/organization.ts'
import {notFoundError} from '../errors.ts'
import {deliveryFilterOf} from './delivery-filter.ts'
import type {Deps, Resolved} from './deps.ts'
import {toInstant} from './instants.ts'
import {namesOf} from './names.ts'
import {attemptView, bytesView, deliveryView} from './views.ts'
import {whyWaiting} from './waiting.ts'

type In<N extends 'delivery.list' | 'delivery.show'> = Resolved<Parsed<N>>

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
