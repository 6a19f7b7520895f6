import type {Delivery} from '../domain/delivery.ts'
import type {Deps} from './deps.ts'

/** The names of the deliveries' webhooks at the time of asking; of one that is gone, its id. One question for all. */
export async function namesOf(
  {store}: Pick<Deps, 'store'>,
  deliveries: readonly Pick<Delivery, 'webhookId'>[],
): Promise<(delivery: Pick<Delivery, 'webhookId'>) => string> {
  const ids = new Set(deliveries.map(({webhookId}) => webhookId))
  const webhooks = ids.size === 0 ? [] : await store.webhooks.byIds([...ids])
  const names = new Map(webhooks.map(({id, name}) => [id, name]))
  return ({webhookId}) => names.get(webhookId) ?? webhookId
}
