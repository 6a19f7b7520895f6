import {conflictError} from '../../errors.ts'
import type {OrganizationStore} from '../store.ts'
import type {Connection} from './connection.ts'
import {checkLimit, fromCursor, toCursor} from './cursor.ts'
import {writeHistory} from './history.ts'
import type {Direct} from './questions.ts'
import {type AnyRow, toOrganization} from './rows.ts'
import type {Writer} from './writer.ts'

export function organizations(connection: Connection, writer: Writer): Direct<OrganizationStore> {
  const one = (where: string, value: string | number) => {
    const row = connection.prepare(`SELECT * FROM organizations WHERE ${where} = ?`).get(value)
    return row === undefined ? null : toOrganization(row as AnyRow)
  }
  return {
    bySlug: slug => one('slug', slug),
    byId: id => one('id', id),

    add: (organization, entry) =>
      writer.write(2, transaction => {
        const {slug, name, createdAt} = organization
        if (one('slug', slug) !== null) {
          throw conflictError('organization_exists', `there is an organization ${slug} already`, {path: 'slug'})
        }
        const insert = connection.prepare('INSERT INTO organizations (slug, name, created_at) VALUES (?, ?, ?)')
        const id = Number(insert.run(slug, name, createdAt).lastInsertRowid)
        if (entry !== null) writeHistory(transaction, {...entry, organizationId: id})
        return {id, slug, name, createdAt}
      }),

    list({limit, cursor}) {
      checkLimit(limit)
      const after = cursor === undefined ? '' : fromCursor<[string]>('organizations', cursor, ['string'])[0]
      const rows = connection
        .prepare('SELECT * FROM organizations WHERE slug > ? ORDER BY slug LIMIT ?')
        .all(after, limit + 1)
      const items = rows.slice(0, limit).map(row => toOrganization(row as AnyRow))
      return {items, next: rows.length > limit ? toCursor('organizations', [items.at(-1)?.slug ?? '']) : null}
    },
  }
}
