import {z} from 'zod'
import {operation} from './operation.ts'
import {inOrganization, page, paging, visibleText} from './shapes.ts'

const scope = z.enum(['read', 'ingest', 'admin'])

const DAY = 86_400_000

/** Never the value: that is told once, by `token.create`. */
const tokenView = z.strictObject({
  id: z.string(),
  organization: z.string(),
  name: z.string(),
  /** The member it stands for; null for a machine. */
  user: z.string().nullable(),
  scopes: z.array(scope),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  /** To the minute. */
  lastUsedAt: z.string().nullable(),
})

export type TokenView = z.output<typeof tokenView>

const one = inOrganization.extend({
  /** Id or name. */
  token: z.string().min(1).max(200),
})

export const tokenOperations = {
  'token.create': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/tokens',
    role: 'admin',
    scope: 'admin',
    summary: 'make a token for a member or a machine; its value is told once',
    status: 201,
    input: () =>
      inOrganization.extend({
        name: visibleText(150),
        /** Absent: a machine's. */
        user: z.string().min(1).max(255).optional(),
        scopes: z.array(scope).min(1).default(['read']),
        /** Absent: valid until it is revoked. */
        expiresInMs: z
          .int()
          .min(1)
          .max(3650 * DAY)
          .optional(),
      }),
    output: () => z.strictObject({token: tokenView, value: z.string()}),
  }),
  'token.list': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/tokens',
    role: 'admin',
    scope: 'admin',
    summary: 'list tokens, newest first',
    input: () => inOrganization.extend(paging),
    output: () => page(tokenView),
  }),
  'token.show': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/tokens/:token',
    role: 'admin',
    scope: 'admin',
    summary: 'show one token, never its value',
    input: () => one,
    output: () => tokenView,
  }),
  'token.revoke': operation({
    method: 'DELETE',
    path: '/v1/organizations/:organization/tokens/:token',
    role: 'admin',
    scope: 'admin',
    summary: 'end a token: the very next request with it is refused',
    input: () => one,
    output: () => z.strictObject({id: z.string(), name: z.string()}),
  }),
}
