import type {AttemptView, DeliveryView} from './deliveries.ts'
import type {ActivityView, HistoryView} from './history.ts'

/** Follow `GET /v1/stream`: server-sent events whose ids are cursors, so a client goes on where it was. */
export interface StreamQuestion {
  readonly organization: string
  /** Where to go on; null is from now. */
  readonly cursor: string | null
  readonly kinds: readonly ('attempt' | 'skipped' | 'history')[]
}

export type StreamItem =
  | {readonly kind: 'attempt'; readonly cursor: string; readonly attempt: AttemptView; readonly delivery: DeliveryView}
  | {readonly kind: 'skipped'; readonly cursor: string; readonly delivery: DeliveryView}
  | {readonly kind: 'history'; readonly cursor: string; readonly entry: HistoryView; readonly activity: ActivityView}
