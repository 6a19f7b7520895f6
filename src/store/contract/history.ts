import type {HistoryFilter} from '../../domain/filters.ts'
import type {HistoryEntry} from '../../domain/history.ts'
import type {Page, PageRequest} from '../../domain/page.ts'
import type {Telling} from './events.ts'

export interface HistoryStore {
  add(entries: readonly Telling[]): Promise<void>
  find(organizationId: number, id: string): Promise<HistoryEntry | null>
  /** Newest first. */
  list(organizationId: number, filter: HistoryFilter, page: PageRequest): Promise<Page<HistoryEntry>>
}
