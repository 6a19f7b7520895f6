import type {Delivery} from '../../domain/delivery.ts'
import type {Event} from '../../domain/event.ts'
import type {EventFilter} from '../../domain/filters.ts'
import type {HistoryEntry} from '../../domain/history.ts'
import type {Page, PageRequest} from '../../domain/page.ts'
import type {BatchPolicy} from '../../domain/policy.ts'

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
  /** The id of the event that came with an idempotency key; null where there is none (any more). */
  idByKey(organizationId: number, idempotencyKey: string): Promise<string | null>
  /** Newest first. */
  list(organizationId: number, filter: EventFilter, page: PageRequest): Promise<Page<Event>>
}
