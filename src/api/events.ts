import {z} from 'zod'
import {methods} from '../domain/webhook.ts'
import {deliveryView, webhookChange} from './deliveries.ts'
import {operation} from './operation.ts'
import {policies} from './policies.ts'
import {
  actor,
  anyMembers,
  deliveryState,
  inOrganization,
  instant,
  json,
  listOf,
  objectRef,
  page,
  paging,
  timeRange,
  zone,
} from './shapes.ts'

export const eventInput = z.strictObject({
  type: z.string().min(1).max(200),
  data: json.optional(),
  object: objectRef.optional(),
  actor: actor.optional(),
  before: json.optional(),
  after: json.optional(),
  extra: anyMembers.optional(),
  /** Absent: now. */
  occurredAt: instant.optional(),
  requestId: z.string().min(1).max(200).optional(),
  contextId: z.string().max(255).optional(),
  idempotencyKey: z.string().min(1).max(255).optional(),
  source: z.string().max(100).optional(),
})

export type EventInput = z.input<typeof eventInput>

export const eventView = z.strictObject({
  id: z.string(),
  organization: z.string(),
  contextId: z.string().nullable(),
  /** What the context was called when the event was accepted. */
  contextName: z.string().nullable(),
  type: z.string(),
  occurredAt: z.string(),
  acceptedAt: z.string(),
  actor,
  source: z.string(),
  requestId: z.string(),
  object: z.strictObject({type: z.string(), id: z.string(), name: z.string()}).nullable(),
  data: json,
  before: json,
  after: json,
  extra: json,
  idempotencyKey: z.string().nullable(),
  /** Its data is no longer kept: past its time, or taken away by a person. */
  contentGone: z.enum(['pruned', 'expunged']).nullable(),
})

export type EventView = z.output<typeof eventView>

export const sentDelivery = z.strictObject({
  id: z.string(),
  webhookId: z.string(),
  webhook: z.string(),
  state: deliveryState,
  reason: z.string().nullable(),
})

/** How data does not fit the schema of its event type, which lets it pass; of many events the first hundred. */
const warnings = () => z.array(z.string())

/** `event` is the first one where `duplicate`: the same idempotency key with the same content. */
const accepted = z.strictObject({
  event: eventView,
  duplicate: z.boolean(),
  deliveries: z.array(sentDelivery),
  warnings: warnings(),
})

/** One thing that was looked at. Those of `depth` 0 all have to hold; deeper ones are what the one above is made of. */
const checkView = () => z.strictObject({check: z.string(), depth: z.int(), holds: z.boolean(), says: z.string()})

/** Why one webhook gets an event or does not. */
const whyView = () =>
  z.strictObject({
    webhookId: z.string(),
    webhook: z.string(),
    platform: z.string(),
    /** Whether it would be sent, now or later, by what the webhook says now. */
    wanted: z.boolean(),
    /** The deliveries that would be made now: one per rule that fires. */
    wouldBe: z.array(
      z.strictObject({rule: z.string().nullable(), state: deliveryState, reason: z.string().nullable()}),
    ),
    checks: z.array(checkView()),
    /** Those that there are, oldest first; none of an event that is only described. */
    deliveries: z.array(deliveryView()),
    /** What was changed about the webhook since the event was accepted, newest first. */
    changedSince: z.array(webhookChange()),
    /** What else explains what became of it, a sentence each. */
    notes: z.array(z.string()),
  })

export const eventOperations = {
  'event.send': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/events',
    role: 'member',
    scope: 'ingest',
    summary: 'accept an event; answered once it is safely on disk',
    status: 202,
    input: () => inOrganization.extend(eventInput.shape),
    output: () => accepted,
  }),
  'event.sendMany': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/events/bulk',
    role: 'member',
    scope: 'ingest',
    summary: 'accept up to 10,000 events in one go: all of them or none',
    status: 202,
    bulk: true,
    input: () =>
      inOrganization.extend({
        events: z.array(eventInput).min(1).max(10_000),
        /** One event for all changes of one object within one request. */
        coalesce: z.boolean().default(false),
      }),
    output: () =>
      z.strictObject({
        accepted: z.int(),
        duplicates: z.int(),
        deliveries: z.int(),
        eventIds: z.array(z.string()),
        warnings: warnings(),
      }),
  }),
  'event.import': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/events/import',
    role: 'member',
    scope: 'ingest',
    summary: 'accept the events of a captured body',
    status: 202,
    bulk: true,
    input: () =>
      inOrganization.extend({
        /** Base64 of the exact bytes. */
        body: z.base64(),
        /** Whose body it is; absent: found out. */
        platform: z.string().min(1).max(60).optional(),
        contextId: z.string().max(255).optional(),
      }),
    output: () =>
      z.strictObject({
        platform: z.string(),
        accepted: z.int(),
        deliveries: z.int(),
        eventIds: z.array(z.string()),
        warnings: warnings(),
      }),
  }),
  'event.render': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/events/render',
    role: 'member',
    scope: 'read',
    summary: 'show what a platform would send of an event; nothing is stored',
    input: () =>
      inOrganization.extend({
        ...eventInput.shape,
        platform: z.string().min(1).max(60),
        zone: zone.optional(),
        settings: anyMembers.optional(),
      }),
    output: () =>
      z.strictObject({
        platform: z.string(),
        eventId: z.string(),
        eventType: z.string(),
        method: z.enum(methods),
        contentType: z.string(),
        signature: policies().shape.signature,
        success: policies().shape.success,
        timeoutMs: z.int(),
        body: z.base64(),
      }),
  }),
  'event.list': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/events',
    role: 'member',
    scope: 'read',
    summary: 'list events, newest first',
    input: () =>
      inOrganization.extend({
        type: listOf(z.string().max(200)).optional(),
        objectType: z.string().max(100).optional(),
        objectId: z.string().max(255).optional(),
        requestId: z.string().max(200).optional(),
        /** `api`, `cli`, `hookctl`, `inbound:netbox`, or what the sender said. */
        source: z.string().max(100).optional(),
        ...timeRange,
        ...paging,
      }),
    output: () => page(eventView),
  }),
  'event.show': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/events/:event',
    role: 'member',
    scope: 'read',
    summary: 'show one event and its deliveries',
    input: () => inOrganization.extend({event: z.string().min(1).max(200)}),
    output: () => z.strictObject({event: eventView, deliveries: z.array(sentDelivery)}),
  }),
  'event.why': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/events/why',
    role: 'member',
    scope: 'read',
    summary: 'explain why webhooks get an event or do not; nothing is stored',
    input: () =>
      inOrganization.extend({
        /** Id of an event that was accepted; else `describe` says what would be sent. */
        event: z.string().min(1).max(200).optional(),
        describe: eventInput.optional(),
        /** Id or name; absent: every webhook of the organization. */
        webhook: z.string().min(1).max(200).optional(),
      }),
    output: () =>
      z.strictObject({
        /** Id and time are null where the event is only described. */
        event: z.strictObject({
          id: z.string().nullable(),
          type: z.string(),
          contextId: z.string().nullable(),
          acceptedAt: z.string().nullable(),
        }),
        items: z.array(whyView()),
      }),
  }),
  'event.types': operation({
    method: 'GET',
    path: '/v1/event-types',
    role: 'member',
    scope: 'read',
    summary: 'list the event types of the platforms',
    input: () => z.strictObject({platform: z.string().max(60).optional(), example: z.string().max(200).optional()}),
    output: () =>
      z.strictObject({
        items: z.array(
          z.strictObject({
            platform: z.string(),
            name: z.string(),
            category: z.string(),
            summary: z.string(),
            /** Input for `event.send`; only with `example`. */
            example: z.unknown().optional(),
            /** More of them, where a type tells of different things. */
            samples: z.array(z.strictObject({title: z.string(), example: z.unknown()})).optional(),
          }),
        ),
      }),
  }),
}
