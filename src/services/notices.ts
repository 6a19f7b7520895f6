import {toJsonText} from '../domain/json.ts'
import type {Notice, NoticeKind} from '../domain/notice.ts'
import type {Platform} from '../domain/platform.ts'
import type {Webhook} from '../domain/webhook.ts'
import {platforms} from '../platforms/table.ts'
import type {Acceptance} from '../store/store.ts'
import {MOST_HOPS} from './accept.ts'
import {spokenBy} from './catalog.ts'
import type {Deps} from './deps.ts'
import {targetOf} from './fan-out.ts'
import {acceptanceOf, eventOf} from './tell.ts'

/** What hookctl saw by itself. */
export interface Seen {
  readonly kind: NoticeKind
  readonly organizationId: number
  /** The part of the organization it belongs to, where it belongs to one. */
  readonly contextId?: string | null
  readonly object: Notice['object']
  /** What is to be said of the object: plain values. */
  readonly said: object
  /** Webhooks that are not told: the one that fails would not take it. */
  readonly exceptWebhooks?: readonly string[]
  /** How many deliveries brought about what was seen, one after the other: what goes on longer goes round. */
  readonly hops?: number
}

/**
 * The events that tell operators of it, none where no webhook wants them. They have the source `hookctl`. Since a notice
 * may be the consequence of delivering another one, each is a hop further than what it is about: after three none follows.
 */
export async function noticesOf(deps: Deps, seen: Seen): Promise<readonly Acceptance[]> {
  const {organizationId, contextId = null, hops = 0, exceptWebhooks = []} = seen
  const listeners = (await listenersIn(deps, organizationId)).filter(({id}) => !exceptWebhooks.includes(id))
  if (listeners.length === 0 || hops >= MOST_HOPS) return []
  const contextName =
    contextId === null ? null : ((await deps.store.contexts.find(organizationId, contextId))?.name ?? null)
  const notice = noticeOf(deps, seen)
  const targets = listeners.map(targetOf)
  return platforms.flatMap(platform => {
    const own = targets.filter(({spoken}) => spoken.platform.name === platform.name)
    if (own.length === 0) return []
    return (platform.noticesOf?.(notice) ?? [])
      .map(event => eventOf(deps, event, {contextName}, {organizationId, source: 'hookctl'}))
      .map(event => acceptanceOf(deps, {...event, hops: hops + 1}, own))
      .filter(({deliveries}) => deliveries.length > 0)
  })
}

const noticeOf = ({now, newUuid}: Deps, {kind, contextId = null, object, said}: Seen): Notice => ({
  kind,
  occurredAtMicros: now() * 1000,
  requestId: newUuid(),
  contextId,
  object,
  data: toJsonText({object, ...said}),
})

/** The webhooks that might want to know. */
export const listenersIn = async ({store}: Pick<Deps, 'store'>, organizationId: number): Promise<readonly Webhook[]> =>
  (await store.webhooks.all(organizationId)).filter(webhook => platformOf(webhook).noticesOf !== undefined)

const platformOf = (webhook: Webhook): Platform => spokenBy(webhook).platform
