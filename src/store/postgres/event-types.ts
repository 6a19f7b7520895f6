import type {OwnEventType} from '../../domain/event-type.ts'
import {eventTypeExists} from '../event-type-exists.ts'
import {refuseChanged} from '../meanwhile.ts'
import {fromEventType, toEventType} from '../sqlite/rows.ts'
import type {EventTypeStore, Telling} from '../store.ts'
import type {Database, Questions} from './connection.ts'
import {writeTellings} from './history.ts'
import {keyedPage} from './keyed.ts'
import type {Alone} from './store.ts'
import type {Transaction} from './transaction.ts'
import {whileUnchanged} from './while-unchanged.ts'
import {insertRow, replaceRow} from './write-row.ts'

const KEYED = {table: 'event_types', key: 'name'}
const ONE = 'organization_id = $1 AND name = $2'

export function eventTypes(database: Questions & Partial<Pick<Database, 'setupSeen'>>, write: Alone): EventTypeStore {
  const written = async (transaction: Transaction, entry: Telling) => {
    await writeTellings(transaction, [entry])
    transaction.setupChanged()
  }
  const change = (was: OwnEventType, entry: Telling, work: (transaction: Transaction) => Promise<unknown>) =>
    write(async transaction => {
      refuseChanged(`the event type "${was.name}"`, await find(transaction, was.organizationId, was.name), was)
      await work(transaction)
      await written(transaction, entry)
    })
  return {
    find: (organizationId, name) => find(database, organizationId, name),
    list: (organizationId, page) => keyedPage(database, KEYED, organizationId, page, toEventType),

    withSchema: whileUnchanged(database, async organizationId => {
      const rows = await database.all(
        'SELECT * FROM event_types WHERE organization_id = $1 AND schema IS NOT NULL',
        organizationId,
      )
      return new Map(rows.map(row => [row.name as string, toEventType(row)]))
    }),

    add: (type, entry) =>
      write(async transaction => {
        if ((await find(transaction, type.organizationId, type.name)) !== null) throw eventTypeExists(type.name)
        await insertRow(transaction, 'event_types', fromEventType(type))
        await written(transaction, entry)
      }),

    replace: (type, entry, {was}) =>
      change(was, entry, transaction => {
        const {organizationId, name} = was
        const row = fromEventType({...type, organizationId, name})
        return replaceRow(transaction, 'event_types', row, {organization_id: organizationId, name})
      }),

    remove: (type, entry) =>
      change(type, entry, transaction =>
        transaction.run(`DELETE FROM event_types WHERE ${ONE}`, type.organizationId, type.name),
      ),
  }
}

async function find(questions: Questions, organizationId: number, name: string): Promise<OwnEventType | null> {
  const row = await questions.one(`SELECT * FROM event_types WHERE ${ONE}`, organizationId, name)
  return row === undefined ? null : toEventType(row)
}
