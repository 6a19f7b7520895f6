import {type Delivery, type DeliveryReason, type DeliveryState, isFinished} from '../domain/delivery.ts'
import type {Event} from '../domain/event.ts'
import type {Firing} from '../domain/platform.ts'
import type {BatchPolicy} from '../domain/policy.ts'
import {contentGoneError} from '../domain/retention.ts'
import {holds, type Webhook} from '../domain/webhook.ts'
import {HookctlError} from '../errors.ts'
import type {Body, NewDelivery} from '../store/store.ts'
import {type Spoken, spokenBy} from './catalog.ts'
import type {Deps} from './deps.ts'
import {isOwed, whySkipped} from './wanting.ts'

/** A webhook made ready for many events: its platform found, and the key of what its body depends on. */
export interface Target {
  readonly webhook: Webhook
  readonly spoken: Spoken
  readonly bodyKey: string
}

export function targetOf(webhook: Webhook): Target {
  const known = targets.get(webhook) ?? makeTarget(webhook)
  targets.set(webhook, known)
  return known
}

/** The store answers the same objects until a webhook changes. */
const targets = new WeakMap<Webhook, Target>()

function makeTarget(webhook: Webhook): Target {
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
  const deliveries = targets
    .filter(target => isOwed(event, target))
    .flatMap(target => allOwed(deps, event, target, bodies))
  const used = new Set(deliveries.map(({bodyKey}) => bodyKey))
  return {bodies: [...bodies.values()].filter(body => body !== null && used.has(body.key)) as Body[], deliveries}
}

/** How a webhook that wants an event speaks of it: once, or once for each of its rules. */
export const firingsOf = (event: Event, {webhook, spoken}: Target): readonly Firing[] =>
  spoken.platform.firings?.(spoken.version, event, webhook) ?? [
    {rule: null, settings: webhook.settings, declined: null},
  ]

/** One delivery per rule that fires (NetBox #14827: not only for the first); one in all where nothing can be sent. */
function allOwed(
  deps: Pick<Deps, 'newId' | 'now'>,
  event: Event,
  target: Target,
  bodies: Map<string, Body | null>,
): NewDelivery[] {
  const {webhook} = target
  const firings = firingsOf(event, target)
  const skipped = whySkipped(event, target)
  if (skipped === null) return firings.map(firing => owed(deps, event, target, firing, bodies))
  return firings.slice(0, 1).map(() => newDelivery(deps, event, webhook, {state: 'skipped', reason: skipped}))
}

function owed(
  deps: Pick<Deps, 'newId' | 'now'>,
  event: Event,
  target: Target,
  {rule, settings, declined}: Firing,
  bodies: Map<string, Body | null>,
): NewDelivery {
  const {webhook} = target
  if (declined !== null) return newDelivery(deps, event, webhook, {state: 'skipped', reason: declined, rule})
  const body = rendered(event, withSettings(target, settings), bodies)
  if (body === null) return newDelivery(deps, event, webhook, {state: 'failed', reason: 'render_failed', rule})
  // Rendered all the same: an event that cannot be must not spoil the batch of the others.
  const batch = webhook.mode === 'batch' ? webhook.policies.batch : null
  if (batch !== null) return newDelivery(deps, event, webhook, {state: 'collecting', batch, rule})
  return newDelivery(deps, event, webhook, {state: holds(webhook) ? 'held' : 'pending', body, rule})
}

/** A target with the settings of one of its rules. */
export const withSettings = (target: Target, settings: Webhook['settings']): Target =>
  settings === target.webhook.settings ? target : targetOf({...target.webhook, settings})

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
export const render = (event: Event, target: Target): Body => ({
  key: target.bodyKey,
  bytes: renderEvents([event], target),
})

/** One body for all events of a batch, in their order. @throws HookctlError `render_failed`, `content_gone` */
export function renderEvents(events: readonly Event[], {webhook, spoken: {platform, version}}: Target): Uint8Array {
  for (const {id, contentGone} of events)
    if (contentGone !== undefined) throw contentGoneError(`event ${id}`, contentGone)
  return platform.body(events, {
    version,
    organizationId: webhook.organizationId,
    zone: webhook.policies.zone,
    settings: webhook.settings,
  })
}

export interface Start {
  readonly state: DeliveryState
  readonly reason?: DeliveryReason
  /** What is sent; absent where nothing is. */
  readonly body?: Body
  readonly trigger?: Delivery['trigger']
  /** Of a delivery that collects: when it is full, or due to be closed. */
  readonly batch?: BatchPolicy
  readonly rule?: string | null
}

/** A delivery at its beginning: due now where it is pending, later where it collects, over where it was never to be sent. */
export function newDelivery(
  {newId, now}: Pick<Deps, 'newId' | 'now'>,
  event: Event,
  webhook: Webhook,
  {state, reason, body, batch, trigger = 'event', rule = null}: Start,
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
    rule,
    state,
    reason: reason ?? null,
    dueAt: batch === undefined ? (state === 'pending' ? createdAt : null) : createdAt + batch.everyMs,
    attempts: 0,
    lastStatus: null,
    lastErrorClass: null,
    createdAt,
    finishedAt: isFinished(state) ? createdAt : null,
    bodyBytes: body?.bytes.length ?? null,
  }
  return {delivery, bodyKey: body?.key ?? null, ...(batch === undefined ? {} : {batch})}
}
