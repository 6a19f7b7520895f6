import {z} from 'zod'
import {contextId, contextInput} from './contexts.ts'
import {eventTypeInput} from './event-types.ts'
import {email, role, user} from './memberships.ts'
import {operation} from './operation.ts'
import {inOrganization} from './shapes.ts'
import {sourceInput} from './sources.ts'
import {secretText, webhookInput} from './webhooks.ts'

const MOST = 10_000

/** A webhook as it is to be. A member that is not given stays as it is, or is the platform's own in a new webhook. */
const declaredWebhook = z.strictObject({
  ...z.object(webhookInput()).partial().shape,
  name: webhookInput().name,
  /** `netbox`, `netbox@2.6`. Of a webhook there is it cannot be changed. */
  platform: z.string().min(1).max(60),
  active: z.boolean().optional(),
  /** The secret it signs with. Where it is another one it is rotated in. */
  secret: z.strictObject({value: secretText()}).optional(),
})

/** A source as it is to be. A member that is not given stays as it is, or is the platform's own in a new source. */
const declaredSource = z.strictObject({
  ...z.object(sourceInput()).partial().shape,
  name: sourceInput().name,
  platform: sourceInput().platform,
  /** What it verifies with. Where it is another one it is rotated in; a new source that expects a signature needs one. */
  secret: z.strictObject({value: secretText()}).optional(),
})

/** An event type as it is to be. A member that is not given stays as it is. */
const declaredEventType = z.strictObject({...z.object(eventTypeInput()).partial().shape, name: eventTypeInput().name})

/** What an organization is to have. A section that is not given is left alone. */
const declaration = z.strictObject({
  contexts: z
    .array(z.strictObject({id: contextId, name: contextInput.name.optional(), kind: contextInput.kind.optional()}))
    .max(MOST)
    .optional(),
  members: z
    .array(z.strictObject({user, email: email.nullable().optional(), role: role.optional()}))
    .max(MOST)
    .optional(),
  webhooks: z.array(declaredWebhook).max(MOST).optional(),
  sources: z.array(declaredSource).max(MOST).optional(),
  eventTypes: z.array(declaredEventType).max(MOST).optional(),
})

const named = {kind: z.enum(['context', 'member', 'webhook', 'source', 'eventType']), name: z.string()}

const plannedField = z.strictObject({
  /** `url`, `policies/retry`, `secret`. */
  path: z.string(),
  /** As `webhook show` shows it: what lets somebody in is masked, so that two that differ may look the same. Null: none. */
  before: z.unknown(),
  after: z.unknown(),
  masked: z.boolean(),
})

const plannedChange = z.strictObject({
  ...named,
  action: z.enum(['create', 'change', 'delete']),
  fields: z.array(plannedField),
})

const plan = z.strictObject({
  organization: z.string(),
  changes: z.array(plannedChange),
  /** How many are as they are to be. */
  unchanged: z.int(),
  /** There, and in no section that was given: what `prune` deletes. */
  undeclared: z.array(z.strictObject(named)),
  /** Names this very plan: another one where anything it is about has changed. */
  digest: z.string(),
})

export type Plan = z.output<typeof plan>

const question = () =>
  inOrganization.extend({
    declaration,
    /** Delete what the given sections do not have. */
    prune: z.boolean().default(false),
    /** How long the secrets of now stay live where a secret is another one. */
    graceMs: z
      .int()
      .min(0)
      .max(7 * 86_400_000)
      .default(86_400_000),
  })

export const declarationOperations = {
  'declaration.plan': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/declaration/plan',
    role: 'admin',
    scope: 'admin',
    summary: 'say what would change to have what is declared',
    bulk: true,
    input: question,
    output: () => plan,
  }),
  'declaration.apply': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/declaration/apply',
    role: 'admin',
    scope: 'admin',
    summary: 'make what is declared so, all of it or nothing',
    bulk: true,
    /** `plan`: the digest of the plan that was looked at; refused where it would be another one now. */
    input: () => question().extend({plan: z.string().max(100).optional()}),
    output: () => plan,
  }),
  'declaration.export': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/declaration',
    role: 'member',
    scope: 'read',
    summary: 'show what an organization has as a declaration, without secrets',
    input: () => inOrganization,
    output: () =>
      z.strictObject({
        organization: z.string(),
        declaration,
        /** Where a value is masked that lets somebody in, as paths in the declaration: `webhooks/0/headers/1/value`. */
        masked: z.array(z.string()),
      }),
  }),
}
