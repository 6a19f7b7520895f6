import type {Organization} from '../domain/organization.ts'
import {suggest} from '../domain/suggest.ts'
import type {Webhook} from '../domain/webhook.ts'
import {notFoundError} from '../errors.ts'
import type {Deps} from './deps.ts'

/** A webhook by id or name. @throws not_found `webhook_not_found`, with the name that was probably meant */
export async function findWebhook(
  {store}: Pick<Deps, 'store'>,
  organization: Organization,
  idOrName: string,
): Promise<Webhook> {
  const webhook = await store.webhooks.find(organization.id, idOrName)
  if (webhook !== null) return webhook
  const names = (await store.webhooks.all(organization.id)).map(({name}) => name)
  const meant = suggest(idOrName, names)
  throw notFoundError('webhook_not_found', `no webhook "${idOrName}"`, {
    path: 'webhook',
    hint: meant === undefined ? 'hookctl webhook list' : `did you mean "${meant}"?`,
  })
}
