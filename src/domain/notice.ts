import type {ObjectRef} from './event.ts'
import type {JsonText} from './json.ts'

/** What hookctl sees by itself and an operator wants to know; by nobody, unlike a change. */
export type NoticeKind =
  | 'webhook.failing'
  | 'webhook.paused'
  | 'webhook.recovered'
  | 'delivery.exhausted'
  | 'worker.stopped'

export interface Notice {
  readonly kind: NoticeKind
  readonly occurredAtMicros: number
  readonly requestId: string
  /** The part of the organization it belongs to, or null. */
  readonly contextId: string | null
  readonly object: ObjectRef
  /** The object and what is to be said of it. */
  readonly data: JsonText
}
