import type {WebhookView} from '../api/webhooks.ts'
import type {Organization} from '../domain/organization.ts'
import type {Webhook} from '../domain/webhook.ts'
import type {Deps} from './deps.ts'
import {webhookView} from './views.ts'

/** Webhooks as they are shown, each with how it is doing. */
export async function shownWebhooks(
  {store}: Pick<Deps, 'store'>,
  {slug}: Organization,
  webhooks: readonly Webhook[],
): Promise<WebhookView[]> {
  const health = await store.webhooks.health(webhooks.map(({id}) => id))
  return webhooks.map(webhook => webhookView(webhook, slug, health.get(webhook.id)))
}

export async function shownWebhook(
  deps: Pick<Deps, 'store'>,
  organization: Organization,
  webhook: Webhook,
): Promise<WebhookView> {
  const [shown] = await shownWebhooks(deps, organization, [webhook])
  return shown as WebhookView
}
