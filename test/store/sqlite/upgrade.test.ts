import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {copyFileSync, existsSync, readFileSync, rmSync, statSync} from 'node:fs'
import process from 'node:process'
import {DatabaseSync} from 'node:sqlite'
import {fileURLToPath} from 'node:url'
import {gunzipSync} from 'node:zlib'
import {describe, expect, it} from 'vitest'
import {openStore} from '../../../src/store/open.ts'
import {createPrivate, fillDraft} from '../../../src/store/sqlite/file.ts'
import {migrateNew} from '../../../src/store/sqlite/migrate.ts'
import {migrations} from '../../../src/store/sqlite/migrations/index.ts'
import {NOON} from '../../harness/factories.ts'
import {countsOf} from '../conformance/setting.ts'
import {aFolder} from '../folder.ts'

/** Stores as earlier schemas left them, as SQL: made by the program of that time, never by this one. */
const fixtures = [1].map(schema => ({
  schema,
  sql: gunzipSync(
    readFileSync(fileURLToPath(new URL(`../../fixtures/store-schema-${schema}.sql.gz`, import.meta.url))),
  ).toString(),
}))

function make(file: string, sql: string): void {
  createPrivate(file)
  fillDraft(file, database => database.exec(sql))
}

/** Every value of the old tables and columns, as text. What a migration adds is not in it. */
function valuesOf(file: string, columnsOf: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  const database = new DatabaseSync(file, {readOnly: true})
  const values = Object.entries(columnsOf).map(([table, columns]) => {
    const rows = database.prepare(`SELECT ${columns.join(', ')} FROM ${table} ORDER BY ${columns.join(', ')}`).all()
    return [table, JSON.stringify(rows, shown)]
  })
  database.close()
  return Object.fromEntries(values)
}

/** Bytes as numbers, and of policies what the first schema had: later ones add to them. */
function shown(key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value]
  if (key !== 'policies') return value
  const {success, retry, offSwitch, batch, signature, timeoutMs, zone, tls, allowHttp} = JSON.parse(String(value))
  return {success, retry, offSwitch, batch, signature, timeoutMs, zone, tls, allowHttp}
}

function columnsOf(file: string): Record<string, string[]> {
  const database = new DatabaseSync(file, {readOnly: true})
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()
    .map(({name}) => name as string)
  const columns = tables.map(table => [
    table,
    database
      .prepare(`PRAGMA table_info(${table})`)
      .all()
      .map(({name}) => name as string),
  ])
  database.close()
  return Object.fromEntries(columns)
}

/** The tables and indexes of a schema, as SQLite keeps their text. */
function shapeOf(file: string): readonly unknown[] {
  const database = new DatabaseSync(file, {readOnly: true})
  const rows = database.prepare("SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name").all()
  database.close()
  return rows.map(({sql}) => sql)
}

const schemaIn = (file: string): number => readFileSync(file).readUInt32BE(60)

describe.each(fixtures)('H4: a store of schema $schema', ({schema, sql}) => {
  it('comes to the newest with every row as it was, and can be used', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.db')
    make(file, sql)
    const columns = columnsOf(file)
    const before = valuesOf(file, columns)
    const store = await openStore(file, {now: () => NOON})
    expect((await store.describe()).schema).toBe(migrations.length)
    const counts = await countsOf(store)
    expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(await store.deliveries.count(1, {}))
    const [webhook] = (await store.webhooks.all(1)).filter(({name}) => name === 'cmdb')
    expect(webhook).toMatchObject({headers: [['X-Note', 'café']], secrets: [{value: 'golden-fixture-secret'}]})
    for (const delivery of (await store.deliveries.list(1, {}, {limit: 100})).items) {
      expect(await store.events.find(1, delivery.eventId)).not.toBeNull()
    }
    expect((await store.deliveries.list(1, {replayOf: 'dlv_0'}, {limit: 9})).items).toEqual([])
    await store.close()
    expect(valuesOf(file, columns)).toEqual(before)
    expect(existsSync(`${file}.schema-${schema}.backup`)).toBe(true)
    expect(valuesOf(`${file}.schema-${schema}.backup`, columns)).toEqual(before)
  })

  it('has the shape of a new one afterwards', async () => {
    await using folder = await aFolder()
    const [file, fresh] = [folder.file('old.db'), folder.file('new.db')]
    make(file, sql)
    for (const each of [file, fresh]) await (await openStore(each, {now: () => NOON})).close()
    expect(shapeOf(file)).toEqual(shapeOf(fresh))
  })

  it('killed 20 times while it is brought up is of one schema or another each time, never between', async () => {
    await using folder = await aFolder()
    const [origin, file] = [folder.file('origin.db'), folder.file('hookctl.db')]
    make(origin, `${sql} ${grown}`)
    const columns = columnsOf(origin)
    const before = valuesOf(origin, columns)
    const shapes = migrations.map((_, index) => {
      const model = folder.file(`model-${index + 1}.db`)
      createPrivate(model)
      fillDraft(model, database => migrateNew(database, migrations.slice(0, index + 1)))
      return shapeOf(model)
    })
    const took = await upgraded(origin, file)
    const reached: number[] = []
    for (let kill = 0; kill < 20; kill++) {
      fresh(origin, file)
      await upgraded(origin, file, (took * (kill + 0.5)) / 20)
      const found = schemaIn(file)
      const database = new DatabaseSync(file)
      expect(Object.values(database.prepare('PRAGMA integrity_check').get()!)).toEqual(['ok'])
      const now = Number(Object.values(database.prepare('PRAGMA user_version').get()!)[0])
      database.close()
      expect(shapeOf(file)).toEqual(shapes[now - 1])
      expect(valuesOf(file, columns)).toEqual(before)
      expect(found).toBeLessThanOrEqual(now)
      reached.push(now)
      // And the next one who opens it brings it to its end.
      const store = await openStore(file, {now: () => NOON})
      expect((await store.describe()).schema).toBe(migrations.length)
      await store.close()
      expect(valuesOf(file, columns)).toEqual(before)
    }
    console.log(
      `figure H4: 20 kills during an upgrade, left at schema ${[...new Set(reached)].toSorted().join(', ')}, 0 in between`,
    )
  }, 120_000)
})

/** Enough rows for an upgrade to take a while. */
const grown = `
  INSERT INTO history SELECT seq + n * 1000, id || n, organization_id, at, change, object_type, object_id, object_name, actor,
    actor_folded, request_id, event_id, context_id, before, after, rotated
    FROM history, (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 300) SELECT n FROM c);
  INSERT INTO events SELECT seq + n * 1000, id || n, organization_id, context_id, context_name, type, occurred_at_micros,
    accepted_at, source, request_id, object_type, object_id, object_name, NULL, NULL, hops, actor, extra, data, before, after
    FROM events, (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 300) SELECT n FROM c);
`

function fresh(origin: string, file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, {force: true})
  copyFileSync(origin, file)
}

const child = fileURLToPath(new URL('opens.ts', import.meta.url))

/** Opens the store in a process of its own, killed after so many ms; answers how long it took. */
async function upgraded(origin: string, file: string, killAfterMs = Number.POSITIVE_INFINITY): Promise<number> {
  fresh(origin, file)
  const running = spawn(process.execPath, [child, file], {stdio: ['ignore', 'pipe', 'inherit']})
  await once(running.stdout, 'data')
  const begun = performance.now()
  const timer = Number.isFinite(killAfterMs) ? setTimeout(() => running.kill('SIGKILL'), killAfterMs) : undefined
  await once(running, 'exit')
  clearTimeout(timer)
  expect(statSync(file).size).toBeGreaterThan(0)
  return performance.now() - begun
}
