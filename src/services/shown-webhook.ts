import type {WebhookView} from '../api/webhooks.ts'
import type {Organization} from '../domain/organization.ts'
import type {Webhook} from '../domain/webhook.ts'
import type {Deps} from './deps.ts'
import {restsUntil} from './queues.ts'
import {webhookView} from './views.ts'

type Shown = Pick<Deps, 'store' | 'breakers' | 'now'>

/** Webhooks as they are shown, each with how it is doing. */
export async function shownWebhooks(
  deps: Shown,
  {slug}: Organization,
  webhooks: readonly Webhook[],
): Promise<WebhookView[]> {
  const health = await deps.store.webhooks.health(webhooks.map(({id}) => id))
  return webhooks.map(webhook => webhookView(webhook, slug, health.get(webhook.id), restsUntil(deps, webhook.id)))
}

export async function shownWebhook(deps: Shown, organization: Organization, webhook: Webhook): Promise<WebhookView> {
  const [shown] = await shownWebhooks(deps, organization, [webhook])
  return shown as WebhookView
}
