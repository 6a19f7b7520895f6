import type {Output, Parsed} from '../api/operations.ts'
import type {Event} from '../domain/event.ts'
import type {OwnEventType} from '../domain/event-type.ts'
import {allPages} from '../domain/page.ts'
import type {EventType} from '../domain/platform.ts'
import {wants} from '../domain/subscription.ts'
import {suggest} from '../domain/suggest.ts'
import {usageError} from '../errors.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {newDelivery, render, type Target, targetOf} from './fan-out.ts'
import {findWebhook} from './find-webhook.ts'
import {refuseSilent} from './replay.ts'

/**
 * Sends an example of an event to one webhook and to no other: the organization's own, or the platform's. The event is kept and the delivery goes
 * the way of every other, but nothing is said to have happened to an object.
 *
 * @throws usage `not_subscribed`, `unknown_event_type` for what its platform cannot speak of; conflict `webhook_inactive`, `webhook_unconfigured`; usage `render_failed`
 */
export async function testWebhook(
  deps: Deps,
  {organization, webhook: idOrName, eventType}: Resolved<Parsed<'webhook.test'>>,
  caller: Asking,
): Promise<Output<'webhook.test'>> {
  const webhook = await findWebhook(deps, organization, idOrName)
  refuseSilent(webhook)
  const target = targetOf(webhook)
  const own = await allPages(request => deps.store.eventTypes.list(organization.id, request))
  const event = exampleEvent(deps, caller, target, chooseType(target, eventType, own), own)
  const body = render(event, target)
  const started = newDelivery(deps, event, webhook, {state: 'pending', body, trigger: 'test'})
  await deps.store.events.accept([{event, bodies: [body], deliveries: [started], history: []}])
  return {deliveryId: started.delivery.id, eventId: event.id, eventType: event.type}
}

function chooseType(
  {webhook, spoken: {name, platform, version}}: Target,
  asked: string | undefined,
  own: readonly OwnEventType[],
): EventType {
  const subscribed = platform.eventTypes(version).filter(({name}) => wants(webhook, name))
  if (asked === undefined) {
    // A platform may take types outside its list: then a pattern without stars is itself a type it speaks of.
    const others = [...webhook.eventTypes, ...own.map(type => type.name).filter(type => wants(webhook, type))]
    const found = subscribed[0] ?? others.map(type => platform.eventType(version, type)).find(type => type !== null)
    if (found != null) return found
  } else {
    const found = platform.eventType(version, asked)
    if (found === null) throw unspoken({name, platform, version}, asked)
    if (wants(webhook, asked)) return found
  }
  const patterns = webhook.eventTypes.join(', ')
  if (asked === undefined) {
    throw usageError('not_subscribed', `no known event type matches ${patterns}`, {
      path: 'eventType',
      hint: `hookctl event types --platform ${platform.name}`,
    })
  }
  throw usageError('not_subscribed', `the webhook "${webhook.name}" is not subscribed to "${asked}"`, {
    path: 'eventType',
    hint: `it is subscribed to ${patterns}`,
  })
}

function unspoken({name, platform, version}: Pick<Target['spoken'], 'name' | 'platform' | 'version'>, asked: string) {
  const names = platform.eventTypes(version).map(each => each.name)
  const near = suggest(asked, names)
  return usageError('unknown_event_type', `${name} cannot speak of "${asked}"`, {
    path: 'eventType',
    hint: near === undefined ? `hookctl event types --platform ${platform.name}` : `did you mean: ${near}`,
  })
}

function exampleEvent(
  deps: Deps,
  caller: Asking,
  {webhook}: Target,
  type: EventType,
  own: readonly OwnEventType[],
): Event {
  const now = deps.now()
  const data = own.find(({name}) => name === type.name)?.example ?? null
  return {
    ...type.example,
    ...(data === null ? {} : {data}),
    type: type.name,
    id: deps.newId('evt'),
    organizationId: webhook.organizationId,
    contextId: webhook.contextId,
    occurredAtMicros: now * 1000,
    acceptedAt: now,
    source: 'hookctl',
    requestId: caller.requestId,
    idempotencyKey: null,
  }
}
