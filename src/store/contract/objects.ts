import type {ObjectFilter} from '../../domain/filters.ts'
import type {Page, PageRequest} from '../../domain/page.ts'
import type {ObjectKey, TrackedObject} from '../../domain/tracked.ts'
import type {Telling} from './events.ts'

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
