import type {Output, Parsed} from '../api/operations.ts'
import {holds} from '../domain/webhook.ts'
import type {Deps, Resolved} from './deps.ts'
import {findWebhook} from './find-webhook.ts'

/**
 * Has what a webhook has collected sent now and not when its time is there. Batches keep their order and wait as ever for
 * an earlier one that is not over, or for a webhook that is held. Safe to repeat; nothing happens where nothing waits.
 *
 * @throws not_found `webhook_not_found`
 */
export async function flushWebhook(
  deps: Deps,
  {organization, webhook: idOrName}: Resolved<Parsed<'webhook.flush'>>,
): Promise<Output<'webhook.flush'>> {
  const webhook = await findWebhook(deps, organization, idOrName)
  const {deliveryIds, events} = await deps.store.deliveries.flush(webhook.id, deps.now())
  return {webhookId: webhook.id, webhook: webhook.name, deliveries: [...deliveryIds], events, held: holds(webhook)}
}
