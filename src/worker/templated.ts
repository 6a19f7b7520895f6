import type {Delivery} from '../domain/delivery.ts'
import type {Webhook} from '../domain/webhook.ts'
import type {VersionedPlatform} from '../platforms/table.ts'
import {spokenBy} from '../services/catalog.ts'
import type {Deps} from '../services/deps.ts'
import type {WorkerLog} from './log.ts'

/**
 * The webhook with its URL and headers made from the event, where it has templates in them; itself, at once, where it has
 * none.
 *
 * Made at each attempt from the stored event, not frozen with the body: so an edit of the webhook takes effect at the
 * next attempt as every other edit does, and no credential of a header is copied into deliveries.
 *
 * @throws HookctlError `render_failed`, and what the store throws
 */
export function withTarget(
  deps: Pick<Deps, 'store'>,
  delivery: Delivery,
  webhook: Webhook,
  log: WorkerLog,
): Webhook | Promise<Webhook> {
  const {platform, version} = spokenBy(webhook)
  if (platform.hasTarget?.(webhook) !== true) return webhook
  return fromTemplates(deps, delivery, webhook, {log, platform, version})
}

interface Templated extends VersionedPlatform {
  readonly log: WorkerLog
}

async function fromTemplates(
  {store}: Pick<Deps, 'store'>,
  delivery: Delivery,
  webhook: Webhook,
  {log, platform, version}: Templated,
): Promise<Webhook> {
  const event = await store.events.find(delivery.organizationId, delivery.eventId)
  if (event === null) throw new Error('its event is no longer kept, and the webhook has templates')
  const target =
    platform.target?.(event, webhook, {
      version,
      organizationId: webhook.organizationId,
      zone: webhook.policies.zone,
      settings: platform.settingsFor?.(webhook, delivery.rule) ?? webhook.settings,
    }) ?? null
  if (target === null) return webhook
  for (const warning of target.warnings) log.warn({webhook: webhook.id, delivery: delivery.id}, warning)
  return {...webhook, url: target.url, headers: target.headers}
}
