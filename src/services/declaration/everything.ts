import type {OwnEventType} from '../../domain/event-type.ts'
import type {Context, Member, Organization} from '../../domain/organization.ts'
import {allPages} from '../../domain/page.ts'
import type {Source} from '../../domain/source.ts'
import type {Webhook} from '../../domain/webhook.ts'
import type {Deps} from '../deps.ts'

/** What a declaration is about, as it is now; contexts, members, sources and event types by key, webhooks oldest first. */
export interface Everything {
  readonly contexts: readonly Context[]
  readonly members: readonly Member[]
  readonly webhooks: readonly Webhook[]
  readonly sources: readonly Source[]
  readonly eventTypes: readonly OwnEventType[]
  /** Of the webhooks, as the store takes it. */
  readonly seen: number
}

export async function everythingOf({store}: Pick<Deps, 'store'>, {id}: Organization): Promise<Everything> {
  const [contexts, members, sources, eventTypes, {webhooks, seen}] = await Promise.all([
    allPages(request => store.contexts.list(id, request)),
    allPages(request => store.members.list(id, request)),
    allPages(request => store.sources.list(id, request)),
    allPages(request => store.eventTypes.list(id, request)),
    store.webhooks.allSeen(id),
  ])
  return {contexts, members, sources, eventTypes, webhooks: webhooks.toReversed(), seen}
}
