import type {Source} from '../../domain/source.ts'
import {refuseChanged} from '../meanwhile.ts'
import {openedSource, sealedSource} from '../secrecy.ts'
import {sourceExists} from '../source-exists.ts'
import type {SourceStore, Telling} from '../store.ts'
import type {Connection, Value} from './connection.ts'
import {refuseWithoutContext} from './contexts.ts'
import {keyedPage} from './keyed.ts'
import type {Direct} from './questions.ts'
import {type AnyRow, fromSource, toLastReceived, toSource} from './rows.ts'
import {writeTelling} from './telling.ts'
import {insertRow, replaceRow} from './write-row.ts'
import type {Writer} from './writer.ts'

const KEYED = {table: 'sources', key: 'name'}
const LAST_RECEIVED = 'SELECT id, accepted_at, refused_at, refusal FROM sources WHERE organization_id = ?'

export function sources(connection: Connection, writer: Writer): Direct<SourceStore> {
  const read = (row: AnyRow): Source => openedSource(toSource(row), connection.secretKey)
  const one = (where: string, ...values: readonly Value[]): Source | null => {
    const row = connection.prepare(`SELECT * FROM sources WHERE ${where}`).get(...values)
    return row === undefined ? null : read(row as AnyRow)
  }
  const change = (was: Source, entry: Telling, write: () => void) =>
    writer.write(2, transaction => {
      refuseChanged(`the source "${was.name}"`, one('id = ?', was.id), was)
      write()
      writeTelling(transaction, entry)
    })
  function refuseTaken({id, organizationId, name}: Source): void {
    const holder = one('organization_id = ? AND name = ?', organizationId, name)
    if (holder !== null && holder.id !== id) throw sourceExists(name)
  }
  return {
    byId(id) {
      const row = connection.prepare('SELECT * FROM sources WHERE id = ?').get(id) as AnyRow | undefined
      return row === undefined ? null : {source: read(row), last: toLastReceived(row)}
    },
    find: (organizationId, idOrName) =>
      one('id = ? AND organization_id = ?', idOrName, organizationId) ??
      one('name = ? AND organization_id = ?', idOrName, organizationId),
    list: (organizationId, page) => keyedPage(connection, KEYED, organizationId, page, read),

    lastReceived(organizationId) {
      const rows = connection.prepare(LAST_RECEIVED).all(organizationId) as AnyRow[]
      return new Map(rows.map(row => [row.id as string, toLastReceived(row)]))
    },

    noteReceived: (id, at, refusal) =>
      writer.write(1, () => {
        const [changes, values] =
          refusal === null ? ['accepted_at = ?', [at]] : ['refused_at = ?, refusal = ?', [at, refusal]]
        connection.prepare(`UPDATE sources SET ${changes} WHERE id = ?`).run(...values, id)
      }),

    add: (source, entry) =>
      writer.write(2, transaction => {
        refuseWithoutContext(connection, source)
        refuseTaken(source)
        insertRow(connection, 'sources', fromSource(sealedSource(source, connection.secretKey)))
        writeTelling(transaction, entry)
      }),

    replace: (source, entry, {was}) =>
      change(was, entry, () => {
        if (source.contextId !== was.contextId) refuseWithoutContext(connection, source)
        refuseTaken(source)
        replaceRow(connection, 'sources', fromSource(sealedSource(source, connection.secretKey)), {id: was.id})
      }),

    remove: (source, entry) =>
      change(source, entry, () => {
        connection.prepare('DELETE FROM sources WHERE id = ?').run(source.id)
      }),
  }
}
