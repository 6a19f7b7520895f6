import {readFileSync, statSync} from 'node:fs'
import {expect, it} from 'vitest'
import {careFor} from '../../../src/store/care.ts'
import {openStore} from '../../../src/store/open.ts'
import {NOON} from '../../harness/factories.ts'
import {pruneAll} from '../conformance/retention.ts'
import {anAcceptance, bytesOf, countsOf, withWebhook} from '../conformance/setting.ts'
import {aFolder} from '../folder.ts'
import {aChild} from './process.ts'

const DAY = 86_400_000
const OLD = NOON - 100 * DAY
const CANARY = 'canary-4f1d0c7a'

it('H5: rows are pruned while others accept: what is owed stays to the last, and the file shrinks when compacted', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  const store = await openStore(file, {now: () => NOON})
  const webhook = await withWebhook(store)
  const rows = 12_000
  for (let n = 0; n < rows; n += 500) {
    await store.events.accept(
      Array.from({length: 500}, (_, index) => {
        const isOwed = index % 10 === 0
        return {
          ...anAcceptance(
            webhook,
            {
              createdAt: OLD,
              ...(isOwed ? {dueAt: OLD} : {state: 'delivered' as const, dueAt: null, finishedAt: OLD}),
            },
            {acceptedAt: OLD},
          ),
          bodies: [{key: 'b', bytes: bytesOf('x'.repeat(1000))}],
        }
      }),
    )
  }
  const child = aChild({file, prefix: 'load', count: 400, lanes: 2})
  await child.after(20)
  const pruned = await pruneAll(store, 'records', {limit: 500})
  expect(pruned).toMatchObject({deliveries: rows * 0.9, events: rows * 0.9})
  expect(await child.ended).toEqual({code: 0, errors: ''})
  expect(await countsOf(store)).toEqual({pending: rows / 10 + 400})
  const full = statSync(file).size
  const {freeBytes} = await store.extent()
  expect(freeBytes).toBeGreaterThan(rows * 500)
  await store.retention.compact()
  expect(statSync(file).size).toBeLessThan(full - (freeBytes as number) / 2)
  await store.close()
  expect((await (await careFor(file)).check({quick: false})).problems).toEqual([])
  console.log(
    `figure H5: ${pruned.deliveries} deliveries and ${pruned.events} events removed under load, ${rows / 10} undelivered kept`,
  )
}, 60_000)

it('what is expunged is in the file and its log no more', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  const store = await openStore(file, {now: () => NOON})
  const webhook = await withWebhook(store)
  const bytes = bytesOf(JSON.stringify({note: CANARY.repeat(50)}))
  const acceptance = {
    ...anAcceptance(webhook, {state: 'delivered', dueAt: null}, {data: `{"note":"${CANARY}"}` as never}),
    bodies: [{key: 'b', bytes}],
  }
  await store.events.accept([acceptance])
  const files = () => [file, `${file}-wal`].map(each => readFileSync(each).includes(CANARY))
  expect(files()).toContain(true)
  await store.retention.expunge({deliveryIds: [acceptance.deliveries[0]!.delivery.id], entries: []})
  expect(files()).toEqual([false, false])
  await store.close()
})

it('with secure deletion what is pruned is overwritten', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  const store = await openStore(file, {now: () => NOON, secureDelete: true})
  const webhook = await withWebhook(store)
  const bytes = bytesOf(CANARY.repeat(2000))
  const old = {state: 'delivered', dueAt: null, createdAt: OLD, finishedAt: OLD} as const
  await store.events.accept([{...anAcceptance(webhook, old), bodies: [{key: 'b', bytes}]}])
  expect(await pruneAll(store, 'bodies')).toMatchObject({bodies: 1})
  await store.close()
  expect(readFileSync(file).includes(CANARY)).toBe(false)
})
