import type {Organization} from '../domain/organization.ts'
import {allPages} from '../domain/page.ts'
import type {Store} from '../store/store.ts'

/** All of them, by slug: for who looks after the whole instance. */
export const everyOrganization = ({organizations}: Pick<Store, 'organizations'>): Promise<Organization[]> =>
  allPages(request => organizations.list(request))
