import {z} from 'zod'
import {operation} from './operation.ts'
import {inOrganization, page, paging, visibleText} from './shapes.ts'

export const contextId = z
  .string()
  .regex(
    /^\w[\w.:@-]{0,199}$/,
    'an id is 1 to 200 of letters, digits and _ . : @ -, beginning with one of the first three',
  )

const contextView = z.strictObject({
  id: z.string(),
  organization: z.string(),
  name: z.string(),
  kind: z.string(),
  createdAt: z.string(),
})

export type ContextView = z.output<typeof contextView>

export const contextInput = {
  name: visibleText(200),
  /** The platform's word for such a part: `context`, `domain`, `site-group`. */
  kind: z.string().regex(/^[a-z][a-z0-9-]{0,59}$/, 'a kind is 1 to 60 of a-z, 0-9 and -, beginning with a letter'),
}

const one = inOrganization.extend({context: z.string().min(1).max(200)})

export const contextOperations = {
  'context.create': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/contexts',
    role: 'admin',
    scope: 'admin',
    summary: 'create a context, a part of an organization',
    status: 201,
    /** Without a name it is called like its id. */
    input: () =>
      inOrganization.extend({
        id: contextId,
        name: contextInput.name.optional(),
        kind: contextInput.kind.default('context'),
      }),
    output: () => contextView,
  }),
  'context.list': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/contexts',
    role: 'member',
    scope: 'read',
    summary: 'list contexts, by id',
    input: () => inOrganization.extend(paging),
    output: () => page(contextView),
  }),
  'context.show': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/contexts/:context',
    role: 'member',
    scope: 'read',
    summary: 'show one context',
    input: () => one,
    output: () => contextView,
  }),
  'context.edit': operation({
    method: 'PATCH',
    path: '/v1/organizations/:organization/contexts/:context',
    role: 'admin',
    scope: 'admin',
    summary: 'change name or kind of a context; its id stays',
    input: () => one.extend({name: contextInput.name.optional(), kind: contextInput.kind.optional()}),
    output: () => contextView,
  }),
  'context.delete': operation({
    method: 'DELETE',
    path: '/v1/organizations/:organization/contexts/:context',
    role: 'admin',
    scope: 'admin',
    summary: 'delete a context that no webhook is scoped to',
    input: () => one,
    output: () => z.strictObject({id: z.string()}),
  }),
}
