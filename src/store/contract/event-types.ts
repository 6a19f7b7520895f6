import type {OwnEventType} from '../../domain/event-type.ts'
import type {Page, PageRequest} from '../../domain/page.ts'
import type {Telling} from './events.ts'
import type {From} from './organizations.ts'

export interface EventTypeStore {
  /** Rejects with `event_type_exists` when the name is taken in its organization. */
  add(type: OwnEventType, entry: Telling): Promise<void>
  find(organizationId: number, name: string): Promise<OwnEventType | null>
  /** By name. */
  list(organizationId: number, page: PageRequest): Promise<Page<OwnEventType>>
  /** Those with a schema, by name: from memory, until something that is set up changes. Every accepted event asks for them. */
  withSchema(organizationId: number): Promise<ReadonlyMap<string, OwnEventType>>
  /** Replaces all but the name; rejects with `changed_meanwhile`. */
  replace(type: OwnEventType, entry: Telling, from: From<OwnEventType>): Promise<void>
  /** Nothing of it stays but the history and its events. Rejects with `changed_meanwhile`. */
  remove(type: OwnEventType, entry: Telling): Promise<void>
}
