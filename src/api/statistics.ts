import {z} from 'zod'
import {statisticsKeys} from '../domain/statistics.ts'
import {deliveryFilter} from './delivery-filter.ts'
import {operation} from './operation.ts'
import {inOrganization} from './shapes.ts'

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
        /** Status, class and time are of the attempt, all else is of its delivery. */
        ...deliveryFilter(),
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
