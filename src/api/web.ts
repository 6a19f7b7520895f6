import {z} from 'zod'
import {operation} from './operation.ts'
import {flag} from './shapes.ts'

/** What the status page at the server's `/` needs beside the operations it shows. */

/** `POST /v1/web/sessions`: no operation, because who asks is known by the code alone. */
export const sessionInput = z.strictObject({code: z.string().min(1).max(200)})

export const sessionView = z.strictObject({
  /** Goes where every token goes, for a while: Authorization: Bearer. */
  token: z.string(),
  /** The latest it ends; an hour of silence ends it too. */
  expiresAt: z.string(),
})

export type SessionView = z.output<typeof sessionView>

export const webOperations = {
  'web.code': operation({
    method: 'POST',
    path: '/v1/web/codes',
    role: 'member',
    scope: 'read',
    summary: 'make a code that opens the status page once, within a minute, with the rights of who asks',
    status: 201,
    input: () =>
      z.strictObject({
        /** Only for a browser of the user who asks, where the system tells: others may see an address handed to a program. */
        sameUser: flag.default(false),
      }),
    output: () => z.strictObject({code: z.string(), expiresAt: z.string()}),
  }),
  'web.rights': operation({
    method: 'GET',
    path: '/v1/web/rights',
    role: 'member',
    scope: 'read',
    summary: 'say who asks, and what they may not do',
    input: () => z.strictObject({}),
    output: () =>
      z.strictObject({
        name: z.string().nullable(),
        role: z.enum(['owner', 'admin', 'member']),
        scopes: z.array(z.enum(['read', 'ingest', 'admin'])),
        /** The one organization they may know of, or null: every one. */
        organization: z.string().nullable(),
        /** Operations that would be refused, and with which words; all others would not. */
        refused: z.array(z.strictObject({operation: z.string(), message: z.string()})),
      }),
  }),
}
