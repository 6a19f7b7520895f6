import type {Output, Parsed} from '../api/operations.ts'
import {type Delivery, isFinished} from '../domain/delivery.ts'
import type {Organization} from '../domain/organization.ts'
import {contentGoneError} from '../domain/retention.ts'
import {argumentWord} from '../domain/shell-word.ts'
import {checkUrl} from '../domain/url.ts'
import type {Webhook} from '../domain/webhook.ts'
import {conflictError, notFoundError, usageError} from '../errors.ts'
import type {Body, NewDelivery} from '../store/store.ts'
import {deliveryRecords} from './deliveries.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {renderEvents, targetOf, withSettings} from './fan-out.ts'
import {refuseTarget} from './targets.ts'
import {deliveryView} from './views.ts'

type Replayed = NewDelivery & {readonly bodyOf: string | null}

interface Ready {
  readonly original: Delivery
  readonly webhook: Webhook
}

/**
 * Sends deliveries again: the frozen body, the event's id, today's URL, headers and secrets, a new record linked to the
 * original. What was skipped and so never rendered is rendered now. All of them or none.
 *
 * @throws not_found `delivery_not_found` naming every unknown id; conflict `delivery_not_over`, `webhook_deleted`,
 * `webhook_inactive`, `webhook_unconfigured`, `event_gone`, `content_gone`; usage for a bad `toUrl`, `target_denied` for one this instance would not deliver to
 */
export async function replayDeliveries(
  deps: Deps,
  {organization, deliveries: ids, toUrl, now}: Resolved<Parsed<'delivery.replay'>>,
  caller: Asking,
): Promise<Output<'delivery.replay'>> {
  const url = toUrl === undefined ? null : canonicalUrl(toUrl)
  if (url !== null) await refuseTarget(deps, url, 'toUrl')
  const ready = await replayable(deps, organization, ids, {now, toUrl: url})
  const bodies = new Map<string, Body>()
  const replays = await Promise.all(ready.map(each => replayOf(deps, each, url, bodies)))
  await deps.store.deliveries.add(replays, [...bodies.values()])
  const added = replays.map(({delivery}) => delivery)
  const changes = added.map(delivery => ({change: 'created', delivery}) as const)
  await deps.store.history.add(await deliveryRecords(deps, caller, organization, changes))
  return {
    deliveries: added.map((delivery, index) => deliveryView(delivery, organization.slug, ready[index]!.webhook.name)),
  }
}

/**
 * Deliveries named by id with their webhooks, all of which can be sent again.
 *
 * @throws as `replayDeliveries`
 */
export async function replayable(
  deps: Pick<Deps, 'store'>,
  organization: Organization,
  ids: readonly string[],
  {now, toUrl}: {readonly now: boolean; readonly toUrl: string | null},
): Promise<readonly Ready[]> {
  const originals = await findAll(deps, organization, [...new Set(ids)])
  if (!now) for (const original of originals) refuseUnfinished(original)
  for (const {id, contentGone} of originals) {
    if (contentGone !== undefined) throw contentGoneError(`delivery ${id}`, contentGone)
  }
  const found = await deps.store.webhooks.byIds([...new Set(originals.map(({webhookId}) => webhookId))])
  const webhooks = new Map(found.map(webhook => [webhook.id, webhook]))
  return originals.map(original => ({original, webhook: receiverOf(original, webhooks, toUrl)}))
}

/** @throws usage for what is no URL */
export function canonicalUrl(text: string): string {
  const verdict = checkUrl(text)
  if (verdict.ok) return verdict.canonical
  throw usageError(verdict.code, verdict.message, {path: 'toUrl', hint: verdict.hint})
}

async function findAll(
  {store}: Pick<Deps, 'store'>,
  organization: Organization,
  ids: readonly string[],
): Promise<Delivery[]> {
  const found = await Promise.all(ids.map(id => store.deliveries.find(organization.id, id)))
  const unknown = ids.filter((_, index) => found[index] === null)
  if (unknown.length === 0) return found as Delivery[]
  const named = unknown.slice(0, 5).map(id => `"${id}"`)
  const more = unknown.length > named.length ? ` and ${unknown.length - named.length} more` : ''
  throw notFoundError('delivery_not_found', `no delivery ${named.join(', ')}${more}`, {
    path: `deliveries/${ids.indexOf(unknown[0] as string)}`,
    hint: 'hookctl delivery list',
  })
}

const willHappen: Partial<Record<Delivery['state'], string>> = {
  held: 'is held and will be sent when its webhook is on',
  collecting: 'is an open batch and will be sent when it is closed',
}

function refuseUnfinished({id, state}: Delivery): void {
  if (isFinished(state)) return
  const what = willHappen[state] ?? 'will be tried by itself'
  throw conflictError('delivery_not_over', `delivery ${id} ${what}`, {
    hint: 'send it again all the same with --now, or stop it first: `hookctl delivery cancel`',
  })
}

function receiverOf(original: Delivery, webhooks: ReadonlyMap<string, Webhook>, toUrl: string | null): Webhook {
  const webhook = webhooks.get(original.webhookId)
  if (webhook === undefined) {
    throw conflictError('webhook_deleted', `the webhook of delivery ${original.id} was deleted`, {
      hint: 'its body is still there: `hookctl delivery show`',
    })
  }
  refuseSilent(webhook, toUrl)
  return webhook
}

/** Nothing is queued for a webhook that would not send it. @throws conflict `webhook_inactive`, `webhook_unconfigured` */
export function refuseSilent({name, active, paused, url}: Webhook, toUrl: string | null = null): void {
  if (!active || paused !== null) {
    throw conflictError('webhook_inactive', `the webhook "${name}" is ${active ? 'paused' : 'off'}`, {
      hint: `hookctl webhook enable ${argumentWord(name)}`,
    })
  }
  if (url === null && toUrl === null) {
    throw conflictError('webhook_unconfigured', `the webhook "${name}" has no URL yet`, {
      hint: `hookctl webhook edit ${argumentWord(name, '--url URL')}`,
    })
  }
}

async function replayOf(
  deps: Deps,
  {original, webhook}: Ready,
  toUrl: string | null,
  bodies: Map<string, Body>,
): Promise<Replayed> {
  const createdAt = deps.now()
  const fresh = original.bodyBytes === null ? await renderAnew(deps, original, webhook) : null
  if (fresh !== null) bodies.set(fresh.key, fresh)
  const delivery: Delivery = {
    ...original,
    id: deps.newId('dlv'),
    trigger: 'replay',
    replayOf: original.id,
    toUrl,
    state: 'pending',
    reason: null,
    dueAt: createdAt,
    attempts: 0,
    lastStatus: null,
    lastErrorClass: null,
    createdAt,
    finishedAt: null,
    bodyBytes: fresh?.bytes.length ?? original.bodyBytes,
  }
  return {delivery, bodyKey: fresh?.key ?? null, bodyOf: fresh === null ? original.id : null}
}

/**
 * The body of what was never rendered, under the original's own key.
 *
 * @throws conflict `event_gone`; HookctlError `render_failed`
 */
export async function renderAnew({store}: Pick<Deps, 'store'>, original: Delivery, webhook: Webhook): Promise<Body> {
  const events = await store.deliveries.events(original.id, original.eventCount)
  if (events.length === 0) throw conflictError('event_gone', `the event of delivery ${original.id} is no longer kept`)
  const target = targetOf(webhook)
  const settings = target.spoken.platform.settingsFor?.(webhook, original.rule) ?? webhook.settings
  return {key: original.id, bytes: renderEvents(events, withSettings(target, settings))}
}
