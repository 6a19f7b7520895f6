import {statSync} from 'node:fs'
import {expect, test} from 'vitest'
import {addPruned, nothingPruned, type Pruned, type RetentionKind} from '../../src/domain/retention.ts'
import {careFor} from '../../src/store/care.ts'
import {openStore} from '../../src/store/open.ts'
import type {Store} from '../../src/store/store.ts'
import {SLICE} from '../../src/worker/keeper.ts'
import {NOON} from '../harness/factories.ts'
import {anAcceptance, bytesOf, countsOf, withWebhook} from '../store/conformance/setting.ts'
import {aFolder} from '../store/folder.ts'

const ROWS = Number(process.env.SOAK_ROWS ?? 1_000_000)
const OLD = NOON - 100 * 86_400_000
/** One of so many is still owed. */
const OWED = 100

/** How long single accepts take, one after the other, in ms, sorted; until `over` resolves or so many were made. */
async function acceptTimes(store: Store, over: Promise<unknown>, most = Number.POSITIVE_INFINITY): Promise<number[]> {
  const webhook = (await store.webhooks.all(1))[0]!
  const times: number[] = []
  let isOver = false
  void over.then(() => {
    isOver = true
  })
  while (!isOver && times.length < most) {
    const at = performance.now()
    await store.events.accept([anAcceptance(webhook)])
    times.push(performance.now() - at)
    await new Promise(resolve => setImmediate(resolve))
  }
  return times.sort((a, b) => a - b)
}

async function pruneGently(store: Store, kind: RetentionKind): Promise<Pruned> {
  let sum = nothingPruned
  let cursor: string | null = null
  do {
    const slice = await store.retention.prune({kind, before: NOON, limit: SLICE, cursor})
    sum = addPruned(sum, slice.pruned)
    cursor = slice.cursor
    await new Promise(resolve => setTimeout(resolve, 20))
  } while (cursor !== null)
  return sum
}

const p99 = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length * 0.99)] ?? 0

test('H5: a million rows are pruned under load: accepts hardly slower, undelivered kept', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  const store = await openStore(file, {now: () => NOON, busy: true})
  const webhook = await withWebhook(store)
  for (let n = 0; n < ROWS; n += 1000) {
    await store.events.accept(
      Array.from({length: 1000}, (_, index) => {
        const end = index % OWED === 0 ? {dueAt: OLD} : {state: 'delivered' as const, dueAt: null, finishedAt: OLD}
        return {
          ...anAcceptance(webhook, {createdAt: OLD, ...end}, {acceptedAt: OLD}),
          bodies: [{key: 'b', bytes: bytesOf('x'.repeat(200))}],
        }
      }),
    )
  }
  const before = await acceptTimes(store, new Promise(() => {}), 3000)
  // As a worker does it: small slices with room between them.
  const pruning = (async () => {
    const bodies = await pruneGently(store, 'bodies')
    return {bodies, records: await pruneGently(store, 'records')}
  })()
  const during = await acceptTimes(store, pruning)
  const {bodies, records} = await pruning
  const gone = ROWS - ROWS / OWED
  expect(bodies.bodies).toBe(gone * 2)
  expect(records).toMatchObject({deliveries: gone, events: gone})
  expect(await countsOf(store)).toEqual({pending: ROWS / OWED + before.length + during.length})
  const full = statSync(file).size
  await store.retention.compact()
  // What was free has mostly been taken by the accepts meanwhile.
  expect(statSync(file).size).toBeLessThanOrEqual(full)
  await store.close()
  expect((await (await careFor(file)).check({quick: true})).problems).toEqual([])
  const ratio = p99(during) / p99(before)
  console.log(
    `figure H5: ${ROWS} rows pruned beside ${during.length} accepts, p99 of an accept ${ratio.toFixed(2)} times that at rest, ${ROWS / OWED} undelivered kept`,
  )
}, 3_600_000)
