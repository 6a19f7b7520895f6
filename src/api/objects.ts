import {z} from 'zod'
import {operation} from './operation.ts'
import {actor, anyMembers, inOrganization, instant, objectRef, page, paging} from './shapes.ts'

const objectInput = z.strictObject({
  /** Name of the platform; a version is taken and left out: an object is the same in all of them. */
  platform: z.string().min(1).max(60),
  type: objectRef.shape.type,
  id: objectRef.shape.id,
  /** Absent: what the data calls it, else the name it had. */
  name: z.string().max(255).optional(),
  /** The whole object as it is now. */
  data: anyMembers.optional(),
  /** True: it is gone. Data given with it is its last state. */
  deleted: z.boolean().optional(),
  /** Names of members whose values are secrets, besides those that are called so. */
  secrets: z.array(z.string().min(1).max(100)).max(100).optional(),
  actor: actor.optional(),
  /** Absent: now. */
  occurredAt: instant.optional(),
  /** Reports of one object with the same request id are one change. */
  requestId: z.string().min(1).max(200).optional(),
  contextId: z.string().max(255).optional(),
  source: z.string().max(100).optional(),
  extra: anyMembers.optional(),
})

export type ObjectInput = z.input<typeof objectInput>

const key = {platform: z.string().min(1).max(60), type: objectRef.shape.type, id: z.string().min(1).max(255)}

const objectView = z.strictObject({
  organization: z.string(),
  platform: z.string(),
  type: z.string(),
  id: z.string(),
  name: z.string(),
  contextId: z.string().nullable(),
  /** Secrets are masked: `***`. */
  data: z.unknown(),
  createdAt: z.string(),
  updatedAt: z.string(),
})

export type ObjectView = z.output<typeof objectView>

const appliedObject = z.strictObject({
  platform: z.string(),
  type: z.string(),
  id: z.string(),
  name: z.string(),
  change: z.enum(['created', 'changed', 'deleted', 'unchanged']),
  historyId: z.string().nullable(),
  events: z.array(z.strictObject({id: z.string(), type: z.string()})),
})

export type AppliedObject = z.output<typeof appliedObject>

const applied = z.strictObject({
  created: z.int(),
  changed: z.int(),
  deleted: z.int(),
  unchanged: z.int(),
  events: z.int(),
  deliveries: z.int(),
  /** One per object given, in that order. */
  items: z.array(appliedObject),
})

export const objectOperations = {
  'object.apply': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/objects',
    role: 'member',
    scope: 'ingest',
    summary: 'report the state of objects; what changed is recorded and raises events, all of them or none',
    bulk: true,
    input: () => inOrganization.extend({objects: z.array(objectInput).min(1).max(10_000)}),
    output: () => applied,
  }),
  'object.list': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/objects',
    role: 'member',
    scope: 'read',
    summary: 'list tracked objects, by platform, type and id',
    input: () =>
      inOrganization.extend({
        platform: z.string().max(60).optional(),
        type: z.string().max(100).optional(),
        text: z.string().max(200).optional(),
        ...paging,
      }),
    output: () => page(objectView),
  }),
  'object.show': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/objects/:platform/:type/:id',
    role: 'member',
    scope: 'read',
    summary: 'show one tracked object as it was last reported',
    input: () => inOrganization.extend(key),
    output: () => objectView,
  }),
  'object.delete': operation({
    method: 'DELETE',
    path: '/v1/organizations/:organization/objects/:platform/:type/:id',
    role: 'member',
    scope: 'ingest',
    summary: 'report that an object is gone',
    input: () => inOrganization.extend({...key, requestId: z.string().min(1).max(200).optional()}),
    output: () => applied,
  }),
}
