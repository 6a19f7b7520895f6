import type {Database} from './connection.ts'

/**
 * What an organization has set up, kept in memory and read again only when something of it may have changed.
 *
 * @param seeing without `setupSeen`, in a transaction: nothing is kept
 */
export function whileUnchanged<T>(
  seeing: Partial<Pick<Database, 'setupSeen'>>,
  read: (organizationId: number) => Promise<T>,
): (organizationId: number) => Promise<T> {
  let seen: number | null = null
  const known = new Map<number, Promise<T>>()
  return organizationId => {
    const now = seeing.setupSeen ?? null
    if (now === null || now !== seen) known.clear()
    seen = now
    let found = known.get(organizationId)
    if (found === undefined) {
      found = read(organizationId)
      known.set(organizationId, found)
      found.catch(() => known.delete(organizationId))
    }
    return found
  }
}
