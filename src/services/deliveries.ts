import type {Output, Parsed} from '../api/operations.ts'
import {type Delivery, isFinished} from '../domain/delivery.ts'
import type {Organization} from '../domain/organization.ts'
import {conflictError} from '../errors.ts'
import type {Telling} from '../store/store.ts'
import {findDelivery} from './delivery-lists.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {namesOf} from './names.ts'
import {recordOf} from './record.ts'
import {isListener, type OwnChange, tell} from './tell.ts'
import {deliveryView} from './views.ts'

/** Stops a delivery that is not over. @throws conflict `delivery_over`, `delivery_on_its_way` */
export async function cancelDelivery(
  deps: Deps,
  {organization, delivery: id}: Resolved<Parsed<'delivery.cancel'>>,
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
