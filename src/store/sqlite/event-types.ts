import type {OwnEventType} from '../../domain/event-type.ts'
import {eventTypeExists} from '../event-type-exists.ts'
import {refuseChanged} from '../meanwhile.ts'
import type {EventTypeStore, Telling} from '../store.ts'
import type {Connection} from './connection.ts'
import {keyedPage} from './keyed.ts'
import type {Direct} from './questions.ts'
import {type AnyRow, fromEventType, toEventType} from './rows.ts'
import {writeTelling} from './telling.ts'
import type {Transaction} from './transaction.ts'
import {whileUnchanged} from './while-unchanged.ts'
import {insertRow, replaceRow} from './write-row.ts'
import type {Writer} from './writer.ts'

const KEYED = {table: 'event_types', key: 'name'}
const ONE = 'organization_id = ? AND name = ?'

export function eventTypes(connection: Connection, writer: Writer): Direct<EventTypeStore> {
  const find = (organizationId: number, name: string): OwnEventType | null => {
    const row = connection.prepare(`SELECT * FROM event_types WHERE ${ONE}`).get(organizationId, name)
    return row === undefined ? null : toEventType(row as AnyRow)
  }
  const written = (transaction: Transaction, entry: Telling) => {
    writeTelling(transaction, entry)
    transaction.setupChanged()
  }
  const change = (was: OwnEventType, entry: Telling, write: () => void) =>
    writer.write(2, transaction => {
      refuseChanged(`the event type "${was.name}"`, find(was.organizationId, was.name), was)
      write()
      written(transaction, entry)
    })
  return {
    find,
    list: (organizationId, page) => keyedPage(connection, KEYED, organizationId, page, toEventType),

    withSchema: whileUnchanged(connection, organizationId => {
      const rows = connection
        .prepare('SELECT * FROM event_types WHERE organization_id = ? AND schema IS NOT NULL')
        .all(organizationId) as AnyRow[]
      return new Map(rows.map(row => [row.name as string, toEventType(row)]))
    }),

    add: (type, entry) =>
      writer.write(2, transaction => {
        if (find(type.organizationId, type.name) !== null) throw eventTypeExists(type.name)
        insertRow(connection, 'event_types', fromEventType(type))
        written(transaction, entry)
      }),

    replace: (type, entry, {was}) =>
      change(was, entry, () => {
        const {organizationId, name} = was
        const row = fromEventType({...type, organizationId, name})
        replaceRow(connection, 'event_types', row, {organization_id: organizationId, name})
      }),

    remove: (type, entry) =>
      change(type, entry, () => {
        connection.prepare(`DELETE FROM event_types WHERE ${ONE}`).run(type.organizationId, type.name)
      }),
  }
}
