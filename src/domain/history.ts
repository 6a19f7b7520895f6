import type {Actor, ObjectRef} from './event.ts'
import type {JsonText} from './json.ts'

export type Change = 'created' | 'changed' | 'deleted'

/** One change of one tracked object: who, when, what it was and what it became. */
export interface HistoryEntry {
  /** `hst_` and a UUIDv7 in hex. */
  readonly id: string
  readonly organizationId: number
  readonly at: number
  readonly change: Change
  /** `Node`, `Tag`, `Webhook`, `dcim.site`: the platform's word. */
  readonly object: ObjectRef
  /** Null name when the system did it by itself. */
  readonly actor: Actor
  readonly requestId: string
  /** The event that reported it, or null for hookctl's own changes. */
  readonly eventId: string | null
  /** Secrets in it are masked before it is written. */
  readonly before: JsonText | null
  readonly after: JsonText | null
}
