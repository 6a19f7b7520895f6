import {DatabaseSync} from 'node:sqlite'
import {expect, it} from 'vitest'
import {attemptCounts} from '../../../src/store/sqlite/migrations/0002-attempt-counts.ts'
import {openSqliteStore} from '../../../src/store/sqlite/store.ts'
import {anAttempt, NOON} from '../../harness/factories.ts'
import {failure, success, withDelivery, withWebhook} from '../conformance/setting.ts'
import {aFolder} from '../folder.ts'

const rowsOf = (database: DatabaseSync) =>
  database
    .prepare('SELECT * FROM attempt_counts')
    .all()
    .map(row => JSON.stringify(row))

it('what an older store has recorded is counted by the migration as recording would have', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  const store = openSqliteStore({file, now: () => NOON})
  const webhook = await withWebhook(store)
  for (const durationMs of [0.2, 1, 1.5, 2, 12.5, 999, 30_000, 4_000_000]) {
    const delivery = await withDelivery(store, webhook)
    const attempt = (changes: object) => anAttempt({deliveryId: delivery.id, durationMs, ...changes})
    await store.deliveries.record([failure(delivery, {attempt: attempt({status: null, errorClass: 'timeout'})})])
    const last = attempt({number: 2, startedAt: NOON + 3_700_000})
    if (durationMs < 10)
      await store.deliveries.record([failure(delivery, {attempt: last, state: 'failed', dueAt: null})])
    else
      await store.deliveries.record([
        success(delivery, {attempt: {...last, success: true, errorClass: null, status: 200}}),
      ])
  }
  await store.close()
  const database = new DatabaseSync(file)
  const kept = rowsOf(database)
  expect(kept.length).toBeGreaterThan(8)
  database.exec(`DROP TABLE attempt_counts; ${attemptCounts}`)
  expect(rowsOf(database)).toEqual(kept)
  database.close()
})

it('a hundred times the attempts are no more rows: what statistics cost does not grow with the deliveries', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  const store = openSqliteStore({file, now: () => NOON})
  const webhook = await withWebhook(store)
  const delivery = await withDelivery(store, webhook)
  const attempt = (count: number) =>
    store.deliveries.record(
      Array.from({length: count}, (_, index) => {
        const durationMs = 2 ** (index % 10)
        return failure(delivery, {attempt: anAttempt({deliveryId: delivery.id, durationMs})})
      }),
    )
  const rows = async () => {
    const database = new DatabaseSync(file, {readOnly: true})
    const {length} = rowsOf(database)
    database.close()
    return length
  }
  await attempt(50)
  expect(await rows()).toBe(10)
  for (let turn = 0; turn < 10; turn++) await attempt(500)
  expect(await rows()).toBe(10)
  await store.close()
})
