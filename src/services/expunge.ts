import type {Output, Parsed} from '../api/operations.ts'
import {notFoundError} from '../errors.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {namesOf} from './names.ts'
import {recordOf} from './record.ts'
import {deliveryView} from './views.ts'

/**
 * Takes away what deliveries carried: the body, headers and answers of every attempt, and the data of their events where
 * no other delivery has it. The records stay, with who did it. There is no way back; all of them or none.
 *
 * @throws not_found `delivery_not_found`; conflict `delivery_not_over`
 */
export async function expungeDeliveries(
  deps: Deps,
  {organization, deliveries: ids}: Resolved<Parsed<'delivery.expunge'>>,
  caller: Asking,
): Promise<Output<'delivery.expunge'>> {
  const deliveryIds = [...new Set(ids)]
  const findAll = () => Promise.all(deliveryIds.map(id => deps.store.deliveries.find(organization.id, id)))
  const before = await findAll()
  const unknown = deliveryIds.find((_, index) => before[index] === null)
  if (unknown !== undefined) {
    throw notFoundError('delivery_not_found', `no delivery "${unknown}"`, {
      path: `deliveries/${ids.indexOf(unknown)}`,
      hint: 'hookctl delivery list',
    })
  }
  const entries = deliveryIds.map(id =>
    recordOf(deps, caller, {
      organizationId: organization.id,
      change: 'changed',
      object: {type: 'WebhookDelivery', id, name: id},
      before: {content: 'kept'},
      after: {content: 'expunged'},
    }),
  )
  const {eventIds, keptEventIds} = await deps.store.retention.expunge({deliveryIds, entries})
  const after = (await findAll()).filter(delivery => delivery !== null)
  const names = await namesOf(deps, after)
  return {
    deliveries: after.map(delivery => deliveryView(delivery, organization.slug, names(delivery))),
    events: [...eventIds],
    eventsKept: [...keptEventIds],
  }
}
