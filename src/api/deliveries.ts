import {z} from 'zod'
import {deliveryFilter} from './delivery-filter.ts'
import {lazily} from './lazily.ts'
import {operation} from './operation.ts'
import {deliveryState, flag, header, inOrganization, page, paging} from './shapes.ts'

export const deliveryView = lazily(() =>
  z.strictObject({
    id: z.string(),
    organization: z.string(),
    webhookId: z.string(),
    /** Name at the time of asking; the id again where the webhook is gone. */
    webhook: z.string(),
    eventId: z.string(),
    eventType: z.string(),
    eventCount: z.int(),
    trigger: z.enum(['event', 'replay', 'test']),
    replayOf: z.string().nullable(),
    toUrl: z.string().nullable(),
    /** The event rule of the webhook that made it. */
    rule: z.string().nullable(),
    state: deliveryState,
    reason: z.string().nullable(),
    dueAt: z.string().nullable(),
    /** Attempts made so far. */
    attemptCount: z.int(),
    lastStatus: z.int().nullable(),
    lastErrorClass: z.string().nullable(),
    createdAt: z.string(),
    finishedAt: z.string().nullable(),
    bodyBytes: z.int().nullable(),
    /** Body and answers are no longer kept: past their time, or taken away by a person. */
    contentGone: z.enum(['pruned', 'expunged']).nullable(),
    /** What to do about it; null where all is well or nothing has happened yet. */
    hint: z.string().nullable(),
  }),
)

export type DeliveryView = z.output<ReturnType<typeof deliveryView>>

/** Bytes as text where they are UTF-8, else as base64. */
export const bytesView = lazily(() =>
  z.strictObject({
    encoding: z.enum(['utf8', 'base64']),
    content: z.string(),
    bytes: z.int(),
    truncated: z.boolean(),
  }),
)

export const attemptView = lazily(() =>
  z.strictObject({
    id: z.string(),
    deliveryId: z.string(),
    number: z.int(),
    startedAt: z.string(),
    durationMs: z.number(),
    success: z.boolean(),
    status: z.int().nullable(),
    errorClass: z.string().nullable(),
    error: z.string().nullable(),
    /** What to do about the class of error. */
    hint: z.string().nullable(),
    url: z.string(),
    method: z.string(),
    requestHeaders: z.array(header),
    responseHeaders: z.array(header),
    responseBody: bytesView(),
    remoteAddress: z.string().nullable(),
    /** Fingerprints of the secrets that signed it; null where nobody wrote it down. */
    signedWith: z.array(z.string()).nullable(),
  }),
)

export type AttemptView = z.output<ReturnType<typeof attemptView>>

const oneDelivery = lazily(() => inOrganization.extend({delivery: z.string().min(1).max(200)}))

/** A change of a webhook, in short. */
export const webhookChange = () =>
  z.strictObject({historyId: z.string(), at: z.string(), actor: z.string().nullable(), fields: z.array(z.string())})

const diffSide = () =>
  z.strictObject({
    deliveryId: z.string(),
    /** Its number; null where there was none. */
    attempt: z.int().nullable(),
    attemptId: z.string().nullable(),
    webhook: z.string(),
    webhookId: z.string(),
    eventId: z.string(),
    eventType: z.string(),
    state: deliveryState,
    status: z.int().nullable(),
    errorClass: z.string().nullable(),
    at: z.string(),
  })

export const deliveryOperations = {
  'delivery.list': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/deliveries',
    role: 'member',
    scope: 'read',
    summary: 'list deliveries, newest first',
    input: () => inOrganization.extend({...deliveryFilter(), replayOf: z.string().max(200).optional(), ...paging}),
    output: () => page(deliveryView()),
  }),
  'delivery.show': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/deliveries/:delivery',
    role: 'member',
    scope: 'read',
    summary: 'show one delivery: the exact body and every attempt',
    input: () => oneDelivery(),
    output: () =>
      z.strictObject({
        delivery: deliveryView(),
        /** The events in the order of the body; of a batch the first 1000. */
        events: z.array(z.strictObject({id: z.string(), type: z.string(), acceptedAt: z.string()})),
        body: bytesView().nullable(),
        attempts: z.array(attemptView()),
      }),
  }),
  'delivery.diff': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/deliveries/:delivery/diff',
    role: 'member',
    scope: 'read',
    summary: 'show what differed between two attempts or deliveries',
    input: () =>
      oneDelivery().extend({
        /** `dlv_…`, `dlv_…#2`, `att_…`; absent: the last failure of `delivery` and the success after it. */
        with: z.string().min(1).max(200).optional(),
      }),
    output: () =>
      z.strictObject({
        a: diffSide(),
        b: diffSide(),
        differences: z.array(
          z.strictObject({
            part: z.enum(['request', 'header', 'key', 'body', 'configuration', 'answer']),
            /** Of a body or a configuration its path: `data.name`. */
            name: z.string(),
            /** It is another one each time: the id of a delivery, a signature. */
            expected: z.boolean(),
            /** Absent where it is not there. */
            a: z.unknown().optional(),
            b: z.unknown().optional(),
          }),
        ),
        /** What was changed about the webhook between the two, newest first. */
        changes: z.array(webhookChange()),
      }),
  }),
  'delivery.replay': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/deliveries/replay',
    role: 'admin',
    scope: 'admin',
    summary: 'send deliveries again: frozen body, fresh signature, new record',
    status: 202,
    input: () =>
      inOrganization.extend({
        deliveries: z.array(z.string().min(1).max(200)).min(1).max(1000),
        toUrl: z.string().max(4096).optional(),
        /** Also while an automatic retry is still to come. */
        now: flag.default(false),
      }),
    output: () => z.strictObject({deliveries: z.array(deliveryView())}),
  }),
  'delivery.expunge': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/deliveries/expunge',
    role: 'admin',
    scope: 'admin',
    summary: 'take the content of deliveries away for good; their records stay',
    input: () => inOrganization.extend({deliveries: z.array(z.string().min(1).max(200)).min(1).max(1000)}),
    output: () =>
      z.strictObject({
        deliveries: z.array(deliveryView()),
        /** Events whose data went too, and those whose data other deliveries still have. */
        events: z.array(z.string()),
        eventsKept: z.array(z.string()),
      }),
  }),
  'delivery.cancel': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/deliveries/:delivery/cancel',
    role: 'admin',
    scope: 'admin',
    summary: 'stop a delivery that is not over',
    input: () => oneDelivery(),
    output: () => deliveryView(),
  }),
}
