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
