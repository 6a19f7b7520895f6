import type {Attempt, Delivery, DeliveryReason, DeliveryState} from '../domain/delivery.ts'
import type {Event} from '../domain/event.ts'
import type {DeliveryFilter, EventFilter, HistoryFilter, ObjectFilter, WebhookFilter} from '../domain/filters.ts'
import type {Health} from '../domain/health.ts'
import type {HistoryEntry} from '../domain/history.ts'
import type {Context, Member, Organization} from '../domain/organization.ts'
import type {Page, PageRequest} from '../domain/page.ts'
import type {BatchPolicy} from '../domain/policy.ts'
import type {Replay, ReplayCounts, ReplayState} from '../domain/replay.ts'
import type {Pruned, RetentionKind} from '../domain/retention.ts'
import type {Statistics, StatisticsFilter, StatisticsKey} from '../domain/statistics.ts'
import type {Token} from '../domain/token.ts'
import type {ObjectKey, TrackedObject} from '../domain/tracked.ts'
import type {Pause, Webhook} from '../domain/webhook.ts'

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

/**
 * What a change is made from, as it was read. Where that is no longer so, or is gone, a `replace` is rejected with
 * `changed_meanwhile` (conflict) and nothing is written: it would undo what somebody else has done. So is a `remove` of
 * an object that is not as it is handed in. Who reads again and changes that loses nothing of either.
 */
interface From<T> {
  readonly was: T
}

export interface OrganizationStore {
  bySlug(slug: string): Promise<Organization | null>
  byId(id: number): Promise<Organization | null>
  /** Rejects with `organization_exists` on a taken slug. The store gives the next number, from 1, also to the entry and its object. */
  add(organization: Omit<Organization, 'id'>, entry: Telling | null): Promise<Organization>
  /** By slug. */
  list(page: PageRequest): Promise<Page<Organization>>
  /** Replaces slug and name; rejects with `changed_meanwhile`, and `organization_exists` on a taken slug. */
  replace(organization: Organization, entry: Telling, from: From<Organization>): Promise<void>
  /**
   * Deletes it with its webhooks (unfinished deliveries are cancelled, reason `webhook_deleted`), contexts, members and
   * tokens; its slug is free again, its number is not. Answers how many deliveries were cancelled. The entry says itself
   * in whose history it stands. Rejects with `changed_meanwhile`.
   */
  remove(organization: Organization, entry: Telling, now: number): Promise<number>
}

export interface ContextStore {
  /** Rejects with `context_exists` when the id is taken in its organization. */
  add(context: Context, entry: Telling): Promise<void>
  find(organizationId: number, id: string): Promise<Context | null>
  /** By id. */
  list(organizationId: number, page: PageRequest): Promise<Page<Context>>
  /** Replaces name and kind; rejects with `changed_meanwhile`. */
  replace(context: Context, entry: Telling, from: From<Context>): Promise<void>
  /** Rejects with `context_in_use` naming the webhooks that are scoped to it, and `changed_meanwhile`. */
  remove(context: Context, entry: Telling): Promise<void>
}

/**
 * Every change comes with the event that tells of it: both are written in one transaction, as `EventStore.accept` does.
 * A change that would leave an organization without its last owner is rejected with `last_owner`.
 */
export interface MemberStore {
  /** Rejects with `member_exists` when the user is one already. */
  add(member: Member, event: Acceptance): Promise<void>
  find(organizationId: number, user: string): Promise<Member | null>
  /** By user. */
  list(organizationId: number, page: PageRequest): Promise<Page<Member>>
  /** Replaces email and role; rejects with `changed_meanwhile`. */
  replace(member: Member, event: Acceptance, from: From<Member>): Promise<void>
  /** Takes the user's tokens of this organization along. Rejects with `changed_meanwhile`. */
  remove(member: Member, event: Acceptance): Promise<void>
}

export interface TokenStore {
  /**
   * Keeps the SHA-256 of the token's value and nothing else of it. Rejects with `token_exists` on a taken name, and
   * `changed_meanwhile` where its user is no member.
   */
  add(token: Token, digest: Uint8Array, entry: Telling): Promise<void>
  /** Whatever the organization, also an expired one: the one question of every request with a token. */
  byDigest(digest: Uint8Array): Promise<Token | null>
  /** By id, or by name where no id matches. */
  find(organizationId: number, idOrName: string): Promise<Token | null>
  /** Newest first. */
  list(organizationId: number, page: PageRequest): Promise<Page<Token>>
  /** Nothing of it stays but the history. Rejects with `token_not_found` when it is gone already. */
  remove(token: Token, entry: Telling): Promise<void>
  /** Notes when it was used last; nothing happens where it is gone. */
  touch(id: string, at: number): Promise<void>
}

/** All webhooks of an organization, with what tells whether one of any organization was changed since: opaque. */
interface SeenWebhooks {
  readonly webhooks: readonly Webhook[]
  readonly seen: number
}

interface WebhookFrom extends From<Webhook> {
  /** Of the webhooks it was compared with, where there is anything that only one of them may have. */
  readonly seen?: number | undefined
}

export interface WebhookStore {
  /**
   * Rejects with `webhook_exists` when the name is taken in its organization, and with `changed_meanwhile` where its
   * context is not there, or a webhook was changed since the others were `seen` that it was compared with.
   */
  add(webhook: Webhook, entry: Telling, seen?: number): Promise<void>
  /** By id, or by name where no id matches. */
  find(organizationId: number, idOrName: string): Promise<Webhook | null>
  /** By ids, whatever the organization; deleted ones are missing from the answer. */
  byIds(ids: readonly string[]): Promise<readonly Webhook[]>
  /** Newest first. */
  list(organizationId: number, filter: WebhookFilter, page: PageRequest): Promise<Page<Webhook>>
  /** Every webhook of the organization, for the fan-out: cheap to call per accept. Cached until a webhook changes; one that another process changes is seen at once, on PostgreSQL as soon as the server tells of it. */
  all(organizationId: number): Promise<readonly Webhook[]>
  /** The same as it is now, whoever changed it: for what only one of them may have. */
  allSeen(organizationId: number): Promise<SeenWebhooks>
  /**
   * Replaces it whole; lifting its pause begins a new run in its health. Rejects with `changed_meanwhile`, also for another
   * context that is not there and for what was `seen`, as `add` does, and with `webhook_exists` on a taken name.
   */
  replace(webhook: Webhook, entry: Telling, from: WebhookFrom): Promise<void>
  /** How those of these webhooks are doing that were ever tried; by id, whatever the organization. */
  health(ids: readonly string[]): Promise<ReadonlyMap<string, Health>>
  /**
   * Says what was told of a webhook's health, writes the events that tell it, and pauses it where that is the news: one
   * transaction. Nothing is written and false answered where it is deleted, or its health says meanwhile that something
   * else was told: of two that tell the same one does. A pause does nothing to one that is paused already.
   */
  tellHealth(note: HealthNote): Promise<boolean>
  /**
   * Deletes it and cancels its unfinished deliveries (reason `webhook_deleted`); records stay. Answers how many were
   * cancelled. Rejects with `changed_meanwhile`.
   */
  remove(webhook: Webhook, entry: Telling, now: number): Promise<number>
}

/** A change of what is configured, as the method of its store takes it. */
export type ConfigurationChange =
  | StoreChange<'contexts', ContextStore>
  | StoreChange<'members', MemberStore>
  | StoreChange<'webhooks', WebhookStore>

interface StoreChange<Part extends string, S extends {add: unknown; replace: unknown; remove: unknown}> {
  readonly part: Part
  readonly method: 'add' | 'replace' | 'remove'
  readonly input: Input<S['add']> | Input<S['replace']> | Input<S['remove']>
}

type Input<Method> = Method extends (...input: infer I) => unknown ? Readonly<I> : never

export interface ChangeStore {
  /**
   * Makes all these changes, in this order, in one transaction: each as the method of its store does, made from what those
   * before it have left. Rejects as those methods do; then nothing was written.
   *
   * @param seen of the webhooks that some of these were compared with, before the first of them: they are not to say it
   */
  make(changes: readonly ConfigurationChange[], seen?: number): Promise<void>
}

/** Health of one webhook, with whose it is. */
export interface WebhookHealth extends Health {
  readonly webhookId: string
  readonly organizationId: number
}

type Told = Pick<Health, 'told' | 'down'>

export interface HealthNote {
  readonly webhookId: string
  /** What was said to be told so far. */
  readonly was: Told
  readonly now: Told
  readonly pause: Pausing | null
  readonly raised: readonly Acceptance[]
}

/** A pause with the history row that tells of it. */
export interface Pausing {
  readonly pause: Pause
  readonly entry: Telling
}

/** A body, rendered once and frozen: every delivery of `key` in one acceptance shares it. */
export interface Body {
  readonly key: string
  readonly bytes: Uint8Array
}

/** A delivery as it enters the store: with the key of its body, or null where nothing is to be sent. */
export interface NewDelivery {
  readonly delivery: Delivery
  readonly bodyKey: string | null
  /**
   * Of a `collecting` delivery: the event joins the open batch of its webhook where there is one with room, and this
   * delivery is not stored; else it is the new open batch. Full, or past `dueAt`, it is due to be frozen.
   */
  readonly batch?: BatchPolicy
}

/** An event that went into a batch that was open already: `deliveryId` is owed in place of `offered`. */
export interface Joined {
  readonly offered: string
  readonly deliveryId: string
}

/** One event with all that follows from it. */
export interface Acceptance {
  readonly event: Event
  readonly bodies: readonly Body[]
  readonly deliveries: readonly NewDelivery[]
  readonly history: readonly HistoryEntry[]
}

/**
 * A history row with the events that tell of the change: written together, in the transaction of the change itself. An
 * event that would be a conflict is not written.
 */
export interface Telling extends HistoryEntry {
  readonly raised?: readonly Acceptance[]
}

export interface Accepted {
  readonly eventId: string
  /** True when the idempotency key was known with the same content: nothing was written, `eventId` is the first one's. */
  readonly duplicate: boolean
  /** True when the idempotency key was known with other content (type, context, object, actor's name, data, before, after, extra). */
  readonly conflict: boolean
  /** Present where events joined open batches. */
  readonly joined?: readonly Joined[]
}

export interface EventStore {
  /**
   * Events, bodies, deliveries and history rows in one durable transaction, all or nothing; concurrent calls share a
   * commit. Resolves only after the commit has reached the disk (fsync). Answers in the order given. When one of them
   * is a conflict, nothing of this call is written. Rejects with `webhook_not_found` for a delivery of a webhook that
   * never was; one of a webhook deleted meanwhile is stored as cancelled (`webhook_deleted`), one that was to be held for
   * a webhook that does not hold (any more) as pending.
   */
  accept(acceptances: readonly Acceptance[]): Promise<readonly Accepted[]>
  find(organizationId: number, id: string): Promise<Event | null>
  /** Newest first. */
  list(organizationId: number, filter: EventFilter, page: PageRequest): Promise<Page<Event>>
}

/** What a worker needs to send one delivery, body included. */
export interface DueDelivery {
  readonly delivery: Delivery
  /** Of its event: how many deliveries brought it here. */
  readonly hops: number
  readonly body: Uint8Array
}

export interface DueQuestion {
  readonly now: number
  /** At most so many in all, and so many of one webhook: one full queue must not hide the others. */
  readonly limit: number
  readonly perWebhook: number
  /** Webhooks whose queue in memory is full already. */
  readonly exceptWebhooks: readonly string[]
  /** Of these only what a person asked for is answered: replays and tests. */
  readonly restingWebhooks: readonly string[]
  /** Deliveries that are in memory already; never answered again. */
  readonly except: ReadonlySet<string>
  /**
   * Boot id of the worker that asks. Where several send from one store (`WorkerStore.isShared`) what is answered is claimed
   * for it until it is recorded, or until it is not heard of for too long; without one nothing is claimed.
   */
  readonly owner?: string
}

/** The outcome of one attempt, with the state that follows from it. */
export interface Recorded {
  readonly attempt: Attempt
  readonly state: DeliveryState
  readonly reason: DeliveryReason | null
  readonly dueAt: number | null
  readonly finishedAt: number | null
  /** Pauses the webhook in the same transaction, with its history row. */
  readonly pause: Pausing | null
  /** Events that tell of it; not written where the state of the delivery stays as it is. */
  readonly raised?: readonly Acceptance[]
}

/** What a batch has become: bytes to be sent, or a failure where it cannot be rendered. */
export interface Frozen extends Pick<Delivery, 'state' | 'reason' | 'dueAt' | 'finishedAt'> {
  readonly deliveryId: string
  readonly body: Uint8Array | null
}

export interface Flushed {
  readonly deliveryIds: readonly string[]
  /** Events in them. */
  readonly events: number
}

/** What waits for one webhook, from kept counts. */
export interface Queue {
  readonly webhookId: string
  /** Deliveries that are pending or delivering. */
  readonly depth: number
  readonly held: number
  /** Open batches, the events in them, and when the first of them is to be closed. */
  readonly batches: number
  readonly collecting: number
  readonly closesAt: number | null
  /** `createdAt` of the oldest of all these; null where nothing waits. */
  readonly oldestAt: number | null
}

/** A delivery's state changed without an attempt: skipped, held, resumed, cancelled. */
export interface Moved {
  readonly deliveryId: string
  /** Only from these states; otherwise nothing happens to it. */
  readonly from: readonly DeliveryState[]
  readonly state: DeliveryState
  readonly reason: DeliveryReason | null
  readonly dueAt: number | null
  readonly finishedAt: number | null
}

/** That a webhook has a delivery of an event. */
export interface EventDelivery extends Pick<Delivery, 'id' | 'webhookId' | 'state' | 'replayOf' | 'bodyBytes'> {
  readonly eventId: string
}

export interface DeliveryStore {
  /**
   * Replays and tests: new deliveries, each with the body of an existing delivery (`bodyOf`) or one of its own. Rejects
   * with conflict `content_gone` where that body is no longer kept.
   */
  add(deliveries: readonly (NewDelivery & {readonly bodyOf: string | null})[], bodies: readonly Body[]): Promise<void>
  find(organizationId: number, id: string): Promise<Delivery | null>
  /** Newest first. */
  list(organizationId: number, filter: DeliveryFilter, page: PageRequest): Promise<Page<Delivery>>
  /** How many match. Walks what matches: for dry runs and confirmations, not for every screen. */
  count(organizationId: number, filter: DeliveryFilter): Promise<number>
  /**
   * For each of these events, at most 1000, the deliveries that webhooks have of it, also in batches; replays to another
   * URL left out.
   */
  ofEvents(eventIds: readonly string[]): Promise<readonly EventDelivery[]>
  /** Which of these deliveries, at most 1000, match: for what is come by in another way than by a list. */
  matching(organizationId: number, filter: DeliveryFilter, ids: readonly string[]): Promise<readonly string[]>
  body(id: string): Promise<Uint8Array | null>
  /** Oldest first. */
  attempts(deliveryId: string): Promise<readonly Attempt[]>
  /**
   * Due `pending` deliveries, oldest due first within a webhook, every webhook with due work in turn. Writes nothing but
   * claims: on SQLite only the one owner asks, so what a killed owner had not recorded is due again by itself.
   *
   * Of a webhook with the policy `ordered` only the one that was accepted first of those that are pending or held, where
   * it is pending and due: what is in front blocks the others. Replays and tests do not stand in that order.
   */
  due(question: DueQuestion): Promise<readonly DueDelivery[]>
  /** When the next pending delivery falls due, or the next open batch is to be closed, after `now`; or null. */
  nextDue(now: number): Promise<number | null>
  /**
   * One transaction for all, the health of the webhooks included. A delivery that was cancelled or delivered meanwhile
   * keeps its state and still gets its attempt. Answers the health of those webhooks of which there may be something to
   * tell: they fail, or did when somebody was last told of them. With the boot id of a worker: of what another worker has
   * claimed meanwhile only the attempt is written, its state is the other's to say.
   */
  record(outcomes: readonly Recorded[], owner?: string): Promise<readonly WebhookHealth[]>
  /**
   * One transaction for all. Answers how many moved: what is to be held stays as it is where its webhook does not hold (any
   * more), and is still due.
   */
  move(moves: readonly Moved[]): Promise<number>
  /**
   * Holds what is pending of a webhook, oldest first, at most 10,000 a call; nothing where the webhook does not hold, as it
   * is in this transaction: of those who hold and resume one queue at once one finds nothing more. Answers how many.
   */
  hold(webhookId: string): Promise<number>
  /**
   * Makes what is held of a webhook, of all where null, due now, in the same way; nothing while it is off or paused. Writes
   * only where something is held. A look-up per webhook.
   */
  resume(webhookId: string | null, now: number): Promise<number>
  /** The clock was set back by so many ms: what is pending or collecting is due so much earlier. One transaction. Answers how many: none where others share the store, whose clocks were not. */
  setBack(ms: number): Promise<number>
  /** The events of a delivery in the order of its body, at most `limit`: one, or those of its batch. */
  events(deliveryId: string, limit: number): Promise<readonly Event[]>
  /**
   * Closes open batches that are due at `now`: no event joins them any more. At most one of a webhook, its oldest, and
   * only while no earlier delivery of its events is unfinished, so that batches arrive in their order; none of a webhook
   * that is paused, or off where that means hold. Answered again until it is frozen. Writes only where something is due.
   */
  seal(now: number, limit: number): Promise<readonly Delivery[]>
  /** One transaction for all. What is no longer collecting stays as it is. */
  freeze(frozen: readonly Frozen[]): Promise<void>
  /** Makes the batches of a webhook that are not frozen yet due now. */
  flush(webhookId: string, now: number): Promise<Flushed>
  /** What waits for each webhook of an organization; webhooks without a queue are missing. A look-up per webhook. */
  queues(organizationId: number): Promise<readonly Queue[]>
  /** Deliveries per state, kept as they change and never counted. Over all organizations where null. */
  counts(organizationId: number | null, webhookId?: string): Promise<Readonly<Record<DeliveryState, number>>>
  /** `createdAt` of the oldest delivery of an organization that is collecting, pending or held, or null. */
  oldestUnfinished(organizationId: number): Promise<number | null>
  /** `dueAt` of the pending delivery of an organization that is overdue the longest at `now`, or null. A look-up per webhook. */
  overdueSince(organizationId: number, now: number): Promise<number | null>
}

/** Something to be sent again, oldest first by `at`. */
export interface NewReplayItem {
  readonly webhookId: string
  /** When what is repeated was made, or its event accepted (ms): the order in which they go out. */
  readonly at: number
  /** The delivery that is repeated, or null where there never was one. */
  readonly deliveryId: string | null
  /** The event, where it was never rendered for this webhook; else null: its frozen body is sent. */
  readonly eventId: string | null
}

export interface ReplayItem extends NewReplayItem {
  /** Within its replay. */
  readonly number: number
}

/** What a replay has still to hand over to a webhook. */
export interface ReplayQueue {
  readonly webhookId: string
  /** Deliveries made and not yet tried. */
  readonly untried: number
  /** Of these, due at `overdueAt` or before. */
  readonly overdue: number
  /** When the last of these is due; null where there is none. */
  readonly lastDueAt: number | null
}

/** Items of a replay that are handed over together. */
export interface HandOver {
  readonly replayId: string
  /** Only while this boot id drives the replay. */
  readonly bootId: string
  readonly webhookId: string
  readonly now: number
  /** To be sent with the frozen body of the delivery that they repeat. */
  readonly again: readonly {readonly number: number; readonly id: string; readonly dueAt: number}[]
  /** What was never rendered: deliveries for the item, none where it is refused after all. */
  readonly fresh: readonly {readonly number: number; readonly deliveries: readonly NewDelivery[]}[]
  readonly bodies: readonly Body[]
  /** Items that cannot be sent any more. */
  readonly refused: readonly number[]
}

export interface ReplayStore {
  /** In the state `selecting`. */
  add(replay: Replay): Promise<void>
  /** What is to be sent again; only while it is `selecting`. */
  addItems(replayId: string, items: readonly NewReplayItem[]): Promise<void>
  /** Ends the selection: `running`, or `done` where there is nothing. Answers the replay with its total. */
  begin(replayId: string, now: number, entry: Telling): Promise<Replay>
  /** Removes a replay whose selection was not what was wanted: nothing of it was sent. */
  discard(replayId: string): Promise<void>
  find(organizationId: number, id: string): Promise<Replay | null>
  /** Newest first. */
  list(organizationId: number, page: PageRequest): Promise<Page<Replay>>
  /**
   * Another state, where it is in one of `from`. `cancelled` forgets its items and cancels its deliveries that are not
   * over, at most 10,000 a call. Answers whether there may be more to do: ask again.
   */
  change(
    replayId: string,
    change: {
      readonly from: readonly ReplayState[]
      readonly to: ReplayState
      readonly now: number
      readonly entry: Telling | null
    },
  ): Promise<{readonly changed: boolean; readonly more: boolean}>
  /** What has become of its deliveries. Walks an index range of them. */
  counts(replayId: string): Promise<ReplayCounts>
  /**
   * The running replays, of all organizations, that this boot id may hand over from now on: those nobody drives, it
   * drives itself, whose driver has not been heard of since `staleBefore`, or may send no more. Writes only where that changes or is old.
   */
  drive(bootId: string, now: number, staleBefore: number): Promise<readonly Replay[]>
  /** The webhooks that a replay has still items for. A look-up per webhook. */
  queues(replayId: string, overdueAt: number): Promise<readonly ReplayQueue[]>
  /** The next items for a webhook, oldest first, at most `limit`. */
  items(replayId: string, webhookId: string, limit: number): Promise<readonly ReplayItem[]>
  /**
   * Makes the deliveries of items and forgets the items, one transaction: an item is handed over once, whatever dies
   * when. What is repeated and its webhook are looked at again; what cannot be sent counts as refused. False, and
   * nothing happens, where the replay is not running or another drives it.
   */
  handOver(handOver: HandOver): Promise<boolean>
}

export interface HistoryStore {
  add(entries: readonly Telling[]): Promise<void>
  find(organizationId: number, id: string): Promise<HistoryEntry | null>
  /** Newest first. */
  list(organizationId: number, filter: HistoryFilter, page: PageRequest): Promise<Page<HistoryEntry>>
}

/** What becomes of one tracked object. */
export interface ObjectWrite {
  readonly key: ObjectKey
  /** `seen` of the object the change was made from; null where there was none. */
  readonly seen: number | null
  /** Null: it is gone. */
  readonly object: TrackedObject | null
}

/** A tracked object with what tells whether it was written since; opaque, and never the same again. */
export interface SeenObject extends TrackedObject {
  readonly seen: number
}

export interface ObjectStore {
  /** In the order asked; null where there is none. */
  find(keys: readonly ObjectKey[]): Promise<readonly (SeenObject | null)[]>
  /** By platform, type and id. */
  list(organizationId: number, filter: ObjectFilter, page: PageRequest): Promise<Page<TrackedObject>>
  /**
   * Objects with the rows and events that tell of their changes, in the order given, one durable transaction. Rejects
   * with `object_changed` (conflict) and writes nothing when one of them is not what was seen. One write per key.
   */
  write(writes: readonly ObjectWrite[], tellings: readonly Telling[]): Promise<void>
}

interface StatisticsQuestion {
  readonly filter: StatisticsFilter
  readonly by: StatisticsKey
  /** How long a stretch of time is: whole hours, or whole days where it begins before the hours that are kept. */
  readonly stretchMs: number
}

export interface StatisticsStore {
  /**
   * Attempts that began in the time asked for, by key and stretch of time. Kept as outcomes are recorded, in their
   * transaction, and never counted: costs what there are of webhooks, types and outcomes in these hours, however many
   * attempts. Whatever becomes of the deliveries, the counts stay: by the hour for 14 days, then by the day for 400; they
   * age with the first attempt of a day (UTC). A deleted webhook keeps its id, a deleted organization has none.
   */
  attempts(organizationId: number, question: StatisticsQuestion): Promise<Statistics>
}

/** One slice of a walk through what is old. */
export interface PruneQuestion {
  readonly kind: RetentionKind
  /** Only what was over before this instant (ms). */
  readonly before: number
  /** How many rows are looked at, and removed in one transaction, at most. */
  readonly limit: number
  /** From the slice before; null begins. */
  readonly cursor: string | null
  /** Of history: what made an object and what changed it last stays. */
  readonly keepEnds?: boolean
  /** Counts and removes nothing. */
  readonly dryRun?: boolean
}

export interface PruneSlice {
  readonly pruned: Pruned
  /** Null: this was the last slice. */
  readonly cursor: string | null
}

export interface ExpungeQuestion {
  readonly deliveryIds: readonly string[]
  readonly entries: readonly Telling[]
}

/** Events whose data went too, and those whose data other deliveries still have. */
export interface Expunged {
  readonly eventIds: readonly string[]
  readonly keptEventIds: readonly string[]
}

export interface RetentionStore {
  /**
   * Removes what is past its time and owed to nobody, oldest first, in slices that are a transaction each. `bodies`: the
   * content of settled deliveries and of events that only such have; their records stay and say so (`contentGone`).
   * `records`: settled deliveries with their attempts, then events without deliveries. Unfinished deliveries stay, and so
   * does what the filter `undelivered` finds, until its webhook is deleted or its content was expunged.
   * The newest row of each kind stays. Counts are kept right; what the feed tells of removed rows goes too.
   */
  prune(question: PruneQuestion): Promise<PruneSlice>
  /**
   * Overwrites the content of finished deliveries, and the data of events that no other delivery has. One transaction.
   * Rejects with `delivery_not_found`, and conflict `delivery_not_over`.
   */
  expunge(question: ExpungeQuestion): Promise<Expunged>
  /** Gives free room back to the disk, where the backend has a file; everybody else waits. */
  compact(): Promise<void>
}

export interface Owner {
  /** Made anew by every process that sends. */
  readonly bootId: string
  readonly pid: number
  readonly host: string
  readonly since: number
  readonly heartbeatAt: number
}

export interface WorkerStore {
  /** Whether any number of workers may send from it: each then has the right to, and claims what it sends. */
  readonly isShared: boolean
  /** Whether sending is switched on; what `worker enable|disable` sets. On in a new store. */
  enabled(): Promise<boolean>
  /** Answers whether it was otherwise: where it was not, nothing is written. */
  setEnabled(enabled: boolean, entry: Telling): Promise<boolean>
  /** Who sends, as far as is known; of several the one that has been for the longest. */
  owner(): Promise<Owner | null>
  /** All that send, the one that has been for the longest first: more than one only where the store is shared. */
  owners(): Promise<readonly Owner[]>
  /**
   * Takes the right to send when nobody has it, its holder's heartbeat is older than `staleBefore`, or its holder is
   * `deadBootId`, whose process is known to be gone. Answers whether this boot id now holds it. The dead one is named
   * because two processes may find the same holder dead: the second must not take it from the first.
   */
  own(owner: Owner, staleBefore: number, deadBootId: string | null): Promise<boolean>
  /** Renews the heartbeat; false when another took over: stop sending at once. */
  renew(bootId: string, now: number): Promise<boolean>
  release(bootId: string): Promise<void>
}

export interface FeedQuestion {
  readonly organizationId: number
  /** From `feedEnd`, a FeedItem or a FeedPage; null is the beginning. Opaque text. Rejects with `bad_cursor` (usage) on anything else. */
  readonly cursor: string | null
  /** 1 to 1000. */
  readonly limit: number
  readonly kinds: readonly FeedKind[]
}

export type FeedInstant = Pick<FeedQuestion, 'organizationId' | 'kinds'> & {readonly instant: number}

export type FeedKind = 'attempt' | 'skipped' | 'history'

export type FeedItem =
  | {readonly kind: 'attempt'; readonly cursor: string; readonly attempt: Attempt; readonly delivery: Delivery}
  | {readonly kind: 'skipped'; readonly cursor: string; readonly delivery: Delivery}
  | {readonly kind: 'history'; readonly cursor: string; readonly entry: HistoryEntry}

export interface FeedPage {
  readonly items: readonly FeedItem[]
  /** Where to go on; equal to the question's when nothing is new. */
  readonly cursor: string
}
