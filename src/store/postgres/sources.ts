import type {Source} from '../../domain/source.ts'
import {refuseChanged} from '../meanwhile.ts'
import {openedSource, sealedSource} from '../secrecy.ts'
import {sourceExists} from '../source-exists.ts'
import {type AnyRow, fromSource, toLastReceived, toSource} from '../sqlite/rows.ts'
import type {SourceStore, Telling} from '../store.ts'
import type {Questions, SqlValue} from './connection.ts'
import {refuseWithoutContext} from './contexts.ts'
import {writeTellings} from './history.ts'
import {assertKeyStays, type Keeping} from './key.ts'
import {keyedPage} from './keyed.ts'
import type {Alone} from './store.ts'
import type {Transaction} from './transaction.ts'
import {insertRow, replaceRow} from './write-row.ts'

const KEYED = {table: 'sources', key: 'name'}
const LAST_RECEIVED = 'SELECT id, accepted_at, refused_at, refusal FROM sources WHERE organization_id = $1'

export function sources(database: Questions & Keeping, write: Alone): SourceStore {
  const read = (row: AnyRow): Source => openedSource(toSource(row), database.secretKey)
  async function one(questions: Questions, where: string, ...values: readonly SqlValue[]): Promise<Source | null> {
    const row = await questions.one(`SELECT * FROM sources WHERE ${where}`, ...values)
    return row === undefined ? null : read(row)
  }
  const change = (was: Source, entry: Telling, work: (transaction: Transaction) => Promise<unknown>) =>
    write(async transaction => {
      refuseChanged(`the source "${was.name}"`, await one(transaction, 'id = $1', was.id), was)
      await work(transaction)
      await writeTellings(transaction, [entry])
    })
  async function refuseTaken(questions: Questions, {id, organizationId, name}: Source): Promise<void> {
    const holder = await one(questions, 'organization_id = $1 AND name = $2', organizationId, name)
    if (holder !== null && holder.id !== id) throw sourceExists(name)
  }
  return {
    async byId(id) {
      const row = await database.one('SELECT * FROM sources WHERE id = $1', id)
      return row === undefined ? null : {source: read(row), last: toLastReceived(row)}
    },
    find: async (organizationId, idOrName) =>
      (await one(database, 'id = $1 AND organization_id = $2', idOrName, organizationId)) ??
      (await one(database, 'name = $1 AND organization_id = $2', idOrName, organizationId)),
    list: (organizationId, page) => keyedPage(database, KEYED, organizationId, page, read),

    async lastReceived(organizationId) {
      const rows = await database.all(LAST_RECEIVED, organizationId)
      return new Map(rows.map(row => [row.id as string, toLastReceived(row)]))
    },

    async noteReceived(id, at, refusal) {
      const [changes, values] =
        refusal === null ? ['accepted_at = $2', [at]] : ['refused_at = $2, refusal = $3', [at, refusal]]
      await database.run(`UPDATE sources SET ${changes} WHERE id = $1`, id, ...values)
    },

    add: (source, entry) =>
      write(async transaction => {
        await assertKeyStays(transaction, database)
        await refuseWithoutContext(transaction, source)
        await refuseTaken(transaction, source)
        await insertRow(transaction, 'sources', fromSource(sealedSource(source, database.secretKey)))
        await writeTellings(transaction, [entry])
      }),

    replace: (source, entry, {was}) =>
      change(was, entry, async transaction => {
        await assertKeyStays(transaction, database)
        if (source.contextId !== was.contextId) await refuseWithoutContext(transaction, source)
        await refuseTaken(transaction, source)
        await replaceRow(transaction, 'sources', fromSource(sealedSource(source, database.secretKey)), {id: was.id})
      }),

    remove: (source, entry) =>
      change(source, entry, transaction => transaction.run('DELETE FROM sources WHERE id = $1', source.id)),
  }
}
