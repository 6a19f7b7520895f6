import {z} from 'zod'
import {operation} from './operation.ts'
import {inOrganization} from './shapes.ts'

export const workerView = z.strictObject({
  /** `activating`: switched on, but no process has begun to send yet. */
  state: z.enum(['active', 'inactive', 'activating']),
  enabled: z.boolean(),
  /** The process that sends, or null. */
  owner: z.strictObject({pid: z.int(), host: z.string(), since: z.string(), heartbeatAt: z.string()}).nullable(),
})

export const counts = z.strictObject({
  pending: z.int(),
  delivering: z.int(),
  delivered: z.int(),
  failed: z.int(),
  skipped: z.int(),
  held: z.int(),
  cancelled: z.int(),
})

export const workerOperations = {
  'worker.status': operation({
    method: 'GET',
    path: '/v1/worker',
    role: 'member',
    scope: 'read',
    summary: 'show whether deliveries are being sent, and by whom',
    input: z.strictObject({}),
    output: workerView,
  }),
  'worker.enable': operation({
    method: 'POST',
    path: '/v1/worker/enable',
    role: 'admin',
    scope: 'admin',
    summary: 'switch sending on',
    input: z.strictObject({}),
    output: workerView,
  }),
  'worker.disable': operation({
    method: 'POST',
    path: '/v1/worker/disable',
    role: 'admin',
    scope: 'admin',
    summary: 'switch sending off; events are still accepted',
    input: z.strictObject({}),
    output: workerView,
  }),
  'status.show': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/status',
    role: 'member',
    scope: 'read',
    summary: 'worker, backlog and store at a glance',
    input: inOrganization,
    output: z.strictObject({
      version: z.string(),
      worker: workerView,
      store: z.strictObject({
        backend: z.string(),
        location: z.string(),
        schema: z.int(),
        bytes: z.int().nullable(),
      }),
      deliveries: counts.extend({
        /** pending + delivering + held. */
        unfinished: z.int(),
        oldestUnfinishedAt: z.string().nullable(),
      }),
      webhooks: z.strictObject({total: z.int(), active: z.int(), paused: z.int()}),
    }),
  }),
}
