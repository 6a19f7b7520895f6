import {z} from 'zod'
import type {DeliveryFilterInput} from '../domain/filter-grammar.ts'
import type {AttemptView, DeliveryView} from './deliveries.ts'
import {deliveryFilter} from './delivery-filter.ts'
import type {ActivityView, HistoryView} from './history.ts'
import {lazily} from './lazily.ts'
import {flag, inOrganization, instant, listOf} from './shapes.ts'

const kinds = ['attempt', 'skipped', 'history'] as const

/** The query of `GET /v1/stream`. Kinds come as one list, `attempt,skipped`, or one by one. */
export const streamInput = lazily(() => {
  const {until: _, ...filter} = deliveryFilter()
  return inOrganization.extend({
    ...filter,
    cursor: z.string().min(1).max(500).optional(),
    kinds: z
      .preprocess(value => (typeof value === 'string' ? value.split(',') : value), listOf(z.enum(kinds)))
      .default([...kinds]),
    follow: flag.default(true),
    since: instant.optional(),
  })
})

/** Follow `GET /v1/stream`: server-sent events whose ids are cursors, so a client goes on where it was. */
export interface StreamQuestion {
  readonly organization: string
  /** Where to go on; null is from now. */
  readonly cursor: string | null
  readonly kinds: readonly ('attempt' | 'skipped' | 'history')[]
  /** False: ends when everything recorded so far was given. True unless said. */
  readonly follow?: boolean
  /**
   * RFC 3339: begins with the first thing recorded at or after that time. A cursor beats it: where one was is a better
   * answer than where one began.
   */
  readonly since?: string | null
  /**
   * Which attempts and skipped deliveries: what they are about now, status and class of error those of the attempt
   * itself. History is not asked.
   */
  readonly filter?: StreamFilter
}

type StreamFilter = Omit<DeliveryFilterInput, 'since' | 'until'>

/** The event that ends a stream which does not follow: all has been said. A stream that is cut has none. */
export const STREAM_END = 'end'

export type StreamItem =
  | {readonly kind: 'attempt'; readonly cursor: string; readonly attempt: AttemptView; readonly delivery: DeliveryView}
  | {readonly kind: 'skipped'; readonly cursor: string; readonly delivery: DeliveryView}
  | {readonly kind: 'history'; readonly cursor: string; readonly entry: HistoryView; readonly activity: ActivityView}
