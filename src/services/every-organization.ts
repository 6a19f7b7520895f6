import type {Organization} from '../domain/organization.ts'
import type {Store} from '../store/store.ts'

/** All of them, by slug: for who looks after the whole instance. */
export async function everyOrganization({organizations}: Pick<Store, 'organizations'>): Promise<Organization[]> {
  const found: Organization[] = []
  let cursor: string | undefined
  do {
    const page = await organizations.list({limit: 1000, cursor})
    found.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return found
}
