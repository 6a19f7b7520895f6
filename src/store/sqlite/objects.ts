import type {ObjectFilter} from '../../domain/filters.ts'
import type {Page, PageRequest} from '../../domain/page.ts'
import type {ObjectKey, TrackedObject} from '../../domain/tracked.ts'
import {conflictError} from '../../errors.ts'
import type {ObjectStore, ObjectWrite, SeenObject} from '../store.ts'
import type {Connection, Value} from './connection.ts'
import {checkLimit, fromCursor, toCursor} from './cursor.ts'
import type {Direct} from './questions.ts'
import {type AnyRow, toTrackedObject} from './rows.ts'
import {rowsOf, writeTelling} from './telling.ts'
import type {Writer} from './writer.ts'

const KEY = 'organization_id = ? AND platform = ? AND type = ? AND id = ?'

export const objects = (connection: Connection, writer: Writer): Direct<ObjectStore> => ({
  find: keys => keys.map(key => find(connection, key)),
  list: (organizationId, filter, page) => list(connection, organizationId, filter, page),
  write: (writes, tellings) =>
    writer.write(writes.length + rowsOf(tellings), transaction => {
      for (const write of writes) replace(connection, write)
      for (const telling of tellings) writeTelling(transaction, telling)
    }),
})

const valuesOf = ({organizationId, platform, type, id}: ObjectKey): Value[] => [organizationId, platform, type, id]

function find(connection: Connection, key: ObjectKey): SeenObject | null {
  const row = connection.prepare(`SELECT * FROM tracked_objects WHERE ${KEY}`).get(...valuesOf(key))
  return row === undefined ? null : {...toTrackedObject(row as AnyRow), seen: row.seq as number}
}

function replace(connection: Connection, {key, seen, object}: ObjectWrite): void {
  if ((find(connection, key)?.seen ?? null) !== seen) throw changed(key)
  connection.prepare(`DELETE FROM tracked_objects WHERE ${KEY}`).run(...valuesOf(key))
  if (object !== null) insert(connection, object)
}

function insert(connection: Connection, object: TrackedObject): void {
  connection
    .prepare(`INSERT INTO tracked_objects (organization_id, platform, type, id, name, context_id, data, secrets,
      created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    .run(
      ...valuesOf(object),
      object.name,
      object.contextId,
      object.data,
      object.secrets === null ? null : JSON.stringify(object.secrets),
      object.createdAt,
      object.updatedAt,
    )
}

const changed = ({type, id}: ObjectKey) =>
  conflictError('object_changed', `the object ${type} ${id} was changed by another report meanwhile`, {
    hint: 'report its state again',
  })

/** A walk over the key: what the text leaves out is read and passed over. */
function list(
  connection: Connection,
  organizationId: number,
  {platform, type, text}: ObjectFilter,
  {limit, cursor}: PageRequest,
): Page<TrackedObject> {
  checkLimit(limit)
  const after =
    cursor === undefined
      ? ['', '', '']
      : fromCursor<[string, string, string]>('objects', cursor, ['string', 'string', 'string'])
  const equal = Object.entries({platform, type}).filter((pair): pair is [string, string] => pair[1] !== undefined)
  const where = equal.map(([column]) => ` AND ${column} = ?`).join('')
  const rows = connection
    .prepare(`SELECT * FROM tracked_objects INDEXED BY tracked_objects_by_key
      WHERE organization_id = ?${where} AND (platform, type, id) > (?, ?, ?) ORDER BY platform, type, id`)
    .iterate(organizationId, ...equal.map(([, value]) => value), ...after)
  const found: TrackedObject[] = []
  for (const row of rows) {
    const object = toTrackedObject(row as AnyRow)
    if (text === undefined || holds(object, text)) found.push(object)
    if (found.length > limit) break
  }
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const isMore = found.length > limit && last !== undefined
  return {items, next: isMore ? toCursor('objects', [last.platform, last.type, last.id]) : null}
}

const holds = ({name, id}: TrackedObject, text: string): boolean =>
  [name, id].some(part => part.toLowerCase().includes(text.toLowerCase()))
