import {z} from 'zod'
import {operation} from './operation.ts'
import {policies} from './policies.ts'

const platformView = z.strictObject({
  name: z.string(),
  title: z.string(),
  versions: z.array(z.string()),
  defaultVersion: z.string(),
  modes: z.array(z.enum(['instant', 'batch'])),
  eventTypes: z.int(),
  /** Whether URL and event types are set after the webhook was made. */
  asksUrlLater: z.boolean(),
  httpsOnly: z.boolean(),
})

export const platformOperations = {
  'platform.render': operation({
    method: 'POST',
    path: '/v1/platforms/render',
    role: 'member',
    scope: 'read',
    summary: 'read a captured body and write it again',
    bulk: true,
    input: () =>
      z.strictObject({
        /** Base64 of the exact bytes. */
        body: z.base64(),
        /** Absent: found out. */
        platform: z.string().min(1).max(60).optional(),
      }),
    output: () =>
      z.strictObject({
        platform: z.string(),
        contentType: z.string(),
        events: z.array(z.strictObject({type: z.string(), occurredAt: z.string()})),
        body: z.base64(),
      }),
  }),
  'platform.list': operation({
    method: 'GET',
    path: '/v1/platforms',
    role: 'member',
    scope: 'read',
    summary: 'list the platforms whose webhooks hookctl speaks',
    input: () => z.strictObject({}),
    output: () => z.strictObject({items: z.array(platformView)}),
  }),
  'platform.show': operation({
    method: 'GET',
    path: '/v1/platforms/:platform',
    role: 'member',
    scope: 'read',
    summary: 'show what a platform decides for a new webhook',
    input: () => z.strictObject({platform: z.string().min(1).max(60)}),
    output: () =>
      platformView.extend({
        version: z.string(),
        mode: z.enum(['instant', 'batch']),
        method: z.string(),
        contentType: z.string(),
        policies: policies(),
        locked: z.array(z.string()),
        catalog: z.array(z.strictObject({name: z.string(), category: z.string(), summary: z.string()})),
      }),
  }),
}
