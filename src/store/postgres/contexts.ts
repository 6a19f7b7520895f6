import type {Context} from '../../domain/organization.ts'
import {conflictError} from '../../errors.ts'
import {changedMeanwhile, refuseChanged} from '../meanwhile.ts'
import {contextInUse, SCOPED, type Scoped} from '../scoped.ts'
import {toContext} from '../sqlite/rows.ts'
import type {ContextStore, Telling} from '../store.ts'
import type {Questions} from './connection.ts'
import {writeTellings} from './history.ts'
import {keyedPage} from './keyed.ts'
import type {Alone} from './store.ts'
import type {Transaction} from './transaction.ts'

const KEYED = {table: 'contexts', key: 'id'}

export function contexts(database: Questions, write: Alone): ContextStore {
  const change = (was: Context, entry: Telling, work: (transaction: Transaction) => Promise<unknown>) =>
    write(async transaction => {
      refuseChanged(`the context "${was.id}"`, await find(transaction, was.organizationId, was.id), was)
      await work(transaction)
      await writeTellings(transaction, [entry])
    })
  return {
    find: (organizationId, id) => find(database, organizationId, id),
    list: (organizationId, page) => keyedPage(database, KEYED, organizationId, page, toContext),

    add: (context, entry) =>
      write(async transaction => {
        const {organizationId, id, name, kind, createdAt} = context
        if ((await find(transaction, organizationId, id)) !== null) throw exists(id)
        await transaction.run(
          'INSERT INTO contexts (organization_id, id, name, kind, created_at) VALUES ($1, $2, $3, $4, $5)',
          ...[organizationId, id, name, kind, createdAt],
        )
        await writeTellings(transaction, [entry])
      }),

    replace: (context, entry, {was}) =>
      change(was, entry, transaction =>
        transaction.run(
          'UPDATE contexts SET name = $1, kind = $2 WHERE organization_id = $3 AND id = $4',
          ...[context.name, context.kind, context.organizationId, context.id],
        ),
      ),

    remove: (context, entry) =>
      change(context, entry, async transaction => {
        await refuseUsed(transaction, context)
        await transaction.run(
          'DELETE FROM contexts WHERE organization_id = $1 AND id = $2',
          context.organizationId,
          context.id,
        )
      }),
  }
}

async function find(questions: Questions, organizationId: number, id: string): Promise<Context | null> {
  const row = await questions.one('SELECT * FROM contexts WHERE organization_id = $1 AND id = $2', organizationId, id)
  return row === undefined ? null : toContext(row)
}

/** A webhook of a context that is no more would never get an event again, and a source have none taken, and nobody told. */
async function refuseUsed(questions: Questions, {organizationId, id}: Context): Promise<void> {
  for (const {what, where} of SCOPED) {
    const rows = await questions.all(
      `SELECT name FROM ${where} AND organization_id = $1 AND context_id = $2 ORDER BY seq LIMIT 5`,
      organizationId,
      id,
    )
    if (rows.length > 0) throw contextInUse(id, what, rows)
  }
}

/** What is scoped to a context that is not there: a webhook would never get an event, a source have none taken. */
export async function refuseWithoutContext(questions: Questions, {organizationId, contextId}: Scoped): Promise<void> {
  if (contextId === null) return
  const context = await questions.one(
    'SELECT 1 AS yes FROM contexts WHERE organization_id = $1 AND id = $2',
    ...[organizationId, contextId],
  )
  if (context === undefined) throw changedMeanwhile(`the context "${contextId}"`)
}

const exists = (id: string) =>
  conflictError('context_exists', `there is a context "${id}" already`, {path: 'id', hint: 'hookctl context list'})
