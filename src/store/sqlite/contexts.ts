import type {Context} from '../../domain/organization.ts'
import {conflictError} from '../../errors.ts'
import {changedMeanwhile, refuseChanged} from '../meanwhile.ts'
import {contextInUse, SCOPED, type Scoped} from '../scoped.ts'
import type {ContextStore, Telling} from '../store.ts'
import type {Connection} from './connection.ts'
import {keyedPage} from './keyed.ts'
import type {Direct} from './questions.ts'
import {type AnyRow, toContext} from './rows.ts'
import {writeTelling} from './telling.ts'
import type {Writer} from './writer.ts'

const KEYED = {table: 'contexts', key: 'id'}

export function contexts(connection: Connection, writer: Writer): Direct<ContextStore> {
  const find = (organizationId: number, id: string) => {
    const row = connection
      .prepare('SELECT * FROM contexts WHERE organization_id = ? AND id = ?')
      .get(organizationId, id)
    return row === undefined ? null : toContext(row as AnyRow)
  }
  const change = (was: Context, entry: Telling, write: () => void) =>
    writer.write(2, transaction => {
      refuseChanged(`the context "${was.id}"`, find(was.organizationId, was.id), was)
      write()
      writeTelling(transaction, entry)
    })
  return {
    find,
    list: (organizationId, page) => keyedPage(connection, KEYED, organizationId, page, toContext),

    add: (context, entry) =>
      writer.write(2, transaction => {
        const {organizationId, id, name, kind, createdAt} = context
        if (find(organizationId, id) !== null) throw exists(id)
        connection
          .prepare('INSERT INTO contexts (organization_id, id, name, kind, created_at) VALUES (?, ?, ?, ?, ?)')
          .run(organizationId, id, name, kind, createdAt)
        writeTelling(transaction, entry)
      }),

    replace: (context, entry, {was}) =>
      change(was, entry, () => {
        const {organizationId, id, name, kind} = context
        connection
          .prepare('UPDATE contexts SET name = ?, kind = ? WHERE organization_id = ? AND id = ?')
          .run(name, kind, organizationId, id)
      }),

    remove: (context, entry) =>
      change(context, entry, () => {
        refuseUsed(connection, context)
        connection
          .prepare('DELETE FROM contexts WHERE organization_id = ? AND id = ?')
          .run(context.organizationId, context.id)
      }),
  }
}

/** A webhook of a context that is no more would never get an event again, and a source have none taken, and nobody told. */
function refuseUsed(connection: Connection, {organizationId, id}: Context): void {
  for (const {what, where} of SCOPED) {
    const rows = connection
      .prepare(`SELECT name FROM ${where} AND organization_id = ? AND context_id = ? ORDER BY seq LIMIT 5`)
      .all(organizationId, id)
    if (rows.length > 0) throw contextInUse(id, what, rows)
  }
}

/** What is scoped to a context that is not there: a webhook would never get an event, a source have none taken. */
export function refuseWithoutContext(connection: Connection, {organizationId, contextId}: Scoped): void {
  if (contextId === null) return
  const context = connection
    .prepare('SELECT 1 FROM contexts WHERE organization_id = ? AND id = ?')
    .get(organizationId, contextId)
  if (context === undefined) throw changedMeanwhile(`the context "${contextId}"`)
}

const exists = (id: string) =>
  conflictError('context_exists', `there is a context "${id}" already`, {path: 'id', hint: 'hookctl context list'})
