import type {WebhookFilter} from '../../domain/filters.ts'
import type {Health} from '../../domain/health.ts'
import type {Page, PageRequest} from '../../domain/page.ts'
import type {Pause, Webhook} from '../../domain/webhook.ts'
import type {Acceptance, Telling} from './events.ts'
import type {From} from './organizations.ts'

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
