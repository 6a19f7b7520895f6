import type {Output, Parsed} from '../api/operations.ts'
import type {Check} from '../domain/check.ts'
import type {Delivery} from '../domain/delivery.ts'
import type {Event} from '../domain/event.ts'
import type {Organization} from '../domain/organization.ts'
import {contentGoneError} from '../domain/retention.ts'
import type {Webhook} from '../domain/webhook.ts'
import {notFoundError, usageError} from '../errors.ts'
import {MOST_HOPS, prepareEvents} from './accept.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {deliveriesOf} from './events.ts'
import {fanOut, type Target, targetOf} from './fan-out.ts'
import {findWebhook} from './find-webhook.ts'
import {whyNotSent} from './gate.ts'
import {toInstant} from './instants.ts'
import {deliveryView} from './views.ts'
import {wantingChecks} from './wanting.ts'
import {webhookChangesBetween} from './webhook-past.ts'
import {bodyChecks, outsideChecks, sendingChecks} from './why-sending.ts'

type Input = Resolved<Parsed<'event.why'>>
type Why = Output<'event.why'>['items'][number]

/**
 * Why webhooks get an event or do not: every condition with what it saw, from the same gates that decide when an event
 * is accepted; and what became of it. Of an event that is only described, what would become of it. Nothing is stored.
 *
 * @throws not_found `event_not_found`, `webhook_not_found`; usage `invalid_input`, and what `acceptEvents` throws for a
 * described event that could not be accepted
 */
export async function explainEvent(deps: Deps, input: Input, caller: Asking): Promise<Output<'event.why'>> {
  const {organization, webhook: idOrName} = input
  const asked = await askedEvent(deps, input, caller)
  const webhooks =
    idOrName === undefined
      ? await deps.store.webhooks.all(organization.id)
      : [await findWebhook(deps, organization, idOrName)]
  const targets = webhooks.map(targetOf)
  const made = asked.isStored ? await deliveriesOf(deps, organization, asked.event.id) : []
  const isAlone = idOrName !== undefined
  const items: Why[] = []
  for (const target of targets) items.push(await explain(deps, organization, {...asked, target, made, isAlone}))
  const {id, type, contextId, acceptedAt} = asked.event
  return {
    event: {
      id: asked.isStored ? id : null,
      type,
      contextId,
      acceptedAt: asked.isStored ? toInstant(acceptedAt) : null,
    },
    items,
  }
}

interface Asked {
  readonly event: Event
  /** It was accepted once; else it is only described. */
  readonly isStored: boolean
}

async function askedEvent(deps: Deps, {organization, event: id, describe}: Input, caller: Asking): Promise<Asked> {
  if ((id === undefined) === (describe === undefined)) {
    throw usageError('invalid_input', 'give the id of an event or describe one: one of both', {path: 'event'})
  }
  if (id !== undefined) {
    const event = await deps.store.events.find(organization.id, id)
    if (event?.contentGone !== undefined) throw contentGoneError(`event ${id}`, event.contentGone)
    if (event !== null) return {event, isStored: true}
    throw notFoundError('event_not_found', `no event "${id}"`, {path: 'event', hint: 'hookctl event list'})
  }
  const [prepared] = await prepareEvents(deps, caller, organization, [describe as NonNullable<typeof describe>])
  if (prepared === undefined) throw new Error('one event was prepared')
  return {event: prepared.event, isStored: false}
}

interface Case extends Asked {
  readonly target: Target
  /** Every delivery of the event. */
  readonly made: readonly Delivery[]
  /** The one webhook that was asked about: worth the questions that cost something. */
  readonly isAlone: boolean
}

async function explain(deps: Deps, organization: Organization, asked: Case): Promise<Why> {
  const {event, target, made, isAlone} = asked
  const {webhook} = target
  const wouldBe = fanOut(deps, event, [target]).deliveries.map(({delivery}) => delivery)
  const own = made.filter(({webhookId}) => webhookId === webhook.id)
  const checks = [
    hopsCheck(event),
    ...wantingChecks(event, target),
    ...bodyChecks(event, target, wouldBe),
    ...sendingChecks(webhook, wouldBe, deps.now()),
    ...(isAlone && wouldBe.length > 0 ? await outsideChecks(deps, webhook) : []),
  ]
  return {
    webhookId: webhook.id,
    webhook: webhook.name,
    platform: webhook.platform,
    wanted: wouldBe.some(delivery => isSent(delivery, webhook, deps.now())),
    wouldBe: wouldBe.map(({rule, state, reason}) => ({rule, state, reason})),
    checks: checks.flatMap(check => flattened(check, 0)),
    deliveries: own.map(delivery => deliveryView(delivery, organization.slug, webhook.name)),
    changedSince:
      asked.isStored && isAlone
        ? await webhookChangesBetween(deps, {...webhook, webhookId: webhook.id}, event.acceptedAt, deps.now())
        : [],
    notes: asked.isStored ? notes(asked, own, wouldBe) : [],
  }
}

const hopsCheck = ({hops = 0}: Event): Check => ({
  name: 'hops',
  holds: hops <= MOST_HOPS,
  says: `it came through ${hops} deliveries of hookctl, ${MOST_HOPS} are allowed`,
})

/** Now or later: a delivery that is held or collected is. */
function isSent(delivery: Delivery, webhook: Webhook, now: number): boolean {
  const state = whyNotSent(delivery, webhook, now)?.state ?? delivery.state
  return state !== 'skipped' && state !== 'failed'
}

const flattened = ({name, holds, says, parts = []}: Check, depth: number): Why['checks'] => [
  {check: name, depth, holds, says},
  ...parts.flatMap(part => flattened(part, depth + 1)),
]

/** Where what is decided now is not what was decided then: why that is. */
function notes({event, target, made}: Case, own: readonly Delivery[], wouldBe: readonly Delivery[]): string[] {
  const {webhook} = target
  if (own.length > 0) return saysOtherwise(own, wouldBe) ? [CHANGED] : []
  if (wouldBe.length === 0) return []
  if (webhook.createdAt > event.acceptedAt) {
    return [`${webhook.name} was created after the event was accepted: what came before it, it was never owed`]
  }
  if (made.some(({trigger}) => trigger === 'test')) {
    return ['the event was made to test one webhook: no other got it']
  }
  if (event.source === 'hookctl') {
    return ['hookctl tells of its own changes in the words of each platform, and not to a webhook that they are about']
  }
  return [CHANGED]
}

const CHANGED = 'the webhook was changed since: the checks are about how it is now, the deliveries about how it was'

/** Skipped then and not now, or the other way round. */
const saysOtherwise = (own: readonly Delivery[], wouldBe: readonly Delivery[]): boolean =>
  own.every(isSkipped) !== wouldBe.every(isSkipped)

const isSkipped = ({state}: Delivery): boolean => state === 'skipped'
