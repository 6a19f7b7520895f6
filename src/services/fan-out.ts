import {type Delivery, type DeliveryReason, type DeliveryState, isFinished} from '../domain/delivery.ts'
import type {Event} from '../domain/event.ts'
import {wants} from '../domain/subscription.ts'
import type {Webhook} from '../domain/webhook.ts'
import {HookctlError} from '../errors.ts'
import type {Body, NewDelivery} from '../store/store.ts'
import {type Spoken, spokenBy} from './catalog.ts'
import type {Deps} from './deps.ts'

/** A webhook made ready for many events: its platform found, and the key of what its body depends on. */
export interface Target {
  readonly webhook: Webhook
  readonly spoken: Spoken
  readonly bodyKey: string
}

export const targetOf = (webhook: Webhook): Target => {
  const spoken = spokenBy(webhook)
  const {zone} = webhook.policies
  return {webhook, spoken, bodyKey: JSON.stringify([spoken.name, zone, webhook.organizationId, webhook.settings])}
}

export interface FanOut {
  readonly bodies: readonly Body[]
  readonly deliveries: readonly NewDelivery[]
}

/**
 * What is owed for an event: one delivery per webhook that wants it, also those that are not sent, with the reason. A
 * body is rendered once for all webhooks whose body depends on the same, and never where nothing is to be sent.
 *
 * A webhook whose patterns do not match, that is scoped to another context, or whose platform cannot speak of this
 * event's type owes nothing. A body that cannot be rendered fails its own deliveries and no others.
 */
export function fanOut(deps: Pick<Deps, 'newId' | 'now'>, event: Event, targets: readonly Target[]): FanOut {
  const bodies = new Map<string, Body | null>()
  const deliveries = targets.filter(target => isOwed(target, event)).map(target => owed(deps, event, target, bodies))
  return {bodies: [...bodies.values()].filter(body => body !== null), deliveries}
}

const isOwed = ({webhook, spoken: {platform, version}}: Target, event: Event): boolean =>
  (webhook.contextId === null || webhook.contextId === event.contextId) &&
  wants(webhook, event.type) &&
  platform.eventType(version, event.type) !== null

function owed(
  deps: Pick<Deps, 'newId' | 'now'>,
  event: Event,
  target: Target,
  bodies: Map<string, Body | null>,
): NewDelivery {
  const skipped = whyNot(target, event)
  if (skipped !== null) return newDelivery(deps, event, target.webhook, {state: 'skipped', reason: skipped})
  const body = rendered(event, target, bodies)
  if (body === null) return newDelivery(deps, event, target.webhook, {state: 'failed', reason: 'render_failed'})
  return newDelivery(deps, event, target.webhook, {state: waits(target.webhook) ? 'held' : 'pending', body})
}

/** Why a webhook that wants the event does not get it. NetBox looks at the switch when the event is accepted. */
function whyNot({webhook, spoken}: Target, event: Event): DeliveryReason | null {
  if (!webhook.active && webhook.policies.offSwitch === 'accept') return 'inactive'
  if (webhook.url === null) return 'unconfigured'
  return spoken.platform.declines?.(event, webhook) ?? null
}

/** Pro Custodibus pauses: what happens meanwhile is sent when it goes on. */
const waits = ({active, paused, policies}: Webhook): boolean =>
  paused !== null || (!active && policies.offSwitch === 'hold')

function rendered(event: Event, target: Target, bodies: Map<string, Body | null>): Body | null {
  const known = bodies.get(target.bodyKey)
  if (known !== undefined) return known
  const body = renderOrNull(event, target)
  bodies.set(target.bodyKey, body)
  return body
}

function renderOrNull(event: Event, target: Target): Body | null {
  try {
    return render(event, target)
  } catch (error) {
    if (error instanceof HookctlError && error.code === 'render_failed') return null
    throw error
  }
}

/** The body of one event for one webhook, under the webhook's key. @throws HookctlError `render_failed` */
export const render = (event: Event, {webhook, spoken: {platform, version}, bodyKey}: Target): Body => ({
  key: bodyKey,
  bytes: platform.body([event], {
    version,
    organizationId: webhook.organizationId,
    zone: webhook.policies.zone,
    settings: webhook.settings,
  }),
})

export interface Start {
  readonly state: DeliveryState
  readonly reason?: DeliveryReason
  /** What is sent; absent where nothing is. */
  readonly body?: Body
  readonly trigger?: Delivery['trigger']
}

/** A delivery at its beginning: due now where it is pending, over where it was never to be sent. */
export function newDelivery(
  {newId, now}: Pick<Deps, 'newId' | 'now'>,
  event: Event,
  webhook: Webhook,
  {state, reason, body, trigger = 'event'}: Start,
): NewDelivery {
  const createdAt = now()
  const delivery: Delivery = {
    id: newId('dlv'),
    organizationId: event.organizationId,
    webhookId: webhook.id,
    eventId: event.id,
    eventType: event.type,
    eventCount: 1,
    trigger,
    replayOf: null,
    toUrl: null,
    state,
    reason: reason ?? null,
    dueAt: state === 'pending' ? createdAt : null,
    attempts: 0,
    lastStatus: null,
    lastErrorClass: null,
    createdAt,
    finishedAt: isFinished(state) ? createdAt : null,
    bodyBytes: body?.bytes.length ?? null,
  }
  return {delivery, bodyKey: body?.key ?? null}
}
