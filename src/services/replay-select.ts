import {type Delivery, isFinished} from '../domain/delivery.ts'
import type {Event} from '../domain/event.ts'
import {type DeliveryFilterInput, eventDocument, leadsTo} from '../domain/filter-grammar.ts'
import type {DeliveryFilter} from '../domain/filters.ts'
import type {Organization} from '../domain/organization.ts'
import type {ReplaySelection} from '../domain/replay.ts'
import type {Webhook} from '../domain/webhook.ts'
import {allHold} from '../domain/where.ts'
import type {EventDelivery, NewReplayItem} from '../store/store.ts'
import {deliveryFilterOf} from './delivery-filter.ts'
import type {Deps} from './deps.ts'
import {firingsOf, type Target, targetOf} from './fan-out.ts'
import {isOwed} from './wanting.ts'

export interface SelectQuestion {
  readonly organization: Organization
  readonly selection: Exclude<ReplaySelection, 'named'>
  readonly filter: DeliveryFilterInput
  readonly toUrl: string | null
  /** Also what an automatic retry is still to come for. */
  readonly now: boolean
}

/** Why something that the filter found is not sent again. */
export type LeftOut =
  | 'notOver'
  | 'neverSent'
  | 'notOriginal'
  | 'test'
  | 'contentGone'
  | 'webhookOff'
  | 'webhookDeleted'
  | 'noUrl'

export interface Candidate {
  readonly item: NewReplayItem
  /** Null: it is sent again. */
  readonly leftOut: LeftOut | null
}

const PAGE = 1000

/**
 * What a replay is about, newest first, a page at a time: everything that the filter finds, also what is left out, with
 * the reason. Reads as it goes: what is made meanwhile is not in it.
 */
export async function* select(deps: Deps, question: SelectQuestion): AsyncGenerator<readonly Candidate[]> {
  const filter = await deliveryFilterOf(deps, question.organization, question.filter)
  yield* question.selection === 'missing' ? selectMissing(deps, question, filter) : selectMade(deps, question, filter)
}

async function* selectMade(
  {store}: Deps,
  question: SelectQuestion,
  given: DeliveryFilter,
): AsyncGenerator<readonly Candidate[]> {
  const {organization, selection} = question
  const filter = selection === 'failed' ? {...given, states: ['failed'] as const, undelivered: true as const} : given
  const webhooks = new Map((await store.webhooks.all(organization.id)).map(webhook => [webhook.id, webhook]))
  let cursor: string | undefined
  do {
    const page = await store.deliveries.list(organization.id, filter, {limit: PAGE, cursor})
    yield page.items.map(delivery => candidate(delivery, webhooks.get(delivery.webhookId), question))
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
}

function candidate(delivery: Delivery, webhook: Webhook | undefined, question: SelectQuestion): Candidate {
  const {id, webhookId, createdAt, eventId, bodyBytes} = delivery
  const item = {webhookId, at: createdAt, deliveryId: id, eventId: bodyBytes === null ? eventId : null}
  return {item, leftOut: whyLeftOut(delivery, question) ?? whySilent(webhook, question)}
}

/** One send for each journey: a replay is not sent again beside what it repeats, and a test has told what it had to. */
function whyLeftOut({state, trigger, replayOf, contentGone}: Delivery, {filter, now}: SelectQuestion): LeftOut | null {
  if (trigger === 'test') return 'test'
  if (replayOf !== null) return 'notOriginal'
  if (state === 'collecting' || (!isFinished(state) && !now)) return 'notOver'
  if (state === 'skipped' && !filter.state?.includes('skipped')) return 'neverSent'
  return contentGone === undefined ? null : 'contentGone'
}

/** Why nothing is sent to a webhook, now. */
export function whySilent(webhook: Webhook | undefined, {toUrl}: Pick<SelectQuestion, 'toUrl'>): LeftOut | null {
  if (webhook === undefined) return 'webhookDeleted'
  if (!webhook.active || webhook.paused !== null) return 'webhookOff'
  return webhook.url === null && toUrl === null ? 'noUrl' : null
}

/** Events that a webhook would get today and has nothing of but what was skipped. */
async function* selectMissing(
  deps: Deps,
  question: SelectQuestion,
  filter: DeliveryFilter,
): AsyncGenerator<readonly Candidate[]> {
  const {webhookId, host} = filter
  const targets = (await deps.store.webhooks.all(question.organization.id))
    .filter(({id}) => webhookId === undefined || id === webhookId)
    .filter(({url}) => host === undefined || leadsTo(question.toUrl ?? url, host))
    .map(targetOf)
  for await (const events of eventPages(deps, question.organization, filter)) {
    const made = await deps.store.deliveries.ofEvents(events.map(({id}) => id))
    const byEvent = Map.groupBy(made, ({eventId}) => eventId)
    yield events.flatMap(event => missing(event, targets, byEvent.get(event.id) ?? [], question))
  }
}

async function* eventPages(
  {store}: Deps,
  organization: Organization,
  {eventId, eventTypes, object, contextId, where = [], since, until}: DeliveryFilter,
): AsyncGenerator<readonly Event[]> {
  const question = {types: eventTypes, objectType: object?.type, objectId: object?.id, since, until}
  let cursor: string | undefined
  do {
    const page = await store.events.list(organization.id, question, {limit: PAGE, cursor})
    yield page.items.filter(
      event =>
        // What hookctl says of itself is told once, to whom it was for then.
        event.source !== 'hookctl' &&
        event.contentGone === undefined &&
        (eventId === undefined || event.id === eventId) &&
        (contextId === undefined || event.contextId === contextId) &&
        (where.length === 0 || allHold(where, eventDocument(event))),
    )
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
}

function missing(
  event: Event,
  targets: readonly Target[],
  made: readonly EventDelivery[],
  question: SelectQuestion,
): Candidate[] {
  return targets
    .filter(target => isOwed(event, target) && firingsOf(event, target).some(({declined}) => declined === null))
    .flatMap(({webhook}) => {
      const own = made.filter(({webhookId}) => webhookId === webhook.id)
      if (own.some(({state}) => state !== 'skipped')) return []
      // Skipped when it was to be sent, it was rendered before: those bytes are the ones that were owed.
      const skipped = own.find(({bodyBytes}) => bodyBytes !== null) ?? own.find(({replayOf}) => replayOf === null)
      const item = {
        webhookId: webhook.id,
        at: event.acceptedAt,
        deliveryId: skipped?.id ?? null,
        eventId: (skipped?.bodyBytes ?? null) === null ? event.id : null,
      }
      return [{item, leftOut: whySilent(webhook, question)}]
    })
}
