import {z} from 'zod'
import {operation} from './operation.ts'
import {inOrganization, organizationSlug, page, paging, visibleText, zone} from './shapes.ts'

const organizationView = z.strictObject({
  /** Stands in bodies, where Catalyst wants a number. */
  id: z.int(),
  slug: z.string(),
  name: z.string(),
  /** In which people see times; null: each in that of their machine. */
  zone: z.string().nullable(),
  createdAt: z.string(),
})

export type OrganizationView = z.output<typeof organizationView>

const name = visibleText(200)

export const organizationOperations = {
  'org.create': operation({
    method: 'POST',
    path: '/v1/organizations',
    role: 'owner',
    scope: 'admin',
    everywhere: true,
    summary: 'create an organization; who creates it owns it',
    status: 201,
    /** Without a name it is called like its slug. */
    input: () => z.strictObject({slug: organizationSlug, name: name.optional(), zone: zone.nullable().optional()}),
    output: () => organizationView,
  }),
  'org.list': operation({
    method: 'GET',
    path: '/v1/organizations',
    role: 'member',
    scope: 'read',
    summary: 'list organizations, by slug; a token sees its own',
    input: () => z.strictObject(paging),
    output: () => page(organizationView),
  }),
  'org.show': operation({
    method: 'GET',
    path: '/v1/organizations/:organization',
    role: 'member',
    scope: 'read',
    summary: 'show one organization',
    input: () => inOrganization,
    output: () => organizationView,
  }),
  'org.edit': operation({
    method: 'PATCH',
    path: '/v1/organizations/:organization',
    role: 'admin',
    scope: 'admin',
    summary: 'change slug, name or zone of an organization; its number stays',
    input: () =>
      inOrganization.extend({
        slug: organizationSlug.optional(),
        name: name.optional(),
        zone: zone.nullable().optional(),
      }),
    output: () => organizationView,
  }),
  'org.delete': operation({
    method: 'DELETE',
    path: '/v1/organizations/:organization',
    role: 'owner',
    scope: 'admin',
    summary: 'delete an organization with all it has',
    input: () => inOrganization,
    output: () => z.strictObject({id: z.int(), slug: z.string(), cancelled: z.int()}),
  }),
}
