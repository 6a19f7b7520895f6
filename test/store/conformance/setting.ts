import type {Delivery} from '../../../src/domain/delivery.ts'
import type {Event} from '../../../src/domain/event.ts'
import type {Webhook} from '../../../src/domain/webhook.ts'
import type {Acceptance, Moved, Recorded, Store} from '../../../src/store/store.ts'
import {
  aDelivery,
  aHistoryEntry,
  anAttempt,
  anEvent,
  anOAuth,
  aSecret,
  aWebhook,
  NOON,
  somePolicies,
} from '../../harness/factories.ts'

interface Opened extends AsyncDisposable {
  readonly store: Store
  /** The same state through a second connection, as another process has it; null where there is no such thing. */
  readonly again: (() => Promise<Store>) | null
}

export type Open = () => Promise<Opened>

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** One event that one webhook gets. */
export function anAcceptance(
  webhook: Webhook,
  changes: Partial<Delivery> = {},
  event: Partial<Event> = {},
): Acceptance {
  const organizationId = webhook.organizationId
  const accepted = anEvent({organizationId, ...event})
  const delivery = aDelivery({
    webhookId: webhook.id,
    eventId: accepted.id,
    eventType: accepted.type,
    organizationId,
    ...changes,
  })
  return {
    event: accepted,
    bodies: [{key: 'b', bytes: bytesOf('{}')}],
    deliveries: [{delivery, bodyKey: 'b'}],
    history: [],
  }
}

export async function withWebhook(store: Store, changes: Partial<Webhook> = {}): Promise<Webhook> {
  const webhook = aWebhook(changes)
  await store.webhooks.add(webhook, aHistoryEntry({organizationId: webhook.organizationId}))
  return webhook
}

/** Deletes a webhook that held this word wherever something lets somebody in. */
export async function withDeletedWebhook(store: Store, word: string): Promise<void> {
  const webhook = await withWebhook(store, {
    url: `https://example.com/in?key=${word}`,
    headers: [['Authorization', word]],
    secrets: [aSecret({value: word})],
    oauth: anOAuth({clientSecret: word}),
  })
  await store.webhooks.remove(webhook, aHistoryEntry({change: 'deleted'}), NOON)
}

/** What off means for a webhook whose queue waits. */
export const holding = {policies: somePolicies({offSwitch: 'hold'})}

/** A webhook that may be owed what is held. */
export const off = {...holding, active: false}

/** Switches a webhook, and leaves its queue as it is. */
export async function switched(store: Store, {id, organizationId}: Webhook, active: boolean): Promise<void> {
  const was = (await store.webhooks.find(organizationId, id))!
  await store.webhooks.replace({...was, active}, aHistoryEntry({organizationId}), {was})
}

/** A delivery in the store, as it was accepted. */
export async function withDelivery(
  store: Store,
  webhook: Webhook,
  changes: Partial<Delivery> = {},
  event: Partial<Event> = {},
): Promise<Delivery> {
  const acceptance = anAcceptance(webhook, changes, event)
  await store.events.accept([acceptance])
  return acceptance.deliveries[0]?.delivery as Delivery
}

/** The outcome that ends a delivery well. */
export const success = (delivery: Delivery, changes: Partial<Recorded> = {}): Recorded => ({
  attempt: anAttempt({deliveryId: delivery.id, success: true, status: 200, errorClass: null, error: null}),
  state: 'delivered',
  reason: null,
  dueAt: null,
  finishedAt: NOON + 5,
  pause: null,
  ...changes,
})

/** The outcome that has it tried again a second later. */
export const failure = (delivery: Delivery, changes: Partial<Recorded> = {}): Recorded => ({
  attempt: anAttempt({deliveryId: delivery.id}),
  state: 'pending',
  reason: null,
  dueAt: NOON + 1000,
  finishedAt: null,
  pause: null,
  ...changes,
})

export const aMove = (deliveryId: string, changes: Partial<Moved> = {}): Moved => ({
  deliveryId,
  from: ['pending'],
  state: 'cancelled',
  reason: 'cancelled',
  dueAt: null,
  finishedAt: NOON + 1,
  ...changes,
})

export const anything = {
  now: NOON,
  limit: 100,
  perWebhook: 100,
  exceptWebhooks: [],
  restingWebhooks: [],
  except: new Set<string>(),
}

/** Ids of what is due, in the order of the answer. */
export const dueIds = async (store: Store, changes: Partial<Parameters<Store['deliveries']['due']>[0]> = {}) =>
  (await store.deliveries.due({...anything, ...changes})).map(({delivery}) => delivery.id)

/** Counts without the states that have none. */
export const countsOf = async (store: Store, organizationId: number | null = 1, webhookId?: string) =>
  Object.fromEntries(Object.entries(await store.deliveries.counts(organizationId, webhookId)).filter(([, n]) => n > 0))
