import {readFileSync, writeFileSync} from 'node:fs'
import {DatabaseSync} from 'node:sqlite'
import {expect, it} from 'vitest'
import {HookctlError} from '../../../src/errors.ts'
import {openStore} from '../../../src/store/open.ts'
import {translate} from '../../../src/store/sqlite/failure.ts'
import {aHistoryEntry, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {withDelivery, withWebhook} from '../conformance/setting.ts'
import {aFolder} from '../folder.ts'

const open = (file: string) => openStore(file, {now: () => NOON})

function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

it('says busy, not "database is locked", when another process holds the file', async () => {
  await using folder = await aFolder()
  const [one, other] = [new DatabaseSync(folder.file('x.db')), new DatabaseSync(folder.file('x.db'))]
  one.exec('CREATE TABLE t (a); BEGIN IMMEDIATE')
  const error = translate(
    thrownBy(() => other.exec('BEGIN IMMEDIATE')),
    '/x.db',
  ) as HookctlError
  expect(error).toMatchObject({kind: 'unreachable', code: 'store_busy', hint: expect.stringContaining('again')})
  expect(error.message).toContain('/x.db')
  expect(error.message).not.toContain('locked')
  one.close()
  other.close()
})

it('keeps the original of a broken constraint as the cause, and says it is ours', () => {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1)')
  const original = thrownBy(() => database.exec('INSERT INTO t VALUES (1)'))
  expect(translate(original, 'x')).toMatchObject({kind: 'internal', code: 'store_refused', cause: original})
})

it('leaves what is not from SQLite as it is', () => {
  const bug = new TypeError('x is not a function')
  expect(translate(bug, 'x')).toBe(bug)
})

it('H2: says so when the file is damaged, and answers no wrong values', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  const store = await open(file)
  const webhook = await withWebhook(store)
  for (let n = 0; n < 50; n++) await withDelivery(store, webhook)
  await store.close()
  const bytes = readFileSync(file)
  // Everything after the first page: the header still says it is a store of ours.
  writeFileSync(file, Buffer.concat([bytes.subarray(0, 8192), Buffer.alloc(bytes.length - 8192, 0xa5)]))
  const damaged = await open(file).catch((error: unknown) => error)
  if (damaged instanceof HookctlError) {
    expect(damaged).toMatchObject({kind: 'unreachable', code: 'store_corrupt'})
    return
  }
  const opened = damaged as Awaited<ReturnType<typeof open>>
  for (const question of [
    opened.webhooks.all(1),
    opened.deliveries.list(1, {}, {limit: 10}),
    opened.history.add([aHistoryEntry()]),
  ]) {
    expect(await refusal(question)).toMatchObject({kind: 'unreachable', code: 'store_corrupt'})
  }
  await opened.close()
})
