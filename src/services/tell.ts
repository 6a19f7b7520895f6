import type {Event} from '../domain/event.ts'
import {fieldChanges} from '../domain/field-changes.ts'
import type {HistoryEntry} from '../domain/history.ts'
import type {ParsedEvent} from '../domain/platform.ts'
import type {ObjectChange} from '../domain/tracked.ts'
import type {Webhook} from '../domain/webhook.ts'
import {platforms} from '../platforms/table.ts'
import type {Acceptance, Telling} from '../store/store.ts'
import {spokenBy} from './catalog.ts'
import type {Asking, Deps} from './deps.ts'
import {fanOut, type Target, targetOf} from './fan-out.ts'
import {type Recordable, recordOf} from './record.ts'

/** What hookctl changes of its own. */
export interface OwnChange extends Recordable {
  /** The part of the organization it belongs to, where it belongs to one. */
  readonly contextId?: string | null
  /** Webhooks that are not told: one that is gone, one that was paused, one that sends the delivery it is about. */
  readonly exceptWebhooks?: readonly string[]
}

/**
 * The history row of a change that hookctl itself makes, with the events that tell of it to the webhooks that want them.
 *
 * Where no webhook does there is no event: the row says everything. Events have the source `hookctl`, reach webhooks of
 * the platform that speaks of them only, and are never themselves the reason for others.
 */
export async function tell(deps: Deps, caller: Asking, change: OwnChange): Promise<Telling> {
  const {contextId = null, exceptWebhooks = []} = change
  const entry = {...recordOf(deps, caller, change), ...(contextId === null ? {} : {contextId})}
  const listeners = (await deps.store.webhooks.all(entry.organizationId)).filter(isListener)
  const targets = listeners.filter(({id}) => !exceptWebhooks.includes(id)).map(targetOf)
  if (targets.length === 0) return entry
  const contextName = contextId === null ? null : await nameOf(deps, entry.organizationId, contextId)
  const raised = ownEvents(deps, entry, contextName, targets)
  return raised.length === 0 ? entry : {...entry, eventId: (raised[0] as Acceptance).event.id, raised}
}

/** Whether a webhook's platform has words for what hookctl changes of its own. */
export const isListener = (webhook: Webhook): boolean => spokenBy(webhook).platform.ownEventsOf !== undefined

const nameOf = async ({store}: Deps, organizationId: number, contextId: string): Promise<string | null> =>
  (await store.contexts.find(organizationId, contextId))?.name ?? null

function ownEvents(
  deps: Deps,
  entry: HistoryEntry,
  contextName: string | null,
  targets: readonly Target[],
): Acceptance[] {
  const change = changeIn(entry, contextName)
  return platforms.flatMap(({name, ownEventsOf}) => {
    const own = targets.filter(({spoken}) => spoken.platform.name === name)
    const events = own.length === 0 ? [] : (ownEventsOf?.(change) ?? [])
    return events
      .map(event =>
        acceptanceOf(
          deps,
          eventOf(deps, event, change, {organizationId: entry.organizationId, source: 'hookctl'}),
          own,
        ),
      )
      .filter(({deliveries}) => deliveries.length > 0)
  })
}

const changeIn = (entry: HistoryEntry, contextName: string | null): ObjectChange => ({
  occurredAtMicros: entry.at * 1000,
  actor: entry.actor,
  requestId: entry.requestId,
  contextId: entry.contextId ?? null,
  contextName,
  change: entry.change,
  object: entry.object,
  before: entry.before,
  after: entry.after,
  data: (entry.after ?? entry.before) as ObjectChange['data'],
  fields: fieldChanges(entry.before, entry.after),
})

/** An event that a platform made of a change, as it is stored. */
export const eventOf = (
  {newId, now}: Pick<Deps, 'newId' | 'now'>,
  event: ParsedEvent,
  {contextName}: Pick<ObjectChange, 'contextName'>,
  from: Pick<Event, 'organizationId' | 'source'>,
): Event => ({
  ...event,
  ...from,
  ...(contextName === null ? {} : {contextName}),
  id: newId('evt'),
  acceptedAt: now(),
  idempotencyKey: null,
})

/** The event with what is owed for it; it brings no history row of its own. */
export const acceptanceOf = (
  deps: Pick<Deps, 'newId' | 'now'>,
  event: Event,
  targets: readonly Target[],
): Acceptance => ({event, ...fanOut(deps, event, targets), history: []})

/** The webhooks of an organization, ready for a fan-out. */
export async function targetsIn({store}: Pick<Deps, 'store'>, organizationId: number): Promise<readonly Target[]> {
  return (await store.webhooks.all(organizationId)).map(targetOf)
}
