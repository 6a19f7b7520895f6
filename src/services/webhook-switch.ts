import type {Output, Parsed} from '../api/operations.ts'
import type {Webhook} from '../domain/webhook.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {findWebhook} from './find-webhook.ts'
import {shownWebhook} from './shown-webhook.ts'
import {webhookRecord} from './webhook-record.ts'

/**
 * Switches a webhook on and lifts its pause; what it held is due now, oldest first, as long as nobody switches it off
 * again. Safe to repeat: asked again it resumes what an interrupted call left held, and writes no second history row.
 */
export async function enableWebhook(
  deps: Deps,
  {organization, webhook: idOrName}: Resolved<Parsed<'webhook.enable'>>,
  caller: Asking,
): Promise<Output<'webhook.enable'>> {
  const before = await findWebhook(deps, organization, idOrName)
  const after = await switchTo(deps, caller, before, {active: true, paused: null})
  const resumed = await untilNone(() => deps.store.deliveries.resume(after.id, deps.now()))
  return {webhook: await shownWebhook(deps, organization, after), resumed}
}

/**
 * Switches a webhook off. What that means for its deliveries is its off-switch policy:
 * - `hold` (Pro Custodibus), and where it is paused: what is pending is held, and sent when the webhook is on again.
 * - `delivery` (Catalyst): what is pending stays; the worker skips what falls due while the webhook is off.
 * - `accept` (NetBox): what was accepted while it was on is still sent; only events accepted from now on are skipped.
 */
export async function disableWebhook(
  deps: Deps,
  {organization, webhook: idOrName}: Resolved<Parsed<'webhook.disable'>>,
  caller: Asking,
): Promise<Output<'webhook.disable'>> {
  const before = await findWebhook(deps, organization, idOrName)
  const after = await switchTo(deps, caller, before, {active: false})
  const held = await untilNone(() => deps.store.deliveries.hold(after.id))
  return {webhook: await shownWebhook(deps, organization, after), held}
}

async function switchTo(
  deps: Deps,
  caller: Asking,
  before: Webhook,
  change: Partial<Pick<Webhook, 'active' | 'paused'>>,
): Promise<Webhook> {
  const after = {...before, ...change, updatedAt: deps.now()}
  if (after.active === before.active && after.paused === before.paused) return before
  await deps.store.webhooks.replace(after, await webhookRecord(deps, caller, {before, after}), {was: before})
  return after
}

/** The store moves a bounded number at a time, so that no write keeps others waiting. */
async function untilNone(move: () => Promise<number>): Promise<number> {
  let total = 0
  for (;;) {
    const moved = await move()
    if (moved === 0) return total
    total += moved
  }
}
