import type {DeliveryState, DeliveryTrigger, ErrorClass} from './delivery.ts'
import type {Change} from './history.ts'

/** Absent members do not restrict; a list means any of them. Instants in ms, `since` inclusive, `until` exclusive. */
export interface DeliveryFilter {
  readonly states?: readonly DeliveryState[] | undefined
  readonly webhookId?: string | undefined
  readonly eventId?: string | undefined
  /** Patterns as in a subscription. */
  readonly eventTypes?: readonly string[] | undefined
  readonly trigger?: DeliveryTrigger | undefined
  readonly replayOf?: string | undefined
  /** Inclusive range of the last answer's status: 404 is [404, 404], 4xx is [400, 499]. */
  readonly status?: readonly [from: number, to: number] | undefined
  readonly errorClass?: ErrorClass | undefined
  readonly since?: number | undefined
  readonly until?: number | undefined
}

export interface EventFilter {
  readonly types?: readonly string[] | undefined
  readonly objectType?: string | undefined
  readonly objectId?: string | undefined
  readonly requestId?: string | undefined
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
