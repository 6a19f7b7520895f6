import {z} from 'zod'
import {operation} from './operation.ts'
import {inOrganization, page, paging, visibleText} from './shapes.ts'

/** Not `members.ts`: that is about the members of a schema. */

export const role = z.enum(['owner', 'admin', 'member'])
export const user = visibleText(255)
export const email = z.email().max(255)

const memberView = z.strictObject({
  user: z.string(),
  organization: z.string(),
  email: z.string().nullable(),
  role,
  createdAt: z.string(),
})

export type MemberView = z.output<typeof memberView>

const one = inOrganization.extend({user: z.string().min(1).max(255)})

export const memberOperations = {
  'member.create': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/members',
    role: 'admin',
    scope: 'admin',
    summary: 'make a user a member; nobody gives more than they have',
    status: 201,
    input: () => inOrganization.extend({user, email: email.optional(), role: role.default('member')}),
    output: () => memberView,
  }),
  'member.list': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/members',
    role: 'member',
    scope: 'read',
    summary: 'list members and their roles, by user',
    input: () => inOrganization.extend(paging),
    output: () => page(memberView),
  }),
  'member.show': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/members/:user',
    role: 'member',
    scope: 'read',
    summary: 'show one member',
    input: () => one,
    output: () => memberView,
  }),
  'member.edit': operation({
    method: 'PATCH',
    path: '/v1/organizations/:organization/members/:user',
    role: 'admin',
    scope: 'admin',
    summary: 'change role or email of a member; their tokens follow at once',
    input: () => one.extend({role: role.optional(), email: email.nullable().optional()}),
    output: () => memberView,
  }),
  'member.delete': operation({
    method: 'DELETE',
    path: '/v1/organizations/:organization/members/:user',
    role: 'admin',
    scope: 'admin',
    summary: 'take a user out of an organization; their tokens end at once',
    input: () => one,
    output: () => z.strictObject({user: z.string(), tokens: z.int()}),
  }),
}
