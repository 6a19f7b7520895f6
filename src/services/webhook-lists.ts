import type {Output, Parsed} from '../api/operations.ts'
import type {Deps, Resolved} from './deps.ts'
import {findWebhook} from './find-webhook.ts'
import {shownWebhook, shownWebhooks} from './shown-webhook.ts'

/** What only reads webhooks: apart from what writes them, so that a list is not paid for with every platform's rules. */

type In<N extends 'list' | 'show'> = Resolved<Parsed<`webhook.${N}`>>

/** Webhooks, newest first. @throws usage `unknown_platform` */
export async function listWebhooks(
  deps: Deps,
  {organization, active, platform, text, limit, cursor}: In<'list'>,
): Promise<Output<'webhook.list'>> {
  const filter = {active, text, platform: platform === undefined ? undefined : await platformNamed(platform)}
  const {items, next} = await deps.store.webhooks.list(organization.id, filter, {limit, cursor})
  return {items: await shownWebhooks(deps, organization, items), next}
}

async function platformNamed(name: string): Promise<string> {
  const {spokenAs} = await import('./catalog.ts')
  return spokenAs(name).platform.name
}

/** One webhook, by id or name. @throws not_found `webhook_not_found` */
export async function showWebhook(deps: Deps, {organization, webhook}: In<'show'>): Promise<Output<'webhook.show'>> {
  return shownWebhook(deps, organization, await findWebhook(deps, organization, webhook))
}
