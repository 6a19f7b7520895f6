import {z} from 'zod'
import {tokenAuthMethods} from '../domain/oauth.ts'
import {methods} from '../domain/webhook.ts'
import {lazily} from './lazily.ts'
import {operation} from './operation.ts'
import {batch, policies} from './policies.ts'
import {anyMembers, flag, header, inOrganization, page, paging} from './shapes.ts'

/** Trimmed where it comes in, as forms do, and never again: what is stored signs as it is. */
export const secretText = lazily(() => z.string().trim().min(1).max(255))

export const secretInput = lazily(() =>
  z.union([z.strictObject({value: secretText()}), z.strictObject({generate: z.literal(true)})]),
)

/** A token that deliveries carry, asked for by client credentials. */
const oauth = lazily(() =>
  z.strictObject({
    tokenUrl: z.string().max(4096),
    clientId: z.string().min(1).max(255),
    clientSecret: z.string().trim().min(1).max(4096),
    /** Names with spaces between; null: none is asked for. */
    scope: z.string().min(1).max(1000).nullable(),
    audience: z.string().min(1).max(1000).nullable(),
    authMethod: z.enum(tokenAuthMethods),
  }),
)

/** What may be given for a webhook, at creation and, each member on its own, at an edit. */
export const webhookInput = lazily(() => ({
  name: z
    .string()
    .trim()
    .min(1)
    .max(150)
    // It stands in paths, and these two are ways to other places there.
    .regex(/^(?!\.{1,2}$)/, 'a name other than . and ..'),
  description: z.string().max(200),
  url: z.string().max(4096).nullable(),
  eventTypes: z.array(z.string().min(1).max(200)).max(500),
  contextId: z.string().max(255).nullable(),
  mode: z.enum(['instant', 'batch']),
  method: z.enum(methods),
  contentType: z.string().min(1).max(100),
  headers: z.array(header).max(32),
  /** Each member on its own; null: deliveries carry no such token. */
  oauth: oauth().partial().nullable(),
  policies: policies().partial().extend({
    tls: policies().shape.tls.partial().optional(),
    batch: batch().partial().nullable().optional(),
  }),
  settings: anyMembers,
}))

/** How it has been doing. A success of any kind ends a run of failures; replays and tests never count against it. */
const healthView = lazily(() =>
  z.strictObject({
    /** Five or more attempts failed in a row. */
    failing: z.boolean(),
    failingSince: z.string().nullable(),
    failures: z.int(),
    lastSuccessAt: z.string().nullable(),
    lastFailureAt: z.string().nullable(),
    /** When it will be paused if nothing but failures comes. */
    pausesAt: z.string().nullable(),
    /** Nothing is sent until then, after that one delivery tries; null: all is sent, or another process sends. */
    restsUntil: z.string().nullable(),
  }),
)

/** Never the value: fingerprint is the first 8 hex digits of the SHA-256. */
export const secretView = lazily(() =>
  z.strictObject({fingerprint: z.string(), createdAt: z.string(), expiresAt: z.string().nullable()}),
)

/** What a new secret is, and how long those of now stay live. */
export const rotation = lazily(() => ({
  secret: secretInput().default({generate: true}),
  graceMs: z
    .int()
    .min(0)
    .max(7 * 86_400_000)
    .default(86_400_000),
}))

export const webhookView = lazily(() =>
  z.strictObject({
    id: z.string(),
    organization: z.string(),
    contextId: z.string().nullable(),
    name: z.string(),
    description: z.string(),
    /** Credentials in it are masked. */
    url: z.string().nullable(),
    platform: z.string(),
    eventTypes: z.array(z.string()),
    mode: z.enum(['instant', 'batch']),
    active: z.boolean(),
    paused: z.strictObject({reason: z.enum(['gone', 'failing', 'halted']), at: z.string()}).nullable(),
    method: z.string(),
    contentType: z.string(),
    /** Values of headers that carry credentials are masked. */
    headers: z.array(header),
    secrets: z.array(secretView()),
    /** Credentials in the URL are masked; of the client secret there is a fingerprint. */
    oauth: oauth().omit({clientSecret: true}).extend({secretFingerprint: z.string()}).nullable(),
    policies: policies(),
    settings: anyMembers,
    health: healthView(),
    createdAt: z.string(),
    updatedAt: z.string(),
  }),
)

export type WebhookView = z.output<ReturnType<typeof webhookView>>

/** `secret` is not null only where hookctl made it: shown this once. */
const withSecret = lazily(() => z.strictObject({webhook: webhookView(), secret: z.string().nullable()}))

const oneWebhook = lazily(() =>
  inOrganization.extend({
    /** Id or name. */
    webhook: z.string().min(1).max(200),
  }),
)

const wireMessage = lazily(() => ({
  headers: z.array(header).max(200),
  /** Base64 of the exact bytes. */
  body: z.base64(),
}))

export const webhookOperations = {
  'webhook.create': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/webhooks',
    role: 'admin',
    scope: 'admin',
    summary: 'register a webhook',
    status: 201,
    input: () =>
      inOrganization.extend({
        ...z.object(webhookInput()).partial().shape,
        name: webhookInput().name,
        /** `netbox`, `netbox@2.6`; without a version the platform's default one. */
        platform: z.string().min(1).max(60),
        eventTypes: webhookInput().eventTypes.default([]),
        secret: secretInput().optional(),
        active: z.boolean().default(true),
      }),
    output: () => withSecret(),
  }),
  'webhook.list': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/webhooks',
    role: 'member',
    scope: 'read',
    summary: 'list webhooks, newest first',
    input: () =>
      inOrganization.extend({
        active: flag.optional(),
        platform: z.string().max(60).optional(),
        text: z.string().max(200).optional(),
        ...paging,
      }),
    output: () => page(webhookView()),
  }),
  'webhook.show': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/webhooks/:webhook',
    role: 'member',
    scope: 'read',
    summary: 'show one webhook',
    input: () => oneWebhook(),
    output: () => webhookView(),
  }),
  'webhook.edit': operation({
    method: 'PATCH',
    path: '/v1/organizations/:organization/webhooks/:webhook',
    role: 'admin',
    scope: 'admin',
    summary: 'change a webhook; what is not given stays',
    input: () => oneWebhook().extend(z.object(webhookInput()).partial().shape),
    output: () => webhookView(),
  }),
  'webhook.delete': operation({
    method: 'DELETE',
    path: '/v1/organizations/:organization/webhooks/:webhook',
    role: 'admin',
    scope: 'admin',
    summary: 'delete a webhook; its deliveries stay readable',
    input: () => oneWebhook(),
    output: () => z.strictObject({id: z.string(), name: z.string(), cancelled: z.int()}),
  }),
  'webhook.enable': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/webhooks/:webhook/enable',
    role: 'admin',
    scope: 'admin',
    summary: 'switch a webhook on; what it held is sent',
    input: () => oneWebhook(),
    output: () => z.strictObject({webhook: webhookView(), resumed: z.int()}),
  }),
  'webhook.disable': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/webhooks/:webhook/disable',
    role: 'admin',
    scope: 'admin',
    summary: 'switch a webhook off',
    input: () => oneWebhook(),
    output: () => z.strictObject({webhook: webhookView(), held: z.int()}),
  }),
  'webhook.flush': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/webhooks/:webhook/flush',
    role: 'admin',
    scope: 'admin',
    summary: 'send what a webhook has collected now, not when its batch is due',
    status: 202,
    input: () => oneWebhook(),
    output: () =>
      z.strictObject({
        webhookId: z.string(),
        webhook: z.string(),
        /** One per batch, in the order in which they go out. */
        deliveries: z.array(z.string()),
        events: z.int(),
        /** Off or paused: they go out when it is on again. */
        held: z.boolean(),
      }),
  }),
  'webhook.test': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/webhooks/:webhook/test',
    role: 'admin',
    scope: 'admin',
    summary: 'send an example event to one webhook only',
    status: 202,
    input: () => oneWebhook().extend({eventType: z.string().max(200).optional()}),
    output: () => z.strictObject({deliveryId: z.string(), eventId: z.string(), eventType: z.string()}),
  }),
  'webhook.rotateSecret': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/webhooks/:webhook/rotate-secret',
    role: 'admin',
    scope: 'admin',
    summary: 'give a webhook a new secret; the old one signs along for a while',
    input: () => oneWebhook().extend(rotation()),
    output: () => withSecret(),
  }),
  'webhook.verify': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/webhooks/:webhook/verify',
    role: 'member',
    scope: 'read',
    summary: 'check a signature against the secrets of a webhook, which stay where they are',
    input: () =>
      oneWebhook().extend({
        ...wireMessage(),
        at: instantSeconds(),
        toleranceSeconds: z.int().min(0).nullable().default(300),
        explain: z.boolean().default(false),
      }),
    output: () =>
      z.strictObject({
        valid: z.boolean(),
        reason: z.string(),
        scheme: z.string(),
        timestamp: z.int().nullable(),
        secretFingerprint: z.string().nullable(),
        findings: z.array(z.strictObject({mistake: z.string(), sentence: z.string(), fix: z.string()})),
      }),
  }),
  'webhook.sign': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/webhooks/:webhook/sign',
    role: 'admin',
    scope: 'admin',
    summary: 'sign a body with the secrets of a webhook',
    input: () => oneWebhook().extend({body: z.base64(), id: z.string().max(200).optional(), at: instantSeconds()}),
    output: () => z.strictObject({scheme: z.string(), headers: z.array(header)}),
  }),
}

/** Unix seconds; absent is now. */
function instantSeconds() {
  return z.int().min(0).optional()
}
