import type {Delivery} from '../domain/delivery.ts'
import type {Organization} from '../domain/organization.ts'
import type {Webhook} from '../domain/webhook.ts'
import type {Deps} from './deps.ts'

/** What the webhook of a delivery is called; of one that is gone, its id. */
export type NameOf = (delivery: Pick<Delivery, 'webhookId'>) => string

/** The names of the deliveries' webhooks at the time of asking. One question for all. */
export async function namesOf(
  {store}: Pick<Deps, 'store'>,
  deliveries: readonly Pick<Delivery, 'webhookId'>[],
): Promise<NameOf> {
  const ids = new Set(deliveries.map(({webhookId}) => webhookId))
  const webhooks = ids.size === 0 ? [] : await store.webhooks.byIds([...ids])
  return nameAmong(webhooks)
}

/** The same of every webhook of an organization: free where all of them have just been asked for. */
export const namesOfAll = async ({store}: Pick<Deps, 'store'>, {id}: Organization): Promise<NameOf> =>
  nameAmong(await store.webhooks.all(id))

function nameAmong(webhooks: readonly Webhook[]): NameOf {
  const names = new Map(webhooks.map(({id, name}) => [id, name]))
  return ({webhookId}) => names.get(webhookId) ?? webhookId
}
