import {expect, it} from 'vitest'
import type {FeedKind, FeedQuestion, Store} from '../../../src/store/store.ts'
import {aHistoryEntry, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {aMove, failure, type Open, success, withDelivery, withWebhook} from './setting.ts'

const everything: readonly FeedKind[] = ['attempt', 'skipped', 'history']
const ask = (store: Store, changes: Partial<FeedQuestion> = {}) =>
  store.feed({organizationId: 1, cursor: null, limit: 100, kinds: everything, ...changes})

/** What an item is about, in one word. */
const subject = (item: Awaited<ReturnType<Store['feed']>>['items'][number]): string =>
  item.kind === 'history' ? item.entry.id : item.kind === 'attempt' ? item.attempt.id : item.delivery.id

export function feed(open: Open): void {
  it('tells attempts, skips and changes in the order they were recorded', async () => {
    await using opened = await open()
    const {store} = opened
    const created = aHistoryEntry()
    const webhook = await withWebhook(store)
    await store.history.add([created])
    const skipped = await withDelivery(store, webhook, {state: 'skipped', reason: 'inactive'})
    const delivery = await withDelivery(store, webhook)
    const outcome = failure(delivery)
    await store.deliveries.record([outcome])
    const late = await withDelivery(store, webhook)
    await store.deliveries.move([aMove(late.id, {state: 'skipped', reason: 'inactive'})])
    const done = success(delivery)
    await store.deliveries.record([done])

    const {items} = await ask(store)
    expect(items.slice(1).map(item => [item.kind, subject(item)])).toEqual([
      ['history', created.id],
      ['skipped', skipped.id],
      ['attempt', outcome.attempt.id],
      ['skipped', late.id],
      ['attempt', done.attempt.id],
    ])
    const [attempt] = items.filter(item => item.kind === 'attempt')
    expect(attempt).toMatchObject({
      attempt: {deliveryId: delivery.id, number: 1},
      delivery: {id: delivery.id, attempts: 2},
    })
  })

  it('goes on after a cursor, of an item or of a page, without a gap and without a repeat', async () => {
    await using opened = await open()
    const {store} = opened
    const entries = Array.from({length: 7}, () => aHistoryEntry())
    await store.history.add(entries)
    const seen: string[] = []
    let cursor: string | null = null
    for (let page = 0; page < 4; page++) {
      const answer: Awaited<ReturnType<Store['feed']>> = await ask(store, {cursor, limit: 2})
      seen.push(...answer.items.map(subject))
      expect(answer.items.at(-1)?.cursor ?? answer.cursor).toBe(answer.cursor)
      cursor = answer.cursor
    }
    expect(seen).toEqual(entries.map(({id}) => id))
    const [first] = (await ask(store, {limit: 1})).items
    expect((await ask(store, {cursor: first?.cursor ?? ''})).items.map(subject)).toEqual(seen.slice(1))
  })

  it('answers the cursor of the question when nothing is new, and tells what comes later', async () => {
    await using opened = await open()
    const {store} = opened
    await store.history.add([aHistoryEntry()])
    const end = await store.feedEnd()
    expect(await ask(store, {cursor: end})).toEqual({items: [], cursor: end})
    const entry = aHistoryEntry()
    await store.history.add([entry])
    expect(await ask(store, {cursor: end, kinds: ['attempt']})).toEqual({items: [], cursor: end})
    expect((await ask(store, {cursor: end})).items.map(subject)).toEqual([entry.id])
  })

  it('tells only the kinds and the organization asked for', async () => {
    await using opened = await open()
    const {store} = opened
    const [mine, theirs] = [await withWebhook(store), await withWebhook(store, {organizationId: 2})]
    const [a, b] = [await withDelivery(store, mine), await withDelivery(store, theirs)]
    await withDelivery(store, mine, {state: 'skipped'})
    await store.deliveries.record([success(a), success(b)])
    const kinds = async (organizationId: number, wanted: readonly FeedKind[]) =>
      (await ask(store, {organizationId, kinds: wanted})).items.map(({kind}) => kind)
    expect(await kinds(1, everything)).toEqual(['history', 'skipped', 'attempt'])
    expect(await kinds(2, everything)).toEqual(['history', 'attempt'])
    expect(await kinds(1, ['attempt', 'history'])).toEqual(['history', 'attempt'])
    expect(await kinds(1, ['skipped'])).toEqual(['skipped'])
    expect(await kinds(1, [])).toEqual([])
    expect(await kinds(3, everything)).toEqual([])
  })

  it('begins at an instant: with the first item recorded then or later, of the kinds and organization asked for', async () => {
    await using opened = await open()
    const {store} = opened
    const entries = Array.from({length: 20}, (_, n) => aHistoryEntry({at: NOON + 10 * n}))
    await store.history.add(entries)
    await store.history.add([aHistoryEntry({at: NOON + 50, organizationId: 2})])
    const from = async (instant: number, kinds: readonly FeedKind[] = everything, organizationId = 1) => {
      const cursor = await store.feedAt({organizationId, kinds, instant})
      return (await ask(store, {cursor, kinds, organizationId})).items.map(subject)
    }
    const ids = entries.map(({id}) => id)
    expect(await from(0)).toEqual(ids)
    expect(await from(NOON)).toEqual(ids)
    for (const n of [1, 7, 8, 19]) {
      expect(await from(NOON + 10 * n)).toEqual(ids.slice(n))
      expect(await from(NOON + 10 * n - 9)).toEqual(ids.slice(n))
    }
    expect(await from(NOON + 191)).toEqual([])
    expect(await from(NOON, ['attempt'])).toEqual([])
    expect(await from(NOON, everything, 2)).toHaveLength(1)
    expect(await store.feedAt({organizationId: 1, kinds: everything, instant: NOON + 191})).toBe(await store.feedEnd())

    const webhook = await withWebhook(store)
    const skipped = await withDelivery(store, webhook, {state: 'skipped', finishedAt: NOON + 300})
    const delivery = await withDelivery(store, webhook)
    const done = success(delivery)
    const attempt = {...done.attempt, startedAt: NOON + 390, durationMs: 20}
    await store.deliveries.record([{...done, attempt}])
    expect(await from(NOON + 300, ['skipped', 'attempt'])).toEqual([skipped.id, done.attempt.id])
    expect(await from(NOON + 400, ['skipped', 'attempt'])).toEqual([done.attempt.id])
    expect(await from(NOON + 411, ['skipped', 'attempt'])).toEqual([])
  })

  it('refuses a cursor that is none of its own, or of a store further on', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    for (let made = 0; made < 3; made++) await withDelivery(store, webhook)
    const ofAList = (await store.deliveries.list(1, {}, {limit: 1})).next
    const ahead = Buffer.from(JSON.stringify(['feed', 99_999])).toString('base64url')
    for (const cursor of ['', 'x', '1', 'bnVsbA', `${await store.feedEnd()}=`, ofAList ?? '', ahead]) {
      expect(await refusal(ask(store, {cursor}))).toMatchObject({kind: 'usage', code: 'bad_cursor'})
    }
    for (const limit of [0, 1001, 1.5]) expect(await refusal(ask(store, {limit}))).toMatchObject({code: 'bad_limit'})
  })

  it('has no gap for one who follows while two processes write', async () => {
    await using opened = await open()
    if (opened.again === null) return
    const {store} = opened
    const other = await opened.again()
    const written: string[] = []
    const write = async (target: Store) => {
      for (let n = 0; n < 40; n++) {
        const entry = aHistoryEntry({at: NOON + n})
        await target.history.add([entry])
        written.push(entry.id)
      }
    }
    const seen: string[] = []
    let cursor: string | null = null
    const follow = async () => {
      while (seen.length < 80) {
        const answer: Awaited<ReturnType<Store['feed']>> = await ask(store, {cursor, limit: 7})
        seen.push(...answer.items.map(subject))
        cursor = answer.cursor
        await new Promise(resolve => setImmediate(resolve))
      }
    }
    await Promise.all([write(store), write(other), follow()])
    expect(seen.toSorted()).toEqual(written.toSorted())
    await other.close()
  })
}
