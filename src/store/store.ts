import type {ChangeStore} from './contract/changes.ts'
import type {DeliveryStore} from './contract/deliveries.ts'
import type {EventTypeStore} from './contract/event-types.ts'
import type {EventStore} from './contract/events.ts'
import type {FeedInstant, FeedPage, FeedQuestion} from './contract/feed.ts'
import type {HistoryStore} from './contract/history.ts'
import type {ObjectStore} from './contract/objects.ts'
import type {ContextStore, MemberStore, OrganizationStore, TokenStore} from './contract/organizations.ts'
import type {ReplayStore} from './contract/replays.ts'
import type {RetentionStore} from './contract/retention.ts'
import type {SourceStore} from './contract/sources.ts'
import type {StatisticsStore} from './contract/statistics.ts'
import type {WebhookStore} from './contract/webhooks.ts'
import type {WorkerStore} from './contract/worker.ts'

export type * from './contract/changes.ts'
export type * from './contract/deliveries.ts'
export type * from './contract/event-types.ts'
export type * from './contract/events.ts'
export type * from './contract/feed.ts'
export type * from './contract/history.ts'
export type * from './contract/objects.ts'
export type * from './contract/organizations.ts'
export type * from './contract/replays.ts'
export type * from './contract/retention.ts'
export type * from './contract/sources.ts'
export type * from './contract/statistics.ts'
export type * from './contract/webhooks.ts'
export type * from './contract/worker.ts'

/**
 * Where state is kept, as the questions the product asks. Every backend passes test/store/conformance.ts.
 *
 * All methods are safe to call concurrently. Values handed in and out are plain (structured-cloneable). Each writing
 * method is one transaction: done whole or not at all, durable once its promise resolves. Instants are ms since the
 * epoch and always come from the caller: a store has no clock. A store that cannot be read or written rejects with a
 * HookctlError of kind `unreachable` (`store_busy`, `store_full`, `store_corrupt`, `store_newer`, `store_foreign`,
 * `store_denied`, `store_gone`, `store_unsupported`, `store_closed` after `close()`). Lists reject with `bad_cursor` and
 * `bad_limit` (usage).
 */
export interface Store {
  readonly organizations: OrganizationStore
  readonly contexts: ContextStore
  readonly members: MemberStore
  readonly tokens: TokenStore
  readonly webhooks: WebhookStore
  readonly sources: SourceStore
  readonly eventTypes: EventTypeStore
  readonly changes: ChangeStore
  readonly events: EventStore
  readonly deliveries: DeliveryStore
  readonly replays: ReplayStore
  readonly history: HistoryStore
  readonly objects: ObjectStore
  readonly statistics: StatisticsStore
  readonly worker: WorkerStore
  readonly retention: RetentionStore

  describe(): Promise<StoreDescription>
  /** How large it is and how far back it goes. A few look-ups. */
  extent(): Promise<StoreExtent>
  /** Bytes free on the disk of the store; null where that is not known. */
  room(): Promise<number | null>
  /** What was recorded after `cursor`, oldest first: the durable feed that tails and streams follow. */
  feed(question: FeedQuestion): Promise<FeedPage>
  /** The cursor after everything recorded so far. */
  feedEnd(): Promise<string>
  /**
   * The cursor before the first item of these kinds recorded at or after an instant (ms); the end where there is none.
   * A few look-ups, however long the feed is. An item's time is that of its change, of the end of its attempt, or of
   * when it was skipped: exact as long as the clock of those who wrote never went back.
   */
  feedAt(question: FeedInstant): Promise<string>
  /** Calls `listener` soon after this process wrote something; other processes are noticed by asking again. */
  onWrite(listener: () => void): () => void
  close(): Promise<void>
}

export interface StoreDescription {
  readonly backend: 'sqlite' | 'memory' | 'json' | 'postgres'
  /** File path or URL without credentials. */
  readonly location: string
  readonly schema: number
  readonly bytes: number | null
}

/** Sizes in bytes, null where the backend has no such thing; instants null where there is nothing. */
export interface StoreExtent {
  readonly fileBytes: number | null
  /** Written, and not yet in the file itself. */
  readonly logBytes: number | null
  /** In the file and empty: taken for what comes next, given back by `compact`. */
  readonly freeBytes: number | null
  /** Left on its disk. */
  readonly diskFreeBytes: number | null
  readonly oldestEventAt: number | null
  readonly newestEventAt: number | null
  /** What is to be known about where it lies or how large it has grown: sentences, none where all is well. */
  readonly warnings: readonly string[]
}
