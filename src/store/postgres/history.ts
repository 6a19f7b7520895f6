import type {HistoryFilter} from '../../domain/filters.ts'
import type {HistoryEntry} from '../../domain/history.ts'
import {toHistoryEntry} from '../sqlite/rows.ts'
import type {HistoryStore, Telling} from '../store.ts'
import {accept} from './accept.ts'
import type {Database} from './connection.ts'
import {type Columns, insertMany} from './insert.ts'
import {condition, equals, oneOf, page} from './newest.ts'
import type {Alone} from './store.ts'
import type {Transaction} from './transaction.ts'

export function history(database: Database, write: Alone): HistoryStore {
  return {
    add: entries =>
      write(async transaction => {
        await writeTellings(transaction, entries)
      }),

    async find(organizationId, id) {
      const row = await database.one('SELECT * FROM history WHERE id = $1 AND organization_id = $2', id, organizationId)
      return row === undefined ? null : toHistoryEntry(row)
    },

    list: (organizationId, filter, request) =>
      page(
        database,
        {table: 'history', time: 'at', ...rangeOf(organizationId, filter), since: filter.since, until: filter.until},
        request,
        toHistoryEntry,
      ),
  }
}

const rangeOf = (organizationId: number, {objectId, objectTypes, changes, actor}: HistoryFilter) => ({
  conditions: [
    condition('organization_id = ?', organizationId),
    ...equals('object_id', objectId),
    ...oneOf('object_type', objectTypes),
    ...oneOf('change', changes),
    // A part anywhere in the name: position has no wildcards that would have to be escaped.
    ...(actor === undefined ? [] : [condition('position(? in actor_folded) > 0', fold(actor))]),
  ],
})

const COLUMNS = {
  id: 'text',
  organization_id: 'bigint',
  at: 'bigint',
  change: 'text',
  object_type: 'text',
  object_id: 'text',
  object_name: 'text',
  actor: 'text',
  actor_folded: 'text',
  request_id: 'text',
  event_id: 'text',
  context_id: 'text',
  before: 'text',
  after: 'text',
  rotated: 'text',
} satisfies Columns

export async function writeHistory(transaction: Transaction, entries: readonly HistoryEntry[]): Promise<void> {
  const seqs = await insertMany(transaction, 'history', COLUMNS, entries.map(rowOf))
  for (const [index, entry] of entries.entries()) {
    transaction.feed(entry.organizationId, 'history', seqs[index] as number)
  }
}

const rowOf = ({object, actor, ...entry}: HistoryEntry) => [
  entry.id,
  entry.organizationId,
  entry.at,
  entry.change,
  object.type,
  object.id,
  object.name,
  JSON.stringify(actor),
  fold([actor.name, actor.email].filter(text => text).join(' ')),
  entry.requestId,
  entry.eventId,
  entry.contextId ?? null,
  entry.before,
  entry.after,
  entry.rotated === undefined ? null : JSON.stringify(entry.rotated),
]

const fold = (text: string): string => text.toLowerCase()

/** History rows and the events that tell of them. */
export async function writeTellings(transaction: Transaction, tellings: readonly Telling[]): Promise<void> {
  for (const {raised = [], ...entry} of tellings) {
    await writeHistory(transaction, [entry])
    if (raised.length > 0) await accept(transaction, raised)
  }
}
