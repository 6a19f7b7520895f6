import type {Connection} from './connection.ts'

/** What an organization has set up, kept in memory and read again only when the version in the file has moved. */
export function whileUnchanged<T>(
  connection: Connection,
  read: (organizationId: number) => T,
): (organizationId: number) => T {
  let version = -1
  const known = new Map<number, T>()
  return organizationId => {
    const now = versionOf(connection)
    if (now !== version) known.clear()
    version = now
    if (!known.has(organizationId)) known.set(organizationId, read(organizationId))
    return known.get(organizationId) as T
  }
}

/** Goes up with every change of a webhook. */
export function versionOf(connection: Connection): number {
  const row = connection.prepare('SELECT webhook_version AS version FROM store_state').get() as {version: number}
  return row.version
}
