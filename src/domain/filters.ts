import type {DeliveryState, DeliveryTrigger, ErrorClass} from './delivery.ts'
import type {Change} from './history.ts'
import type {Comparison} from './where.ts'

/** Both included. */
export type StatusRange = readonly [from: number, to: number]

/** Absent members do not restrict; a list means any of them. Instants in ms, `since` inclusive, `until` exclusive. */
export interface DeliveryFilter {
  readonly states?: readonly DeliveryState[] | undefined
  /**
   * Only what is over, was owed, and that its receiver never got: failed or cancelled, and nothing that was sent again in
   * its place was delivered or is on its way. A replay to another URL changes nothing, tests and replays are not asked.
   */
  readonly undelivered?: true | undefined
  readonly webhookId?: string | undefined
  readonly eventId?: string | undefined
  /** Patterns as in a subscription. */
  readonly eventTypes?: readonly string[] | undefined
  readonly triggers?: readonly DeliveryTrigger[] | undefined
  readonly replayOf?: string | undefined
  /** Inclusive ranges of the last answer's status: 404 is [404, 404], 4xx is [400, 499]. */
  readonly statuses?: readonly StatusRange[] | undefined
  readonly errorClasses?: readonly ErrorClass[] | undefined
  /** Made for this replay. */
  readonly replayId?: string | undefined
  /** Of the event; of a batch its first one. */
  readonly contextId?: string | undefined
  /** What the event is about; of a batch its first one. */
  readonly object?: {readonly type?: string | undefined; readonly id: string} | undefined
  /** Pattern as `readHost` takes it: of the URL it goes to, the webhook's of today or the replay's own. */
  readonly host?: string | undefined
  /** All of them hold for the body; for the event as `eventDocument` shows it where nothing was rendered. Looked at one by one. */
  readonly where?: readonly Comparison[] | undefined
  readonly since?: number | undefined
  readonly until?: number | undefined
}

export interface EventFilter {
  readonly types?: readonly string[] | undefined
  readonly objectType?: string | undefined
  readonly objectId?: string | undefined
  readonly requestId?: string | undefined
  /** Where they came from: `api`, `inbound:netbox`. */
  readonly source?: string | undefined
  readonly since?: number | undefined
  readonly until?: number | undefined
}

export interface HistoryFilter {
  readonly objectTypes?: readonly string[] | undefined
  readonly objectId?: string | undefined
  readonly changes?: readonly Change[] | undefined
  /** Part of the actor's name or address, case-insensitive (EntryPoint's audit log filters so). */
  readonly actor?: string | undefined
  readonly since?: number | undefined
  readonly until?: number | undefined
}

export interface ObjectFilter {
  readonly platform?: string | undefined
  readonly type?: string | undefined
  /** Part of name or id, case-insensitive. */
  readonly text?: string | undefined
}

export interface WebhookFilter {
  readonly active?: boolean | undefined
  /** Name without version: `netbox`. */
  readonly platform?: string | undefined
  /** Part of name, description or URL, case-insensitive. */
  readonly text?: string | undefined
}
