import {z} from 'zod'
import {type ErrorClass, errorClasses} from '../domain/delivery.ts'
import {statisticsKeys} from '../domain/statistics.ts'
import {operation} from './operation.ts'
import {inOrganization, listOf, statusText, timeRange} from './shapes.ts'

const counted = {
  attempts: z.int(),
  delivered: z.int(),
  failed: z.int(),
}

const figures = {
  ...counted,
  /** Deliveries that were given up with these attempts. */
  givenUp: z.int(),
  /** delivered / attempts, or null without attempts. */
  successRate: z.number().nullable(),
  /** Of the attempts that got an answer; null where none did. Each within `latencyError`. */
  latencyMs: z.strictObject({p50: z.number(), p95: z.number(), p99: z.number()}).nullable(),
  /** One for each stretch of time, oldest first, also where there was nothing. */
  series: z.array(z.strictObject({at: z.string(), ...counted})),
}

export const statisticsOperations = {
  'stats.show': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/stats',
    role: 'member',
    scope: 'read',
    summary: 'attempts, outcomes and latencies per webhook, event type, class or status, over time',
    input: () =>
      inOrganization.extend({
        by: z.enum(statisticsKeys).default('webhook'),
        webhook: z.string().max(200).optional(),
        type: listOf(z.string().max(200)).optional(),
        status: statusText.optional(),
        errorClass: z.enum(errorClasses as readonly [ErrorClass, ...ErrorClass[]]).optional(),
        trigger: z.enum(['event', 'replay', 'test']).optional(),
        ...timeRange,
        /** Groups at most, those with the most attempts. */
        limit: z.coerce.number().int().min(1).max(1000).default(50),
      }),
    output: () =>
      z.strictObject({
        by: z.enum(statisticsKeys),
        /** What was counted: whole hours, or whole days more than 14 days ago. */
        since: z.string(),
        until: z.string(),
        /** How long a stretch of time in `series` is. */
        stretchMs: z.int(),
        total: z.strictObject(figures),
        /** Most attempts first. The key is null for what has none: delivered (class), no answer (status). */
        groups: z.array(z.strictObject({key: z.string().nullable(), name: z.string(), ...figures})),
        /** How many there are in all. */
        groupCount: z.int(),
        /** Answers by latency, from inclusive, to exclusive; empty ranges are left out. */
        histogram: z.array(z.strictObject({fromMs: z.number(), toMs: z.number(), answers: z.int()})),
        /** How far a percentile may be from the exact one, as a share of it. */
        latencyError: z.number(),
      }),
  }),
}
