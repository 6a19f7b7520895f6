import type {Attempt, Delivery} from '../../domain/delivery.ts'
import type {HistoryEntry} from '../../domain/history.ts'

export interface FeedQuestion {
  readonly organizationId: number
  /** From `feedEnd`, a FeedItem or a FeedPage; null is the beginning. Opaque text. Rejects with `bad_cursor` (usage) on anything else. */
  readonly cursor: string | null
  /** 1 to 1000. */
  readonly limit: number
  readonly kinds: readonly FeedKind[]
}

export type FeedInstant = Pick<FeedQuestion, 'organizationId' | 'kinds'> & {readonly instant: number}

export type FeedKind = 'attempt' | 'skipped' | 'history'

export type FeedItem =
  | {readonly kind: 'attempt'; readonly cursor: string; readonly attempt: Attempt; readonly delivery: Delivery}
  | {readonly kind: 'skipped'; readonly cursor: string; readonly delivery: Delivery}
  | {readonly kind: 'history'; readonly cursor: string; readonly entry: HistoryEntry}

export interface FeedPage {
  readonly items: readonly FeedItem[]
  /** Where to go on; equal to the question's when nothing is new. */
  readonly cursor: string
}
