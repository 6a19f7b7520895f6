import {z} from 'zod'
import {retentionKinds} from '../domain/retention.ts'
import {operation} from './operation.ts'
import {flag} from './shapes.ts'
import {counts} from './worker.ts'

export const storeView = z.strictObject({
  backend: z.string(),
  location: z.string(),
  schema: z.int(),
  /** In bytes; null where the backend does not say. */
  fileBytes: z.int().nullable(),
  /** Written and not yet in the file itself. */
  logBytes: z.int().nullable(),
  /** In the file and empty. */
  freeBytes: z.int().nullable(),
  /** Left on its disk. */
  diskFreeBytes: z.int().nullable(),
  /** Over all organizations. */
  deliveries: counts.extend({total: z.int()}),
  oldestEventAt: z.string().nullable(),
  newestEventAt: z.string().nullable(),
  /** What is to be known about where it lies or how large it has grown. */
  warnings: z.array(z.string()),
  /** How long what is over is kept; null is for ever. */
  retention: z.strictObject({
    bodiesMs: z.number().nullable(),
    recordsMs: z.number().nullable(),
    historyMs: z.number().nullable(),
    historyEnds: z.boolean(),
  }),
})

const pruned = z.strictObject({
  /** Deliveries and events whose content went. */
  bodies: z.int(),
  deliveries: z.int(),
  attempts: z.int(),
  events: z.int(),
  history: z.int(),
  /** Of content, about. */
  bytes: z.int(),
})

export const storeOperations = {
  'store.info': operation({
    method: 'GET',
    path: '/v1/store',
    role: 'admin',
    scope: 'admin',
    everywhere: true,
    summary: 'show where state is kept, how much it is and how far back it goes',
    input: () => z.strictObject({}),
    output: () => storeView,
  }),
  'store.prune': operation({
    method: 'POST',
    path: '/v1/store/prune',
    role: 'admin',
    scope: 'admin',
    everywhere: true,
    summary: 'remove some of what is past its time; again with the cursor until there is none',
    input: () =>
      z.strictObject({
        kinds: z.array(z.enum(retentionKinds)).min(1).optional(),
        /** In place of the ages of the policy. */
        olderThanMs: z.int().min(0).optional(),
        dryRun: flag.default(false),
        cursor: z.string().max(500).optional(),
      }),
    output: () => z.strictObject({pruned, cursor: z.string().nullable()}),
  }),
  'store.compact': operation({
    method: 'POST',
    path: '/v1/store/compact',
    role: 'admin',
    scope: 'admin',
    everywhere: true,
    summary: 'give free room in the file back to the disk',
    input: () => z.strictObject({}),
    output: () => z.strictObject({freedBytes: z.int(), fileBytes: z.int().nullable()}),
  }),
}
