import {randomBytes} from 'node:crypto'
import {expect, it} from 'vitest'
import type {JsonText} from '../../../src/domain/json.ts'
import {aHistoryEntry, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {anAcceptance, type Open, withWebhook} from './setting.ts'

export function life(open: Open): void {
  it('says what it is', async () => {
    await using opened = await open()
    const found = await opened.store.describe()
    expect(found.schema).toBeGreaterThanOrEqual(1)
    expect(['sqlite', 'memory', 'json', 'postgres']).toContain(found.backend)
    expect(found.bytes === null || found.bytes > 0).toBe(true)
  })

  it('says how large it is at this moment, and how much room it has beside it', async () => {
    await using opened = await open()
    const {store} = opened
    const before = await store.extent()
    // Of random bytes: what repeats takes little room in some.
    const data = JSON.stringify(randomBytes(200_000).toString('base64')) as JsonText
    await store.events.accept([anAcceptance(await withWebhook(store), {}, {data})])
    const after = await store.extent()
    const sizeOf = ({fileBytes, logBytes}: typeof before) => (fileBytes ?? 0) + (logBytes ?? 0)
    if (before.fileBytes !== null) expect(sizeOf(after)).toBeGreaterThan(sizeOf(before) + 100_000)
    expect((await store.room()) === null).toBe(after.diskFreeBytes === null)
  })

  it('refuses every question after it was closed', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    await store.close()
    await store.close()
    const questions = [
      store.describe(),
      store.feedEnd(),
      store.organizations.byId(1),
      store.webhooks.all(1),
      store.webhooks.remove(webhook, aHistoryEntry(), NOON),
      store.events.accept([]),
      store.deliveries.due({
        now: NOON,
        limit: 1,
        perWebhook: 1,
        exceptWebhooks: [],
        restingWebhooks: [],
        except: new Set(),
      }),
      store.deliveries.record([]),
      store.history.add([]),
      store.worker.enabled(),
    ]
    for (const question of questions) {
      expect(await refusal(question)).toMatchObject({kind: 'unreachable', code: 'store_closed'})
    }
  })

  it('finishes what was asked for before it was closed', async () => {
    await using opened = await open()
    const entry = aHistoryEntry()
    const writing = opened.store.history.add([entry])
    await opened.store.close()
    await writing
    if (opened.again === null) return
    const store = await opened.again()
    expect(await store.history.find(1, entry.id)).toEqual(entry)
    await store.close()
  })

  it('tells listeners that something was written, and no longer when they have left', async () => {
    await using opened = await open()
    const {store} = opened
    let told = 0
    const written = Promise.withResolvers<void>()
    const leave = store.onWrite(() => {
      told++
      written.resolve()
    })
    await store.history.add([aHistoryEntry()])
    await written.promise
    leave()
    const before = told
    const other = Promise.withResolvers<void>()
    store.onWrite(other.resolve)
    await store.history.add([aHistoryEntry()])
    await other.promise
    expect(told).toBe(before)
  })

  it('keeps what it was told for the next one who opens it', async () => {
    await using opened = await open()
    if (opened.again === null) return
    const webhook = await withWebhook(opened.store)
    const other = await opened.again()
    expect(await other.webhooks.find(1, webhook.name)).toEqual(webhook)
    await other.close()
  })
}
