import type {Attempt, Delivery} from '../domain/delivery.ts'
import {afterAttempt, type Health, newsOf, pausesAt, untried} from '../domain/health.ts'
import type {Pause, Webhook} from '../domain/webhook.ts'
import type {Acceptance, Pausing, Telling, WebhookHealth} from '../store/store.ts'
import type {Asking, Deps} from './deps.ts'
import {toInstantOrNull} from './instants.ts'
import {listenersIn, noticesOf, type Seen} from './notices.ts'
import {recordOf} from './record.ts'
import {tell} from './tell.ts'
import {webhookChange} from './webhook-record.ts'

/**
 * Tells what nobody was told so far of a webhook's health, and pauses it where it has failed for too long. Safe to call
 * again, and for one health by several: each thing is told once.
 *
 * @param hops deliveries that brought about the attempts it comes from
 * @returns whether it was paused: what it is owed is then to be held
 */
export async function followHealth(deps: Deps, health: WebhookHealth, hops: number): Promise<boolean> {
  const [webhook] = await deps.store.webhooks.byIds([health.webhookId])
  const news = webhook === undefined ? null : newsOf(health, webhook.policies, webhook.paused !== null)
  if (webhook === undefined || news === null) return false
  const note = {webhookId: webhook.id, was: {told: health.told, down: health.down}}
  if (news.kind === 'recovered') {
    const raised = await noticesOf(deps, about(webhook, 'webhook.recovered', {lastSuccessAt: at(health)}, hops))
    await deps.store.webhooks.tellHealth({...note, now: {told: health.told, down: false}, pause: null, raised})
    return false
  }
  const said = {...runOf(health), percent: news.percent, pausesAt: toInstantOrNull(pausesAt(health, webhook.policies))}
  const raised = await noticesOf(deps, about(webhook, 'webhook.failing', said, hops))
  const pause = news.pauses ? await pausing(deps, webhook, {reason: 'failing', at: deps.now()}, health, hops) : null
  const told = await deps.store.webhooks.tellHealth({...note, now: {told: news.percent, down: true}, pause, raised})
  return told && pause !== null
}

const at = ({lastSuccessAt}: Health): string | null => toInstantOrNull(lastSuccessAt)

const runOf = (health: Health) => ({
  failingSince: toInstantOrNull(health.failingSince),
  failures: health.failures,
  lastSuccessAt: at(health),
})

const about = (webhook: Webhook, kind: Seen['kind'], said: object, hops: number): Seen => ({
  kind,
  organizationId: webhook.organizationId,
  contextId: webhook.contextId,
  object: {type: 'Webhook', id: webhook.id, name: webhook.name},
  said,
  // On its way to itself it would only add to what is held; that it delivers again it may hear.
  exceptWebhooks: kind === 'webhook.recovered' ? [] : [webhook.id],
  hops,
})

/** The pause that follows from one attempt, with what tells of it. */
export async function pauseAfterAttempt(
  deps: Deps,
  webhook: Webhook,
  pause: Pause,
  made: {readonly delivery: Delivery; readonly attempt: Attempt; readonly hops: number},
): Promise<Pausing> {
  try {
    const known = (await deps.store.webhooks.health([webhook.id])).get(webhook.id) ?? untried
    return await pausing(deps, webhook, pause, afterAttempt(known, made.delivery, made.attempt), made.hops)
  } catch {
    // An outcome is recorded also where nobody can be told of the pause: the store may be busy just now.
    const caller = bySystem(deps)
    return {pause, entry: recordOf(deps, caller, pauseChange(caller, webhook, pause))}
  }
}

async function pausing(deps: Deps, webhook: Webhook, pause: Pause, health: Health, hops: number): Promise<Pausing> {
  const caller = bySystem(deps)
  const entry: Telling = await tell(deps, caller, pauseChange(caller, webhook, pause))
  const said = {...runOf(health), reason: pause.reason}
  const notices = await noticesOf(deps, about(webhook, 'webhook.paused', said, hops))
  return {pause, entry: {...entry, raised: [...(entry.raised ?? []), ...notices]}}
}

const pauseChange = (caller: Asking, webhook: Webhook, paused: Pause) =>
  webhookChange(caller, {before: webhook, after: {...webhook, paused, updatedAt: paused.at}})

const bySystem = (deps: Deps): Asking => ({
  actor: {kind: 'system', name: null},
  role: 'owner',
  scopes: [],
  via: 'api',
  requestId: deps.newUuid(),
})

/**
 * The events that tell that a delivery was given up. Of one that a person asked for nobody is told: they look; nor of
 * one of hookctl's own events, or a webhook that nobody can reach would be told of itself for ever.
 */
export async function exhausted(
  deps: Deps,
  {name}: Webhook,
  {delivery, attempt, hops}: {readonly delivery: Delivery; readonly attempt: Attempt; readonly hops: number},
  reason: Delivery['reason'],
): Promise<readonly Acceptance[]> {
  if (delivery.trigger !== 'event') return []
  const {organizationId, webhookId, eventId, eventType} = delivery
  if ((await listenersIn(deps, organizationId)).length === 0) return []
  const event = await deps.store.events.find(organizationId, eventId)
  if (event?.source === 'hookctl') return []
  const {number, status, errorClass, error} = attempt
  return noticesOf(deps, {
    kind: 'delivery.exhausted',
    organizationId,
    contextId: event?.contextId ?? null,
    object: {type: 'WebhookDelivery', id: delivery.id, name: ''},
    said: {
      webhook: {id: webhookId, name},
      event: {id: eventId, type: eventType},
      reason,
      attempts: number,
      status,
      errorClass,
      error,
    },
    exceptWebhooks: [webhookId],
    hops,
  })
}
