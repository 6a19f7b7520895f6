import type {Page, PageRequest} from '../../domain/page.ts'
import type {LastReceived, Source} from '../../domain/source.ts'
import type {Telling} from './events.ts'
import type {From} from './organizations.ts'

export interface SourceStore {
  /**
   * Rejects with `source_exists` when the name is taken in its organization, and `changed_meanwhile` where its context is
   * not there.
   */
  add(source: Source, entry: Telling): Promise<void>
  /** By id, whatever the organization: the one question of every request that comes in. */
  byId(id: string): Promise<{readonly source: Source; readonly last: LastReceived} | null>
  /** By id, or by name where no id matches. */
  find(organizationId: number, idOrName: string): Promise<Source | null>
  /** By name. */
  list(organizationId: number, page: PageRequest): Promise<Page<Source>>
  /** What came last to each of the organization, by id. */
  lastReceived(organizationId: number): Promise<ReadonlyMap<string, LastReceived>>
  /** Notes that something came and was accepted, or refused with this code; nothing happens where the source is gone. */
  noteReceived(id: string, at: number, refusal: string | null): Promise<void>
  /** Replaces it whole, but for what came last. Rejects with `changed_meanwhile`, also for another context that is not there, and `source_exists`. */
  replace(source: Source, entry: Telling, from: From<Source>): Promise<void>
  /** Nothing of it stays but the history and its events. Rejects with `changed_meanwhile`. */
  remove(source: Source, entry: Telling): Promise<void>
}
