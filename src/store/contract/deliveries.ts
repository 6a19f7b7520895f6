import type {Attempt, Delivery, DeliveryReason, DeliveryState} from '../../domain/delivery.ts'
import type {Event} from '../../domain/event.ts'
import type {DeliveryFilter} from '../../domain/filters.ts'
import type {Page, PageRequest} from '../../domain/page.ts'
import type {Acceptance, Body, NewDelivery} from './events.ts'
import type {Pausing, WebhookHealth} from './webhooks.ts'

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
  /** Makes the batches of a webhook that are not frozen yet due now: no event joins them any more. */
  flush(webhookId: string, now: number): Promise<Flushed>
  /** What waits for each webhook of an organization; webhooks without a queue are missing. A look-up per webhook. */
  queues(organizationId: number): Promise<readonly Queue[]>
  /** Deliveries per state, kept as they change and never counted. Over all organizations where null. */
  counts(organizationId: number | null, webhookId?: string): Promise<Readonly<Record<DeliveryState, number>>>
  /**
   * How many failed for good, and nothing sent again in their place has mended, of webhooks that are still there: what
   * the filters `failed` and `undelivered` find of each. Walks these.
   */
  lost(organizationId: number): Promise<number>
  /** `createdAt` of the oldest delivery of an organization that is collecting, pending or held, or null. */
  oldestUnfinished(organizationId: number): Promise<number | null>
  /**
   * `dueAt` of the pending delivery of an organization that is overdue the longest at `now`, or null. What stands behind the
   * first in line of an ordered webhook is not. A look-up per webhook.
   */
  overdueSince(organizationId: number, now: number): Promise<number | null>
}
