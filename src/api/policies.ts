import {z} from 'zod'
import {signatureSchemes} from '../domain/policy.ts'
import {lazily} from './lazily.ts'
import {zone} from './shapes.ts'

const success = lazily(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({kind: z.enum(['2xx', 'ok', '200'])}),
    z.strictObject({kind: z.literal('list'), statuses: z.array(z.int().min(100).max(599)).min(1).max(100)}),
  ]),
)

const delayMs = lazily(() =>
  z
    .int()
    .min(0)
    .max(365 * 86_400_000),
)

const retry = lazily(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({kind: z.literal('manual')}),
    z.strictObject({kind: z.literal('list'), delaysMs: z.array(delayMs()).min(1).max(100)}),
    z.strictObject({
      kind: z.literal('exponential'),
      baseMs: delayMs().min(1),
      factor: z.number().min(1).max(10),
      capMs: delayMs().min(1),
      attempts: z.int().min(1).max(1000),
      jitter: z.number().min(0).max(1),
    }),
    z.strictObject({kind: z.literal('until-success'), everyMs: delayMs().min(1)}),
  ]),
)

/** How a body is signed. */
export const signature = lazily(() =>
  z.strictObject({
    scheme: z.enum(signatureSchemes),
    header: z.string().optional(),
    algorithm: z.enum(['sha1', 'sha256', 'sha512']).optional(),
    encoding: z.enum(['hex', 'base64']).optional(),
    prefix: z.string().max(40).optional(),
    /** What is hashed, of `hmac`: `{body}`, and what of `{timestamp}`, `{id}` and `{url}` is signed beside it. */
    signed: z.string().max(200).optional(),
    timestampHeader: z.string().optional(),
    timestampFormat: z.enum(['seconds', 'milliseconds', 'rfc3339']).optional(),
    idHeader: z.string().optional(),
  }),
)

export const batch = lazily(() => z.strictObject({everyMs: delayMs().min(1), maxEvents: z.int().min(1).max(20_000)}))

/** How one webhook is delivered to: resolved from its platform at creation and stored with it. */
export const policies = lazily(() =>
  z.strictObject({
    success: success(),
    retry: retry(),
    offSwitch: z.enum(['accept', 'delivery', 'hold']),
    batch: batch().nullable(),
    signature: signature().nullable(),
    timeoutMs: z.int().min(1).max(3_600_000),
    zone,
    tls: z.strictObject({verify: z.boolean(), caFile: z.string().max(4096).nullable()}),
    /** Failing for so long it is paused; null: never, and never where `retry` is `until-success`. */
    pauseAfterMs: delayMs().min(60_000).nullable(),
    /** One after the other in the order of acceptance; where one is given up, pause (`halt`) or go on (`skip`). */
    ordered: z.enum(['halt', 'skip']).nullable(),
    allowHttp: z.boolean(),
  }),
)
