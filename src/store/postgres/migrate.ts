import {unreachableError} from '../../errors.ts'
import type {Database, Questions} from './connection.ts'
import {notUtf8, schemaMissing} from './failure.ts'
import {migrations as ours} from './migrations/index.ts'

/** Whoever makes or changes the schema holds this. */
const MIGRATING = 7_146_000

/**
 * Takes the database to the newest schema, all steps in one transaction; an empty one gets the first organization. Of two
 * at once one does it and the other finds it done.
 *
 * @throws HookctlError `store_newer` when the schema is of a newer program, `store_foreign` where the tables are not ours
 */
export async function migrate(database: Database, now: number, migrations: readonly string[] = ours): Promise<void> {
  if ((await schemaOf(database)) === migrations.length) return
  await database.transaction(async questions => {
    await questions.run('SELECT pg_advisory_xact_lock($1)', MIGRATING)
    const found = await schemaOf(questions)
    if (found > migrations.length) throw newer(database.location, found, migrations.length)
    if (found === 0) await begin(questions, database.location)
    for (const step of migrations.slice(found)) for (const statement of statements(step)) await questions.run(statement)
    await questions.run('UPDATE hookctl_schema SET version = $1', migrations.length)
    if (found === 0) {
      await questions.run("INSERT INTO organizations (slug, name, created_at) VALUES ('default', 'Default', $1)", now)
    }
  })
}

/** 0 where there is none yet. */
export async function schemaOf(questions: Questions): Promise<number> {
  if (!(await hasTable(questions, 'hookctl_schema'))) return 0
  return ((await questions.one('SELECT version FROM hookctl_schema'))?.version as number) ?? 0
}

/** Not by to_regclass: it may answer what it knew before this transaction waited for another one. */
const hasTable = async (questions: Questions, name: string): Promise<boolean> =>
  (await questions.one(
    `SELECT 1 AS yes FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = current_schema() AND c.relname = $1`,
    name,
  )) !== undefined

async function begin(questions: Questions, location: string): Promise<void> {
  if (await hasTable(questions, 'deliveries')) {
    throw unreachableError('store_foreign', `the store ${location} has tables that are not hookctl's`, {
      hint: 'give hookctl a database of its own, or a schema: postgres://…?options=-csearch_path%3Dhookctl',
    })
  }
  await questions.run('CREATE TABLE hookctl_schema (version INTEGER NOT NULL)')
  await questions.run('INSERT INTO hookctl_schema VALUES (0)')
}

/** A prepared statement is one statement. No migration has a semicolon inside one. */
const statements = (text: string): readonly string[] =>
  text
    .split(/;\s*$/m)
    .map(each => each.trim())
    .filter(each => each !== '')

const newer = (location: string, found: number, known: number) =>
  unreachableError('store_newer', `the store ${location} has schema ${found}; this program knows up to ${known}`, {
    hint: 'use the newer program that wrote it',
  })

/** Row numbers of an insert in its order, JSON operators, `FOR UPDATE SKIP LOCKED` in a lateral query. */
const OLDEST_VERSION = 140_000

/**
 * Whether a store can be in this database.
 *
 * @throws HookctlError `store_unsupported`, `store_schema_missing`
 */
export async function assertFits(database: Database): Promise<void> {
  const {version, encoding, schema, path} = (await database.one(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
      current_schema() AS schema, current_setting('search_path') AS path`,
  )) as unknown as Found
  if (version < OLDEST_VERSION) {
    throw unreachableError('store_unsupported', `the store ${database.location} is on PostgreSQL ${version}`, {
      hint: 'PostgreSQL 14 or newer is needed',
    })
  }
  if (encoding !== 'UTF8') throw notUtf8(database.location, encoding)
  if (schema === null) throw schemaMissing(database.location, path)
}

interface Found {
  readonly version: number
  readonly encoding: string
  /** The first of the path that is there; null where none is. */
  readonly schema: string | null
  readonly path: string
}
