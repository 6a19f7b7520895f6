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
  /** The event that reported it or tells of it; null where none does. */
  readonly eventId: string | null
  /** The part of the organization it happened in; absent where nobody said. */
  readonly contextId?: string
  /** Secrets in it are masked before it is written. */
  readonly before: JsonText | null
  readonly after: JsonText | null
  /** Members in which a secret was replaced: the masks before and after look the same. Absent where there are none. */
  readonly rotated?: readonly string[]
}
