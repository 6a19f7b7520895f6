import type {HistoryFilter} from '../../domain/filters.ts'
import type {Change, HistoryEntry} from '../../domain/history.ts'
import type {HistoryStore} from '../store.ts'
import type {Connection} from './connection.ts'
import {type Condition, distinct, equals, type ListQuestion, oneOf, page, type Stream} from './newest.ts'
import type {Direct} from './questions.ts'
import {type AnyRow, toHistoryEntry} from './rows.ts'
import {rowsOf, writeTelling} from './telling.ts'
import type {Transaction} from './transaction.ts'
import type {Writer} from './writer.ts'

const changes: readonly Change[] = ['created', 'changed', 'deleted']
const OF = {table: 'history', time: 'at'}

export function history(connection: Connection, writer: Writer): Direct<HistoryStore> {
  const read = (seq: number) =>
    toHistoryEntry(connection.prepare('SELECT * FROM history WHERE seq = ?').get(seq) as AnyRow)
  return {
    add: entries =>
      writer.write(rowsOf(entries), transaction => {
        for (const entry of entries) writeTelling(transaction, entry)
      }),

    find(organizationId, id) {
      const row = connection
        .prepare('SELECT * FROM history WHERE id = ? AND organization_id = ?')
        .get(id, organizationId)
      return row === undefined ? null : toHistoryEntry(row as AnyRow)
    },

    list: (organizationId, filter, request) =>
      page(connection, historyQuestion(connection, organizationId, filter), request, read),
  }
}

export function writeHistory({connection, feed}: Transaction, entry: HistoryEntry): void {
  const {object, actor} = entry
  const insert = connection.prepare(`INSERT INTO history (id, organization_id, at, change, object_type, object_id,
    object_name, actor, actor_folded, request_id, event_id, context_id, before, after, rotated)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const {lastInsertRowid} = insert.run(
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
  )
  feed(entry.organizationId, 'history', Number(lastInsertRowid))
}

const fold = (text: string): string => text.toLowerCase()

function historyQuestion(connection: Connection, organizationId: number, filter: HistoryFilter): ListQuestion {
  const conditions: Condition[] = [
    ...equals('object_id', filter.objectId),
    ...oneOf('object_type', filter.objectTypes),
    ...oneOf('change', filter.changes),
  ]
  const streams = streamsOf(connection, organizationId, filter)
  return {of: OF, streams, conditions, since: filter.since, until: filter.until}
}

function streamsOf(connection: Connection, organizationId: number, filter: HistoryFilter): readonly Stream[] {
  const {objectId, actor} = filter
  const organization = {organization_id: organizationId}
  if (actor !== undefined) return byActor(connection, organization, actor)
  if (objectId !== undefined) return [{index: 'history_by_object', equal: {...organization, object_id: objectId}}]
  const ofOrganization = {index: 'history_by_change', equal: organization}
  const wantedChanges = [...new Set(filter.changes ?? changes)]
  const types = new Set(filter.objectTypes ?? distinct<string>(connection, 'history', ofOrganization, 'object_type'))
  return [...types].flatMap(type =>
    wantedChanges.map(change => ({
      index: 'history_by_change',
      equal: {...organization, object_type: type, change},
    })),
  )
}

/** Actors are few where rows are many: the names that hold the text are looked for among the different ones. */
function byActor(connection: Connection, organization: {organization_id: number}, part: string): readonly Stream[] {
  const ofOrganization = {index: 'history_by_actor', equal: organization}
  return distinct<string>(connection, 'history', ofOrganization, 'actor_folded')
    .filter(name => name.includes(fold(part)))
    .map(name => ({index: 'history_by_actor', equal: {...organization, actor_folded: name}}))
}
