import {z} from 'zod'
import {lazily} from './lazily.ts'
import {operation} from './operation.ts'
import {signature} from './policies.ts'
import {inOrganization, page, paging} from './shapes.ts'
import {rotation, secretInput, secretView} from './webhooks.ts'

/** It stands in paths, and in the `source` of events. */
const sourceName = z
  .string()
  .regex(
    /^[A-Za-z0-9][\w.-]{0,62}$/,
    'a name is 1 to 63 of letters, digits and _ . -, beginning with a letter or a digit',
  )

/** A sender signs the URL that it was given, where its scheme does: of a server alone the address of the source is behind it. */
const expectedSignature = lazily(() => signature().extend({url: z.string().max(2000).optional()}))

export const sourceInput = lazily(() => ({
  name: sourceName,
  /** `netbox@2.6`, or `netbox` for what any of its versions sends. */
  platform: z.string().min(1).max(60),
  /** Of what no platform sends: `github.{header.X-GitHub-Event}.{body.action}`; with it `platform` is `standard`. Null: the platform reads it. */
  eventType: z.string().min(1).max(200).nullable(),
  /** What tells an event of what no platform sends from its repeats: `{body.id}`. Null: a header that many senders have. */
  dedupeBy: z.string().min(1).max(200).nullable(),
  /** Where its events happened, unless their body says it. */
  contextId: z.string().max(255).nullable(),
  /** Null: nothing is signed, and a token of scope ingest comes along instead. */
  signature: expectedSignature().nullable(),
  active: z.boolean(),
}))

const sourceView = lazily(() =>
  z.strictObject({
    id: z.string(),
    organization: z.string(),
    name: z.string(),
    /** Path on the server that webhooks are sent to. */
    address: z.string(),
    platform: z.string(),
    eventType: z.string().nullable(),
    dedupeBy: z.string().nullable(),
    contextId: z.string().nullable(),
    signature: expectedSignature().nullable(),
    secrets: z.array(secretView()),
    active: z.boolean(),
    /** When something came and was accepted, within ten seconds; null: nothing yet. */
    lastAcceptedAt: z.string().nullable(),
    /** When something came and was refused, within a second; null: nothing yet. */
    lastRefusedAt: z.string().nullable(),
    /** Code of that refusal, as it was answered. */
    lastRefusal: z.string().nullable(),
    createdAt: z.string(),
    updatedAt: z.string(),
  }),
)

export type SourceView = z.output<ReturnType<typeof sourceView>>

/** `secret` is not null only where hookctl made it: shown this once. */
const withSecret = lazily(() => z.strictObject({source: sourceView(), secret: z.string().nullable()}))

const oneSource = lazily(() =>
  inOrganization.extend({
    /** Id or name. */
    source: z.string().min(1).max(200),
  }),
)

export const sourceOperations = {
  'source.create': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/sources',
    role: 'admin',
    scope: 'admin',
    summary: 'make an address where webhooks come in as events',
    status: 201,
    /** Signed as the platform signs unless said; without a secret one is made. */
    input: () =>
      inOrganization.extend({
        ...z.object(sourceInput()).partial().shape,
        name: sourceName,
        platform: sourceInput().platform,
        active: sourceInput().active.default(true),
        secret: secretInput().optional(),
      }),
    output: () => withSecret(),
  }),
  'source.list': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/sources',
    role: 'member',
    scope: 'read',
    summary: 'list sources, by name',
    input: () => inOrganization.extend(paging),
    output: () => page(sourceView()),
  }),
  'source.show': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/sources/:source',
    role: 'member',
    scope: 'read',
    summary: 'show one source',
    input: () => oneSource(),
    output: () => sourceView(),
  }),
  'source.edit': operation({
    method: 'PATCH',
    path: '/v1/organizations/:organization/sources/:source',
    role: 'admin',
    scope: 'admin',
    summary: 'change a source, its address stays; a secret that the signature cannot use is replaced',
    input: () => oneSource().extend(z.object(sourceInput()).partial().shape),
    output: () => withSecret(),
  }),
  'source.delete': operation({
    method: 'DELETE',
    path: '/v1/organizations/:organization/sources/:source',
    role: 'admin',
    scope: 'admin',
    summary: 'delete a source; its events stay',
    input: () => oneSource(),
    output: () => z.strictObject({id: z.string(), name: z.string()}),
  }),
  'source.rotateSecret': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/sources/:source/rotate-secret',
    role: 'admin',
    scope: 'admin',
    summary: 'give a source a new secret; what is signed with the old one is taken for a while',
    input: () => oneSource().extend(rotation()),
    output: () => withSecret(),
  }),
}
