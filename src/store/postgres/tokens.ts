import type {Token} from '../../domain/token.ts'
import {conflictError, notFoundError} from '../../errors.ts'
import {changedMeanwhile} from '../meanwhile.ts'
import {checkLimit, fromCursor, toCursor} from '../sqlite/cursor.ts'
import {toToken} from '../sqlite/rows.ts'
import type {TokenStore} from '../store.ts'
import type {Database, Questions, SqlValue} from './connection.ts'
import {writeTellings} from './history.ts'
import type {Alone} from './store.ts'

export const tokens = (database: Database, write: Alone): TokenStore => ({
  byDigest: digest => one(database, 'digest = $1', digest),
  find: async (organizationId, idOrName) =>
    (await one(database, 'id = $1 AND organization_id = $2', idOrName, organizationId)) ??
    (await one(database, 'name = $1 AND organization_id = $2', idOrName, organizationId)),

  async list(organizationId, {limit, cursor}) {
    checkLimit(limit)
    const before =
      cursor === undefined ? Number.MAX_SAFE_INTEGER : fromCursor<[number]>('tokens', cursor, ['number'])[0]
    const rows = await database.all(
      'SELECT * FROM tokens WHERE organization_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3',
      ...[organizationId, before, limit + 1],
    )
    const next = rows.length > limit ? toCursor('tokens', [Number(rows[limit - 1]?.seq)]) : null
    return {items: rows.slice(0, limit).map(toToken), next}
  },

  add: (token, digest, entry) =>
    write(async transaction => {
      const {id, organizationId, name, user, scopes, createdAt, expiresAt, lastUsedAt} = token
      if (user !== null) await refuseNoMember(transaction, organizationId, user)
      const taken = await one(transaction, 'organization_id = $1 AND name = $2', organizationId, name)
      if (taken !== null) throw exists(name)
      await transaction.run(
        `INSERT INTO tokens (id, organization_id, name, user_name, digest, scopes, created_at, expires_at, last_used_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        ...[id, organizationId, name, user, digest, JSON.stringify(scopes), createdAt, expiresAt, lastUsedAt],
      )
      await writeTellings(transaction, [entry])
    }),

  remove: (token, entry) =>
    write(async transaction => {
      if ((await transaction.run('DELETE FROM tokens WHERE id = $1', token.id)) === 0) throw gone(token.name)
      await writeTellings(transaction, [entry])
    }),

  async touch(id, at) {
    await database.run('UPDATE tokens SET last_used_at = $1 WHERE id = $2', at, id)
  },
})

async function one(questions: Questions, where: string, ...values: readonly SqlValue[]): Promise<Token | null> {
  const row = await questions.one(`SELECT * FROM tokens WHERE ${where}`, ...values)
  return row === undefined ? null : toToken(row)
}

/** It would come to life with the next member of that name. */
async function refuseNoMember(questions: Questions, organizationId: number, user: string): Promise<void> {
  const member = await questions.one(
    'SELECT 1 AS yes FROM members WHERE organization_id = $1 AND user_name = $2',
    ...[organizationId, user],
  )
  if (member === undefined) throw changedMeanwhile(`the member "${user}"`)
}

const exists = (name: string) =>
  conflictError('token_exists', `there is a token named "${name}" already`, {
    path: 'name',
    hint: 'choose another name, or revoke that one first',
  })

const gone = (name: string) => notFoundError('token_not_found', `no token "${name}"`, {hint: 'hookctl token list'})
