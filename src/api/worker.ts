import {z} from 'zod'
import {operation} from './operation.ts'
import {inOrganization} from './shapes.ts'

const sender = z.strictObject({pid: z.int(), host: z.string(), since: z.string(), heartbeatAt: z.string()})

export const workerView = z.strictObject({
  /** `activating`: switched on, but no process has begun to send yet. */
  state: z.enum(['active', 'inactive', 'activating']),
  enabled: z.boolean(),
  /** The process that sends, or null; of several the one that has been for the longest. */
  owner: sender.nullable(),
  /** All that send: on PostgreSQL there may be several. */
  owners: z.array(sender),
})

export const counts = z.strictObject({
  /** Open batches. */
  collecting: z.int(),
  pending: z.int(),
  delivering: z.int(),
  delivered: z.int(),
  failed: z.int(),
  skipped: z.int(),
  held: z.int(),
  cancelled: z.int(),
})

const waiting = {
  /** The context its webhooks are scoped to; null for those of the whole organization. */
  domain: z.string().nullable(),
  /** Deliveries to be sent, now or later. */
  depth: z.int(),
  /** Requests on their way, of `depth`; null where another process sends. */
  inFlight: z.int().nullable(),
  /** Deliveries that wait until their webhook is on again. */
  held: z.int(),
  /** Events in open batches. */
  collecting: z.int(),
  /** Since when the oldest waits, or null where nothing does. */
  oldestAt: z.string().nullable(),
}

const webhookQueue = z.strictObject({
  webhookId: z.string(),
  webhook: z.string(),
  host: z.string().nullable(),
  /** `resting`: it failed so often that nothing is sent until `restsUntil`, then one delivery tries. */
  state: z.enum(['active', 'inactive', 'paused', 'resting']),
  restsUntil: z.string().nullable(),
  ...waiting,
  /** Batches that are not frozen yet, and when the next of them is to be. */
  batches: z.int(),
  closesAt: z.string().nullable(),
})

const domainQueue = z.strictObject({webhooks: z.int(), ...waiting})

export const workerOperations = {
  'worker.status': operation({
    method: 'GET',
    path: '/v1/worker',
    role: 'member',
    scope: 'read',
    summary: 'show whether deliveries are being sent, and by whom',
    input: () => z.strictObject({}),
    output: () => workerView,
  }),
  'worker.enable': operation({
    method: 'POST',
    path: '/v1/worker/enable',
    role: 'admin',
    scope: 'admin',
    everywhere: true,
    summary: 'switch sending on',
    input: () => z.strictObject({}),
    output: () => workerView,
  }),
  'worker.disable': operation({
    method: 'POST',
    path: '/v1/worker/disable',
    role: 'admin',
    scope: 'admin',
    everywhere: true,
    summary: 'switch sending off; events are still accepted',
    input: () => z.strictObject({}),
    output: () => workerView,
  }),
  'worker.queues': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/queues',
    role: 'member',
    scope: 'read',
    summary: 'show what waits, per webhook and per domain',
    input: () =>
      inOrganization.extend({
        /** Only this context's. */
        domain: z.string().max(255).optional(),
      }),
    output: () => z.strictObject({domains: z.array(domainQueue), queues: z.array(webhookQueue)}),
  }),
  'status.show': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/status',
    role: 'member',
    scope: 'read',
    summary: 'worker, backlog and store at a glance',
    input: () => inOrganization,
    output: () =>
      z.strictObject({
        version: z.string(),
        /** When this was so. */
        at: z.string(),
        /** False where there are `reasons`. */
        healthy: z.boolean(),
        /** Why it is not well, worst first: codes are `worker_inactive`, `nobody_sends`, `sending_late`, `webhook_paused`, `webhook_failing`, `disk_low`. */
        reasons: z.array(z.strictObject({code: z.string(), explanation: z.string(), hint: z.string()})),
        worker: workerView,
        store: z.strictObject({
          backend: z.string(),
          location: z.string(),
          schema: z.int(),
          bytes: z.int().nullable(),
          /** Left on its disk. */
          diskFreeBytes: z.int().nullable(),
          /** What is to be known about where it lies or how large it has grown. */
          warnings: z.array(z.string()),
        }),
        deliveries: counts.extend({
          /** collecting + pending + delivering + held: an open batch counts once, however many events it has. */
          unfinished: z.int(),
          /** Failed for good, no test, and not mended by a replay: fewer than `failed` where some were. */
          undelivered: z.int(),
          oldestUnfinishedAt: z.string().nullable(),
          /** When the one was due that is overdue the longest. */
          overdueSince: z.string().nullable(),
        }),
        /** `failing`: of these the last five or more attempts failed. */
        webhooks: z.strictObject({total: z.int(), active: z.int(), paused: z.int(), failing: z.int()}),
        /** Where deliveries may go, and the webhooks (20 at most) that it keeps from being delivered to. */
        targets: z.strictObject({
          policy: z.enum(['local', 'public']),
          /** What they go through where this process sends, without credentials. */
          proxy: z.string().nullable(),
          refusedCount: z.int(),
          refused: z.array(
            z.strictObject({
              webhookId: z.string(),
              webhook: z.string(),
              explanation: z.string(),
              hint: z.string(),
            }),
          ),
        }),
      }),
  }),
}
