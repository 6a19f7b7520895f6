import type {Organization} from '../../domain/organization.ts'
import {conflictError} from '../../errors.ts'
import {refuseChanged} from '../meanwhile.ts'
import {OF_ORGANIZATION} from '../of-organization.ts'
import {checkLimit, fromCursor, toCursor} from '../sqlite/cursor.ts'
import {toOrganization} from '../sqlite/rows.ts'
import type {OrganizationStore} from '../store.ts'
import type {Database, Questions} from './connection.ts'
import {writeTellings} from './history.ts'
import type {Alone} from './store.ts'
import {removeWebhooks} from './webhooks.ts'

const LIVE = 'deleted_at IS NULL'

export function organizations(database: Database, write: Alone): OrganizationStore {
  return {
    bySlug: slug => one(database, 'slug', slug),
    byId: id => one(database, 'id', id),

    add: (organization, entry) =>
      write(async transaction => {
        const {slug, name, zone, createdAt} = organization
        if ((await one(transaction, 'slug', slug)) !== null) throw exists(slug)
        const row = await transaction.one(
          'INSERT INTO organizations (slug, name, zone, created_at) VALUES ($1, $2, $3, $4) RETURNING id',
          ...[slug, name, zone, createdAt],
        )
        const id = row?.id as number
        if (entry !== null) {
          const told = {...entry, organizationId: id, object: {...entry.object, id: String(id)}}
          await writeTellings(transaction, [told])
        }
        return {id, ...organization}
      }),

    async list({limit, cursor}) {
      checkLimit(limit)
      const after = cursor === undefined ? '' : fromCursor<[string]>('organizations', cursor, ['string'])[0]
      const rows = await database.all(
        `SELECT * FROM organizations WHERE slug > $1 AND ${LIVE} ORDER BY slug LIMIT $2`,
        after,
        limit + 1,
      )
      const items = rows.slice(0, limit).map(toOrganization)
      return {items, next: rows.length > limit ? toCursor('organizations', [items.at(-1)?.slug ?? '']) : null}
    },

    replace: ({id, slug, name, zone}, entry, {was}) =>
      write(async transaction => {
        refuseChanged(`the organization ${was.slug}`, await one(transaction, 'id', id), was)
        const holder = await one(transaction, 'slug', slug)
        if (holder !== null && holder.id !== id) throw exists(slug)
        await transaction.run(
          'UPDATE organizations SET slug = $1, name = $2, zone = $3 WHERE id = $4',
          ...[slug, name, zone, id],
        )
        await writeTellings(transaction, [entry])
      }),

    remove: (was, entry, now) =>
      write(async transaction => {
        const {id, slug} = was
        refuseChanged(`the organization ${slug}`, await one(transaction, 'id', id), was)
        const cancelled = await removeWebhooks(transaction, id, now)
        for (const table of OF_ORGANIZATION) {
          await transaction.run(`DELETE FROM ${table} WHERE organization_id = $1`, id)
        }
        await transaction.run('UPDATE organizations SET deleted_at = $1 WHERE id = $2', now, id)
        await writeTellings(transaction, [entry])
        return cancelled
      }),
  }
}

async function one(questions: Questions, column: 'slug' | 'id', value: string | number): Promise<Organization | null> {
  const row = await questions.one(`SELECT * FROM organizations WHERE ${column} = $1 AND ${LIVE}`, value)
  return row === undefined ? null : toOrganization(row)
}

const exists = (slug: string) =>
  conflictError('organization_exists', `there is an organization ${slug} already`, {
    path: 'slug',
    hint: 'choose another slug',
  })
