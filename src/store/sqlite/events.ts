import type {EventFilter} from '../../domain/filters.ts'
import {wants} from '../../domain/subscription.ts'
import {FROM_ELSEWHERE, isFromElsewhere} from '../from-elsewhere.ts'
import type {EventStore} from '../store.ts'
import {accept} from './accept.ts'
import type {Connection} from './connection.ts'
import {distinct, equals, type ListQuestion, oneOf, page, type Stream} from './newest.ts'
import type {Direct} from './questions.ts'
import {type AnyRow, toEvent} from './rows.ts'
import type {Writer} from './writer.ts'

const OF = {table: 'events', time: 'accepted_at'}

export function events(connection: Connection, writer: Writer): Direct<EventStore> {
  const read = (seq: number) => toEvent(connection.prepare('SELECT * FROM events WHERE seq = ?').get(seq) as AnyRow)
  return {
    accept: acceptances => writer.write(acceptances.length, transaction => accept(transaction, acceptances)),

    find(organizationId, id) {
      const row = connection
        .prepare('SELECT * FROM events WHERE id = ? AND organization_id = ?')
        .get(id, organizationId)
      return row === undefined ? null : toEvent(row as AnyRow)
    },

    idByKey(organizationId, key) {
      const row = connection
        .prepare('SELECT id FROM events WHERE organization_id = ? AND idempotency_key = ?')
        .get(organizationId, key)
      return row === undefined ? null : (row.id as string)
    },

    list: (organizationId, filter, request) =>
      page(connection, eventQuestion(connection, organizationId, filter), request, read),
  }
}

function eventQuestion(connection: Connection, organizationId: number, filter: EventFilter): ListQuestion {
  const {types, objectType, objectId, requestId, source, since, until} = filter
  const organization = {organization_id: organizationId}
  const conditions = [
    ...equals('request_id', requestId),
    ...equals('source', source),
    ...equals('object_id', objectId),
    ...equals('object_type', objectType),
  ]
  const question = (streams: readonly Stream[], more = conditions) => ({
    of: OF,
    streams,
    conditions: more,
    since,
    until,
  })
  const narrow = narrowStream(organization, filter)
  if (narrow === null) return question(byType(connection, organization, filter))
  if (types === undefined) return question([narrow])
  const names = byType(connection, organization, filter).map(stream => stream.equal.type as string)
  return question([narrow], [...conditions, ...oneOf('type', names)])
}

/** One request, one object and one source have few events, whatever their type. */
function narrowStream(organization: Stream['equal'], {requestId, objectId, source}: EventFilter): Stream | null {
  if (requestId !== undefined) return {index: 'events_by_request', equal: {...organization, request_id: requestId}}
  if (objectId !== undefined && objectId !== '') {
    return {index: 'events_by_object', equal: {...organization, object_id: objectId}, only: "object_id <> ''"}
  }
  if (source === undefined || !isFromElsewhere(source)) return null
  return {index: 'events_by_source', equal: {...organization, source}, only: FROM_ELSEWHERE}
}

/** A range per type of object and type of event. Types are few where rows are many: patterns are matched on them. */
function byType(connection: Connection, organization: Stream['equal'], {types, objectType}: EventFilter) {
  const index = 'events_by_type'
  const objectTypes =
    objectType === undefined
      ? distinct<string>(connection, OF.table, {index, equal: organization}, 'object_type')
      : [objectType]
  return objectTypes.flatMap(object_type => {
    const equal = {...organization, object_type}
    return distinct<string>(connection, OF.table, {index, equal}, 'type')
      .filter(type => types === undefined || wants({eventTypes: types}, type))
      .map(type => ({index, equal: {...equal, type}}))
  })
}
