import {z} from 'zod'
import {operation} from './operation.ts'
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
}
