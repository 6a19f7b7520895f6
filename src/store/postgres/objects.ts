import type {ObjectFilter} from '../../domain/filters.ts'
import type {Page, PageRequest} from '../../domain/page.ts'
import type {ObjectKey, TrackedObject} from '../../domain/tracked.ts'
import {conflictError} from '../../errors.ts'
import {checkLimit, fromCursor, toCursor} from '../sqlite/cursor.ts'
import {toTrackedObject} from '../sqlite/rows.ts'
import type {ObjectStore, ObjectWrite, SeenObject} from '../store.ts'
import type {Database, Questions} from './connection.ts'
import {writeTellings} from './history.ts'
import {condition, equals} from './newest.ts'
import type {Alone} from './store.ts'

const KEY = 'organization_id = $1 AND platform = $2 AND type = $3 AND id = $4'

export const objects = (database: Database, write: Alone): ObjectStore => ({
  find: keys => Promise.all(keys.map(key => find(database, key))),
  list: (organizationId, filter, page) => list(database, organizationId, filter, page),
  write: (writes, tellings) =>
    write(async transaction => {
      for (const each of writes) await replace(transaction, each)
      await writeTellings(transaction, tellings)
    }),
})

const valuesOf = ({organizationId, platform, type, id}: ObjectKey) => [organizationId, platform, type, id]

async function find(questions: Questions, key: ObjectKey): Promise<SeenObject | null> {
  const row = await questions.one(`SELECT * FROM tracked_objects WHERE ${KEY}`, ...valuesOf(key))
  return row === undefined ? null : {...toTrackedObject(row), seen: row.seq as number}
}

async function replace(questions: Questions, {key, seen, object}: ObjectWrite): Promise<void> {
  if (((await find(questions, key))?.seen ?? null) !== seen) throw changed(key)
  await questions.run(`DELETE FROM tracked_objects WHERE ${KEY}`, ...valuesOf(key))
  if (object === null) return
  await questions.run(
    `INSERT INTO tracked_objects (organization_id, platform, type, id, name, context_id, data, secrets, created_at,
      updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    ...valuesOf(object),
    ...[object.name, object.contextId, object.data],
    ...[object.secrets === null ? null : JSON.stringify(object.secrets), object.createdAt, object.updatedAt],
  )
}

const changed = ({type, id}: ObjectKey) =>
  conflictError('object_changed', `the object ${type} ${id} was changed by another report meanwhile`, {
    hint: 'report its state again',
  })

/** So many rows are looked at before more are fetched. */
const STEP = 1000

/** A walk over the key: what the text leaves out is read and passed over. */
async function list(
  questions: Questions,
  organizationId: number,
  {platform, type, text}: ObjectFilter,
  {limit, cursor}: PageRequest,
): Promise<Page<TrackedObject>> {
  checkLimit(limit)
  let after: readonly string[] =
    cursor === undefined
      ? ['', '', '']
      : fromCursor<[string, string, string]>('objects', cursor, ['string', 'string', 'string'])
  const found: TrackedObject[] = []
  for (let more = true; more && found.length <= limit; ) {
    const conditions = [
      condition('organization_id = ?', organizationId),
      ...equals('platform', platform),
      ...equals('type', type),
      condition('(platform, type, id) > (?, ?, ?)', ...after),
    ]
    let count = 0
    const where = conditions.map(({sql}) => sql.replaceAll('?', () => `$${++count}`)).join(' AND ')
    const rows = await questions.all(
      `SELECT * FROM tracked_objects WHERE ${where} ORDER BY platform, type, id LIMIT ${STEP}`,
      ...conditions.flatMap(({values}) => values),
    )
    const read = rows.map(toTrackedObject)
    found.push(...read.filter(object => text === undefined || holds(object, text)))
    const last = read.at(-1)
    more = rows.length === STEP && last !== undefined
    if (last !== undefined) after = [last.platform, last.type, last.id]
  }
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const isMore = found.length > limit && last !== undefined
  return {items, next: isMore ? toCursor('objects', [last.platform, last.type, last.id]) : null}
}

const holds = ({name, id}: TrackedObject, text: string): boolean =>
  [name, id].some(part => part.toLowerCase().includes(text.toLowerCase()))
