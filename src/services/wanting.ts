import type {Check} from '../domain/check.ts'
import type {DeliveryReason} from '../domain/delivery.ts'
import type {Event} from '../domain/event.ts'
import {matches, wants} from '../domain/subscription.ts'
import type {Webhook} from '../domain/webhook.ts'
import type {Spoken} from './catalog.ts'

interface Candidate {
  readonly webhook: Webhook
  readonly spoken: Spoken
}

/** Something that has to hold, and what was seen when it was looked at. */
interface Condition {
  readonly name: string
  passes(event: Event, candidate: Candidate): boolean
  says(event: Event, candidate: Candidate): string
}

/** All must hold, or a webhook is owed nothing for an event: no record says so either. */
const owing: readonly Condition[] = [
  {
    name: 'organization',
    passes: (event, {webhook}) => webhook.organizationId === event.organizationId,
    says: () => 'event and webhook belong to one organization',
  },
  {
    name: 'context',
    passes: (event, {webhook}) => webhook.contextId === null || webhook.contextId === event.contextId,
    says: sayContext,
  },
  {name: 'event_type', passes: (event, {webhook}) => wants(webhook, event.type), says: sayPattern},
  {
    name: 'platform',
    passes: (event, {spoken: {platform, version}}) => platform.eventType(version, event.type) !== null,
    says: (event, {spoken: {name, platform, version}}) =>
      platform.eventType(version, event.type) === null
        ? `${name} cannot speak of ${event.type}`
        : `${name} can speak of ${event.type}`,
  },
]

/** All must hold, or what is owed is recorded as skipped, with the reason of the first that does not. */
const sendable: readonly (Condition & {readonly reason: DeliveryReason})[] = [
  {
    // NetBox looks at the switch when the event is accepted; the others when it is sent: gate.ts.
    name: 'active',
    reason: 'inactive',
    passes: (_, {webhook}) => webhook.active || webhook.policies.offSwitch !== 'accept',
    says: (_, {webhook}) => saySwitch(webhook),
  },
  {
    name: 'url',
    reason: 'unconfigured',
    passes: (_, {webhook}) => webhook.url !== null,
    says: (_, {webhook}) => (webhook.url === null ? 'the webhook has no URL yet' : 'the webhook has a URL'),
  },
]

/** Whether an event leads to a delivery to a webhook at all, be it one that is skipped. */
export const isOwed = (event: Event, candidate: Candidate): boolean =>
  owing.every(({passes}) => passes(event, candidate))

/** Why a webhook that wants an event is sent none, or null. */
export const whySkipped = (event: Event, candidate: Candidate): DeliveryReason | null =>
  sendable.find(({passes}) => !passes(event, candidate))?.reason ?? null

/**
 * What `isOwed`, the platform's rules and `whySkipped` look at, in their order, each with what it saw: none is left out
 * because another decided before.
 */
export function wantingChecks(event: Event, candidate: Candidate): readonly Check[] {
  const {webhook, spoken} = candidate
  const check = ({name, passes, says}: Condition): Check => ({
    name,
    holds: passes(event, candidate),
    says: says(event, candidate),
  })
  const rules = spoken.platform.firingChecks?.(spoken.version, event, webhook) ?? []
  return [...owing.map(check), ...rules, ...sendable.map(check)]
}

function sayContext({contextId}: Event, {webhook}: Candidate): string {
  if (webhook.contextId === null) return 'the webhook hears of every context'
  const event = contextId === null ? 'the event has none' : `the event is of ${contextId}`
  return `the webhook hears of ${webhook.contextId} only, ${event}`
}

function sayPattern({type}: Event, {webhook: {eventTypes}}: Candidate): string {
  const matching = eventTypes.filter(pattern => matches(pattern, type))
  if (matching.length > 0) return `${matching.join(', ')} matches ${type}`
  return `${eventTypes.length === 0 ? 'the webhook has no pattern that' : `none of ${eventTypes.join(', ')}`} matches ${type}`
}

function saySwitch({active, policies: {offSwitch}}: Webhook): string {
  if (active) return 'the webhook is on'
  return `the webhook is off, which counts when an event is ${offSwitch === 'accept' ? 'accepted' : 'to be sent'}`
}
