import type {ContentGone} from './delivery.ts'
import type {JsonText} from './json.ts'

/** Who did it. `name` is null for the system itself. */
export interface Actor {
  readonly kind: 'user' | 'token' | 'system'
  readonly name: string | null
  readonly email?: string | null
  readonly id?: string | null
}

/** The thing an event or a history entry is about. `type` is the platform's word: `Node`, `dcim.site`. */
export interface ObjectRef {
  readonly type: string
  readonly id: string
  readonly name: string
}

/** Something that happened. Never changed after it was accepted. */
export interface Event {
  /** `evt_` and a UUIDv7 in hex: sorts by time of acceptance. */
  readonly id: string
  readonly organizationId: number
  readonly contextId: string | null
  /** What the context was called when the event was accepted; absent where it has none. */
  readonly contextName?: string | null
  /** A name in a platform's catalog: `node.added`, `dcim.site.created`. */
  readonly type: string
  /** Microseconds since the epoch: NetBox prints six digits, and a safe integer holds them until 2255. */
  readonly occurredAtMicros: number
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number
  readonly actor: Actor
  /** Where it came from: `api`, `cli`, `inbound:<source>`, `hookctl`. */
  readonly source: string
  /** Shared by all changes of one request. A UUID where the platform wants one. */
  readonly requestId: string
  readonly object: ObjectRef | null
  /** The event-specific part, as JSON text: numbers and key order as they were given. */
  readonly data: JsonText
  /** The object before and after, as JSON text; null where there was none, and both null where nobody said. */
  readonly before: JsonText | null
  readonly after: JsonText | null
  /** A JSON object of what one platform needs beyond these fields (NetBox: `request`), or null. */
  readonly extra: JsonText | null
  /** The caller's own key: a second event with it and the same content is the first one again. */
  readonly idempotencyKey: string | null
  /** How many deliveries of hookctl, here or elsewhere, brought it here one after the other; absent: none. */
  readonly hops?: number
  /** Present where its data is no longer kept: then `data` is `null`, and so is what goes with it. */
  readonly contentGone?: ContentGone
}
