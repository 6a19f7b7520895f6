import {z} from 'zod'
import {operation} from './operation.ts'
import {actor, flag, inOrganization, listOf, page, paging, timeRange} from './shapes.ts'

export const historyView = z.strictObject({
  id: z.string(),
  organization: z.string(),
  at: z.string(),
  change: z.enum(['created', 'changed', 'deleted']),
  object: z.strictObject({type: z.string(), id: z.string(), name: z.string()}),
  actor,
  requestId: z.string(),
  eventId: z.string().nullable(),
  /** The part of the organization it happened in, or null. */
  contextId: z.string().nullable(),
  /** A sentence: Node “db-1” was created. */
  message: z.string(),
  /** What differs between before and after, by name; without what changes with every save. Secrets are masked. */
  changes: z.array(z.strictObject({field: z.string(), secret: z.boolean(), before: z.unknown(), after: z.unknown()})),
  before: z.unknown(),
  after: z.unknown(),
})

export type HistoryView = z.output<typeof historyView>

export const activityView = z.strictObject({
  at: z.string(),
  change: z.enum(['created', 'changed', 'deleted']),
  /** A sentence: Node “db-1” was created. */
  message: z.string(),
  object: z.strictObject({type: z.string(), id: z.string(), name: z.string()}),
  actor,
  historyId: z.string(),
})

export type ActivityView = z.output<typeof activityView>

export const historyOperations = {
  'activity.list': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/activity',
    role: 'member',
    scope: 'read',
    summary: 'the ten newest changes of nodes and groups; everything with all',
    input: () =>
      inOrganization.extend({all: flag.default(false), limit: paging.limit.optional(), cursor: paging.cursor}),
    output: () => page(activityView),
  }),
  'history.list': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/history',
    role: 'member',
    scope: 'read',
    summary: 'list every change of every tracked object, newest first',
    input: () =>
      inOrganization.extend({
        objectType: listOf(z.string().max(100)).optional(),
        objectId: z.string().max(255).optional(),
        change: listOf(z.enum(['created', 'changed', 'deleted'])).optional(),
        actor: z.string().max(255).optional(),
        ...timeRange,
        ...paging,
      }),
    output: () => page(historyView),
  }),
  'history.show': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/history/:entry',
    role: 'member',
    scope: 'read',
    summary: 'show one change with before and after',
    input: () => inOrganization.extend({entry: z.string().min(1).max(200)}),
    output: () => historyView,
  }),
}
