import type {EventFilter} from '../../domain/filters.ts'
import {wants} from '../../domain/subscription.ts'
import {FROM_ELSEWHERE, isFromElsewhere} from '../from-elsewhere.ts'
import {toEvent} from '../sqlite/rows.ts'
import type {Acceptance, Accepted, EventStore} from '../store.ts'
import type {Database} from './connection.ts'
import {condition, equals, oneOf, page} from './newest.ts'

export const events = (
  database: Database,
  accept: (acceptances: readonly Acceptance[]) => Promise<readonly Accepted[]>,
): EventStore => ({
  accept,

  async find(organizationId, id) {
    const row = await database.one('SELECT * FROM events WHERE id = $1 AND organization_id = $2', id, organizationId)
    return row === undefined ? null : toEvent(row)
  },

  async idByKey(organizationId, key) {
    const row = await database.one(
      'SELECT id FROM events WHERE organization_id = $1 AND idempotency_key = $2',
      organizationId,
      key,
    )
    return row === undefined ? null : (row.id as string)
  },

  async list(organizationId, filter, request) {
    const {types, objectType, objectId, requestId, source, since, until} = filter
    const conditions = [
      condition('organization_id = ?', organizationId),
      ...equals('request_id', requestId),
      ...equals('source', source),
      // For the planner: the index is of these alone.
      ...(source !== undefined && isFromElsewhere(source) ? [condition(FROM_ELSEWHERE)] : []),
      ...equals('object_id', objectId),
      ...equals('object_type', objectType),
      ...oneOf('type', types && (await typesLike(database, organizationId, types))),
    ]
    return page(database, {table: 'events', time: 'accepted_at', conditions, since, until}, request, toEvent)
  },
})

/** Types are few where rows are many: patterns are matched on those there are. A look-up per type. */
async function typesLike(
  database: Database,
  organizationId: number,
  eventTypes: NonNullable<EventFilter['types']>,
): Promise<readonly string[]> {
  const rows = await database.all(distinctTypes('events', 'type'), organizationId)
  return rows.map(row => row.type as string).filter(type => wants({eventTypes}, type))
}

/** The different types of an organization: a loose walk over the index. `$1` is the organization. */
export const distinctTypes = (table: 'events' | 'deliveries', column: string): string => `WITH RECURSIVE t AS (
    (SELECT ${column} AS type FROM ${table} WHERE organization_id = $1 ORDER BY ${column} LIMIT 1)
    UNION ALL
    SELECT (SELECT ${column} FROM ${table} WHERE organization_id = $1 AND ${column} > t.type ORDER BY ${column} LIMIT 1)
      FROM t WHERE t.type IS NOT NULL
  ) SELECT type FROM t WHERE type IS NOT NULL`
