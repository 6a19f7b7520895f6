import {conflictError} from '../../errors.ts'
import {refuseChanged} from '../meanwhile.ts'
import {OF_ORGANIZATION} from '../of-organization.ts'
import type {OrganizationStore} from '../store.ts'
import type {Connection} from './connection.ts'
import {checkLimit, fromCursor, toCursor} from './cursor.ts'
import type {Direct} from './questions.ts'
import {type AnyRow, toOrganization} from './rows.ts'
import {writeTelling} from './telling.ts'
import {removeWebhooks} from './webhooks.ts'
import type {Writer} from './writer.ts'

const LIVE = 'deleted_at IS NULL'

export function organizations(connection: Connection, writer: Writer): Direct<OrganizationStore> {
  const one = (where: string, value: string | number) => {
    const row = connection.prepare(`SELECT * FROM organizations WHERE ${where} = ? AND ${LIVE}`).get(value)
    return row === undefined ? null : toOrganization(row as AnyRow)
  }
  return {
    bySlug: slug => one('slug', slug),
    byId: id => one('id', id),

    add: (organization, entry) =>
      writer.write(2, transaction => {
        const {slug, name, zone, createdAt} = organization
        if (one('slug', slug) !== null) throw exists(slug)
        const insert = connection.prepare(
          'INSERT INTO organizations (slug, name, zone, created_at) VALUES (?, ?, ?, ?)',
        )
        const id = Number(insert.run(slug, name, zone, createdAt).lastInsertRowid)
        if (entry !== null) {
          writeTelling(transaction, {...entry, organizationId: id, object: {...entry.object, id: String(id)}})
        }
        return {id, ...organization}
      }),

    list({limit, cursor}) {
      checkLimit(limit)
      const after = cursor === undefined ? '' : fromCursor<[string]>('organizations', cursor, ['string'])[0]
      const rows = connection
        .prepare(`SELECT * FROM organizations WHERE slug > ? AND ${LIVE} ORDER BY slug LIMIT ?`)
        .all(after, limit + 1)
      const items = rows.slice(0, limit).map(row => toOrganization(row as AnyRow))
      return {items, next: rows.length > limit ? toCursor('organizations', [items.at(-1)?.slug ?? '']) : null}
    },

    replace: ({id, slug, name, zone}, entry, {was}) =>
      writer.write(2, transaction => {
        refuseChanged(`the organization ${was.slug}`, one('id', id), was)
        const holder = one('slug', slug)
        if (holder !== null && holder.id !== id) throw exists(slug)
        connection
          .prepare('UPDATE organizations SET slug = ?, name = ?, zone = ? WHERE id = ?')
          .run(slug, name, zone, id)
        writeTelling(transaction, entry)
      }),

    remove: (was, entry, now) =>
      writer.write(1024, transaction => {
        const {id, slug} = was
        refuseChanged(`the organization ${slug}`, one('id', id), was)
        const cancelled = removeWebhooks(transaction, id, now)
        for (const table of OF_ORGANIZATION) {
          connection.prepare(`DELETE FROM ${table} WHERE organization_id = ?`).run(id)
        }
        connection.prepare('UPDATE organizations SET deleted_at = ? WHERE id = ?').run(now, id)
        writeTelling(transaction, entry)
        return cancelled
      }),
  }
}

const exists = (slug: string) =>
  conflictError('organization_exists', `there is an organization ${slug} already`, {
    path: 'slug',
    hint: 'choose another slug',
  })
