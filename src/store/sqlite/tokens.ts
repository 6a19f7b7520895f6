import type {Token} from '../../domain/token.ts'
import {conflictError, notFoundError} from '../../errors.ts'
import {changedMeanwhile} from '../meanwhile.ts'
import type {TokenStore} from '../store.ts'
import type {Connection, Value} from './connection.ts'
import {checkLimit, fromCursor, toCursor} from './cursor.ts'
import type {Direct} from './questions.ts'
import {type AnyRow, toToken} from './rows.ts'
import {writeTelling} from './telling.ts'
import type {Writer} from './writer.ts'

export function tokens(connection: Connection, writer: Writer): Direct<TokenStore> {
  const one = (where: string, ...values: readonly Value[]): Token | null => {
    const row = connection.prepare(`SELECT * FROM tokens WHERE ${where}`).get(...values)
    return row === undefined ? null : toToken(row as AnyRow)
  }
  return {
    byDigest: digest => one('digest = ?', digest),
    find: (organizationId, idOrName) =>
      one('id = ? AND organization_id = ?', idOrName, organizationId) ??
      one('name = ? AND organization_id = ?', idOrName, organizationId),

    list(organizationId, {limit, cursor}) {
      checkLimit(limit)
      const before =
        cursor === undefined ? Number.MAX_SAFE_INTEGER : fromCursor<[number]>('tokens', cursor, ['number'])[0]
      const rows = connection
        .prepare('SELECT * FROM tokens WHERE organization_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?')
        .all(organizationId, before, limit + 1) as AnyRow[]
      const shown = rows.slice(0, limit)
      const next = rows.length > limit ? toCursor('tokens', [Number(shown.at(-1)?.seq)]) : null
      return {items: shown.map(toToken), next}
    },

    add: (token, digest, entry) =>
      writer.write(2, transaction => {
        const {id, organizationId, name, user, scopes, createdAt, expiresAt, lastUsedAt} = token
        if (user !== null) refuseNoMember(connection, organizationId, user)
        if (one('organization_id = ? AND name = ?', organizationId, name) !== null) throw exists(name)
        connection
          .prepare(`INSERT INTO tokens (id, organization_id, name, user_name, digest, scopes, created_at, expires_at,
            last_used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
          .run(id, organizationId, name, user, digest, JSON.stringify(scopes), createdAt, expiresAt, lastUsedAt)
        writeTelling(transaction, entry)
      }),

    remove: (token, entry) =>
      writer.write(2, transaction => {
        const {changes} = connection.prepare('DELETE FROM tokens WHERE id = ?').run(token.id)
        if (Number(changes) === 0) throw gone(token.name)
        writeTelling(transaction, entry)
      }),

    touch: (id, at) =>
      writer.write(1, () => {
        connection.prepare('UPDATE tokens SET last_used_at = ? WHERE id = ?').run(at, id)
      }),
  }
}

/** It would come to life with the next member of that name. */
function refuseNoMember(connection: Connection, organizationId: number, user: string): void {
  const member = connection
    .prepare('SELECT 1 FROM members WHERE organization_id = ? AND user_name = ?')
    .get(organizationId, user)
  if (member === undefined) throw changedMeanwhile(`the member "${user}"`)
}

const exists = (name: string) =>
  conflictError('token_exists', `there is a token named "${name}" already`, {
    path: 'name',
    hint: 'choose another name, or revoke that one first',
  })

const gone = (name: string) => notFoundError('token_not_found', `no token "${name}"`, {hint: 'hookctl token list'})
