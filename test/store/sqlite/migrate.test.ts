import {readdirSync, readFileSync, statSync} from 'node:fs'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {expect, it} from 'vitest'
import type {Policies} from '../../../src/domain/policy.ts'
import type {Webhook} from '../../../src/domain/webhook.ts'
import {connect} from '../../../src/store/sqlite/connection.ts'
import {migrate} from '../../../src/store/sqlite/migrate.ts'
import {migrations} from '../../../src/store/sqlite/migrations/index.ts'
import {fromWebhook} from '../../../src/store/sqlite/rows.ts'
import {openSqliteStore} from '../../../src/store/sqlite/store.ts'
import {aHistoryEntry, aWebhook, NOON, somePolicies} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {aFolder} from '../folder.ts'

const open = (file: string, steps: readonly string[] = migrations) =>
  openSqliteStore({file, now: () => NOON, migrations: steps})

const addColumn = 'ALTER TABLE history ADD COLUMN note TEXT; UPDATE history SET note = id'

/** Rows of a table as a program without hookctl sees them. */
function rowsOf(file: string, sql: string): readonly unknown[] {
  const database = new DatabaseSync(file, {readOnly: true})
  const rows = database.prepare(sql).all()
  database.close()
  return rows.map(row => Object.values(row)[0])
}

async function withEntry(file: string): Promise<string> {
  const store = open(file)
  const entry = aHistoryEntry()
  await store.history.add([entry])
  await store.close()
  return entry.id
}

it('H4: takes an older store to the newest schema and puts a private copy of it beside', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  const id = await withEntry(file)
  const store = open(file, [...migrations, addColumn, 'CREATE TABLE third (a)'])
  expect((await store.describe()).schema).toBe(migrations.length + 2)
  expect(await store.history.find(1, id)).not.toBeNull()
  await store.close()
  const backup = `${file}.schema-${migrations.length}.backup`
  expect(readdirSync(path.dirname(file)).toSorted()).toEqual(['hookctl.db', path.basename(backup)])
  expect((statSync(backup).mode & 0o777).toString(8)).toBe('600')
  expect(rowsOf(file, 'SELECT note FROM history')).toEqual([id])
  expect(rowsOf(backup, 'SELECT id FROM history')).toEqual([id])
  expect(rowsOf(backup, 'PRAGMA user_version')).toEqual([migrations.length])
})

it('H4: an older program refuses the newer store at once', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  await withEntry(file)
  const newer = open(file, [...migrations, addColumn])
  // While the newer one still runs: the schema number must be in the file itself, not only in its log.
  expect(readFileSync(file).readUInt32BE(60)).toBe(migrations.length + 1)
  expect(await refusal(Promise.try(() => open(file)))).toMatchObject({code: 'store_newer'})
  await newer.close()
})

it('H4: a step that fails leaves the store as it was, ready for another try', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  const id = await withEntry(file)
  const broken = [...migrations, `${addColumn}; INSERT nonsense`]
  expect(await refusal(Promise.try(() => open(file, broken)))).toMatchObject({kind: 'internal', code: 'store_refused'})
  expect(readdirSync(path.dirname(file))).toEqual(['hookctl.db'])
  const store = open(file)
  expect(await store.history.find(1, id)).not.toBeNull()
  await store.close()
})

it('H4: of two at once, the one who comes second to a step leaves it', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  await withEntry(file)
  const steps = [...migrations, 'CREATE TABLE done (a); INSERT INTO done VALUES (1)']
  const connection = connect(file, file)
  const {database} = connection
  // The other one does the step while this one makes its copy: both have seen the older number.
  const slow = {
    exec: (sql: string) => database.exec(sql),
    prepare(sql: string) {
      if (sql.startsWith('VACUUM')) void open(file, steps).close()
      return database.prepare(sql)
    },
  }
  migrate({...connection, database: slow as unknown as DatabaseSync}, steps)
  connection.close()
  const backup = `${file}.schema-${migrations.length}.backup`
  expect(readdirSync(path.dirname(file)).toSorted()).toEqual(['hookctl.db', path.basename(backup)])
  expect(rowsOf(backup, 'PRAGMA user_version')).toEqual([migrations.length])
  expect(rowsOf(file, 'SELECT a FROM done')).toEqual([1])
})

it('makes no copy of a store that is of today', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  await withEntry(file)
  await withEntry(file)
  expect(readdirSync(path.dirname(file))).toEqual(['hookctl.db'])
})

it('H4: webhooks of the first schema get the policies of today, and what they decided stays', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  await open(file, migrations.slice(0, 1)).close()
  const finite = aWebhook({name: 'finite'})
  const endless = aWebhook({name: 'endless', policies: somePolicies({retry: {kind: 'until-success', everyMs: 1000}})})
  const old = new DatabaseSync(file)
  for (const webhook of [finite, endless]) {
    const {pauseAfterMs: _, ordered: __, ...policies} = webhook.policies
    const {oauth: ___, ...row} = fromWebhook({...webhook, policies: policies as Policies})
    const places = Object.keys(row).fill('?')
    old.prepare(`INSERT INTO webhooks (${Object.keys(row)}) VALUES (${places})`).run(...Object.values(row))
  }
  old.close()
  const store = open(file)
  const policiesOf = async ({id}: Webhook) => (await store.webhooks.find(1, id))?.policies
  expect(await policiesOf(finite)).toEqual({...finite.policies, pauseAfterMs: 432_000_000, ordered: null})
  expect(await policiesOf(endless)).toEqual({...endless.policies, pauseAfterMs: null, ordered: null})
  await store.close()
})
