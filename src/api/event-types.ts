import {z} from 'zod'
import {mismatchRules} from '../domain/event-type.ts'
import {lazily} from './lazily.ts'
import {operation} from './operation.ts'
import {inOrganization, instant, json, page, paging} from './shapes.ts'

export const eventTypeInput = lazily(() => ({
  /** `order.created`; also a name that a platform knows, like `node.added`. */
  name: z.string().min(1).max(200),
  summary: z
    .string()
    .trim()
    .max(200)
    .regex(/^[^\p{Cc}\p{Cf}\u2028\u2029\ud800-\udfff]*$/u, 'visible characters and spaces only'),
  /** JSON Schema of the data of its events, draft 2020-12 or draft-07, at most 64 KiB; null: any data. */
  schema: json,
  /** Data of one such event, which fits the schema, at most 64 KiB; null: none. */
  example: json,
  /** What becomes of an event whose data does not fit: it is refused, or accepted with a warning to who sent it. */
  onMismatch: z.enum(mismatchRules),
}))

const eventTypeView = lazily(() =>
  z.strictObject({
    name: z.string(),
    organization: z.string(),
    summary: z.string(),
    schema: json,
    example: json,
    onMismatch: z.enum(mismatchRules),
    createdAt: z.string(),
    updatedAt: z.string(),
  }),
)

export type EventTypeView = z.output<ReturnType<typeof eventTypeView>>

const one = lazily(() => inOrganization.extend({eventType: z.string().min(1).max(200)}))

/** Data that does not fit. */
const misfit = lazily(() =>
  z.strictObject({
    /** Null where the data was given. */
    eventId: z.string().nullable(),
    acceptedAt: z.string().nullable(),
    problems: z.array(z.string()),
  }),
)

export const eventTypeOperations = {
  'eventType.create': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/event-types',
    role: 'admin',
    scope: 'admin',
    summary: 'describe an event type of your own',
    status: 201,
    input: () => {
      const {name, summary, schema, example, onMismatch} = eventTypeInput()
      return inOrganization.extend({
        name,
        summary: summary.default(''),
        schema: schema.optional(),
        example: example.optional(),
        onMismatch: onMismatch.default('refuse'),
      })
    },
    output: eventTypeView,
  }),
  'eventType.list': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/event-types',
    role: 'member',
    scope: 'read',
    summary: 'list the event types of your own, by name',
    input: () => inOrganization.extend(paging),
    output: () => page(eventTypeView()),
  }),
  'eventType.show': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/event-types/:eventType',
    role: 'member',
    scope: 'read',
    summary: 'show one event type of your own',
    input: one,
    output: eventTypeView,
  }),
  'eventType.edit': operation({
    method: 'PATCH',
    path: '/v1/organizations/:organization/event-types/:eventType',
    role: 'admin',
    scope: 'admin',
    summary: 'change an event type of your own; its name stays',
    /** Null takes schema or example away. */
    input: () => {
      const {summary, schema, example, onMismatch} = eventTypeInput()
      return one().extend({
        summary: summary.optional(),
        schema: schema.optional(),
        example: example.optional(),
        onMismatch: onMismatch.optional(),
      })
    },
    output: eventTypeView,
  }),
  'eventType.delete': operation({
    method: 'DELETE',
    path: '/v1/organizations/:organization/event-types/:eventType',
    role: 'admin',
    scope: 'admin',
    summary: 'delete an event type of your own; its events stay',
    input: one,
    output: () => z.strictObject({name: z.string()}),
  }),
  'eventType.check': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/event-types/:eventType/check',
    role: 'member',
    scope: 'read',
    summary: 'say whether data fits the schema of an event type; nothing is stored',
    bulk: true,
    input: () =>
      one().extend({
        /** In place of its own, and of a type that is not described yet. */
        schema: json.optional(),
        /** Absent: the data of the events of this type that are there, newest first. */
        data: json.optional(),
        since: instant.optional(),
        /** So many of them at most. */
        limit: z.int().min(1).max(10_000).default(1000),
      }),
    output: () =>
      z.strictObject({
        /** How many were looked at, and how many of them fit. */
        checked: z.int(),
        fits: z.int(),
        /** The first hundred that do not. */
        misfits: z.array(misfit()),
      }),
  }),
}
