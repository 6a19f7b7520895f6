import {existsSync} from 'node:fs'
import {DatabaseSync} from 'node:sqlite'
import type {NameKind, NameQuestion, StoredName} from '../names.ts'

/** Another process may hold the file for a moment; whoever waits for a list of names has no patience. */
const BUSY_TIMEOUT_MS = 100

/** How many rows are looked at when they are of many organizations. */
const LOOK_AT = 2000

const NAMED = (table: string, value: string, description: string, more = '') => `
  SELECT ${value} AS value, ${description} AS description FROM ${table}
  WHERE substr(${value}, 1, length($prefix)) = $prefix AND organization_id = $organization ${more}
  ORDER BY ${value} LIMIT $limit`

/** Ids begin with their time: the last ones in order are the newest, and the index on them answers. */
const NEWEST = (table: string, description: string) => `
  SELECT id AS value, ${description} AS description
  FROM (SELECT * FROM ${table} WHERE id >= $prefix AND id < $prefix || '~' ORDER BY id DESC LIMIT ${LOOK_AT})
  WHERE organization_id = $organization ORDER BY id DESC LIMIT $limit`

const QUESTIONS: Readonly<Record<NameKind, string>> = {
  organization: `SELECT slug AS value, name AS description FROM organizations
    WHERE substr(slug, 1, length($prefix)) = $prefix AND deleted_at IS NULL ORDER BY slug LIMIT $limit`,
  webhook: NAMED('webhooks', 'name', 'platform', 'AND deleted_at IS NULL'),
  webhookId: NAMED('webhooks', 'id', 'name', 'AND deleted_at IS NULL'),
  source: NAMED('sources', 'name', 'platform'),
  ownEventType: NAMED('event_types', 'name', 'summary'),
  context: NAMED('contexts', 'id', 'name'),
  member: NAMED('members', 'user_name', 'role'),
  token: NAMED('tokens', 'name', 'scopes'),
  event: NEWEST('events', 'type'),
  delivery: NEWEST('deliveries', "event_type || ', ' || state"),
  history: NEWEST('history', "change || ' ' || object_type"),
}

/** What `storedNames` answers for a SQLite file. Opens it for reading only: what is not there is not made. */
export function namesInFile(file: string, question: NameQuestion): StoredName[] {
  if (!existsSync(file)) return []
  const database = new DatabaseSync(file, {readOnly: true, timeout: BUSY_TIMEOUT_MS})
  try {
    return namesIn(database, question)
  } finally {
    database.close()
  }
}

/** The same of a database that is open. */
export function namesIn(database: DatabaseSync, {kind, prefix, organization}: NameQuestion): StoredName[] {
  const found = database.prepare('SELECT id FROM organizations WHERE slug = ? AND deleted_at IS NULL').get(organization)
  const statement = database.prepare(QUESTIONS[kind])
  statement.setAllowUnknownNamedParameters(true)
  return statement.all({prefix, organization: found?.id ?? null, limit: 100}) as unknown as StoredName[]
}
