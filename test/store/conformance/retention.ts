import {describe, expect, it} from 'vitest'
import {addPruned, nothingPruned, type Pruned, type RetentionKind} from '../../../src/domain/retention.ts'
import type {Store} from '../../../src/store/store.ts'
import {aDelivery, aHistoryEntry, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {
  aMove,
  anAcceptance,
  bytesOf,
  countsOf,
  dueIds,
  failure,
  type Open,
  off,
  success,
  withDelivery,
  withWebhook,
} from './setting.ts'

const DAY = 86_400_000
const OLD = NOON - 100 * DAY

/** The whole of a kind, in slices of `limit`. */
export async function pruneAll(
  store: Store,
  kind: RetentionKind,
  changes: {before?: number; limit?: number; keepEnds?: boolean; dryRun?: boolean} = {},
): Promise<Pruned> {
  let sum = nothingPruned
  let cursor: string | null = null
  do {
    const slice = await store.retention.prune({kind, before: NOON, limit: 3, cursor, ...changes})
    sum = addPruned(sum, slice.pruned)
    cursor = slice.cursor
  } while (cursor !== null)
  return sum
}

const at = (createdAt: number) => ({createdAt, finishedAt: createdAt})
const old = (state: 'delivered' | 'skipped' | 'cancelled' | 'failed') => ({state, dueAt: null, ...at(OLD)}) as const

/** One of these stays in any case: the newest row of a table does. */
const newest = (store: Store, webhook: Parameters<typeof withDelivery>[1]) =>
  withDelivery(store, webhook, {state: 'delivered', dueAt: null, ...at(NOON)})

export function retention(open: Open): void {
  describe('H5: what is past its time', () => {
    it('loses its content first: body, answers and the data of the event; the records stay and say so', async () => {
      await using opened = await open()
      const {store} = opened
      const webhook = await withWebhook(store)
      const delivery = await withDelivery(store, webhook, at(OLD), {acceptedAt: OLD})
      await store.deliveries.record([success(delivery, {finishedAt: OLD + 5})])
      expect(await pruneAll(store, 'bodies')).toMatchObject({bodies: 2, deliveries: 0, events: 0})
      expect(await store.deliveries.find(1, delivery.id)).toMatchObject({
        state: 'delivered',
        bodyBytes: delivery.bodyBytes,
        contentGone: 'pruned',
      })
      expect(await store.deliveries.body(delivery.id)).toBeNull()
      expect(await store.deliveries.attempts(delivery.id)).toMatchObject([{status: 200, responseBytes: 4}])
      expect((await store.deliveries.attempts(delivery.id))[0]?.responseBody).toHaveLength(0)
      const event = await store.events.find(1, delivery.eventId)
      expect(event).toMatchObject({type: 'node.added', data: 'null', contentGone: 'pruned'})
      expect(await pruneAll(store, 'bodies')).toEqual(nothingPruned)
    })

    it('and then its records, with attempts, counts, events and what the feed told of them', async () => {
      await using opened = await open()
      const {store} = opened
      const webhook = await withWebhook(store)
      const gone = []
      for (let n = 0; n < 7; n++) {
        const delivery = await withDelivery(store, webhook, at(OLD), {acceptedAt: OLD})
        await store.deliveries.record([success(delivery, {finishedAt: OLD + 5})])
        gone.push(delivery)
      }
      const skipped = await withDelivery(store, webhook, {...old('skipped'), reason: 'inactive'}, {acceptedAt: OLD})
      const kept = await newest(store, webhook)
      await store.deliveries.record([failure(kept)])
      expect(await pruneAll(store, 'records')).toMatchObject({deliveries: 8, attempts: 7, events: 8})
      for (const {id, eventId} of [...gone, skipped]) {
        expect(await store.deliveries.find(1, id)).toBeNull()
        expect(await store.deliveries.attempts(id)).toEqual([])
        expect(await store.events.find(1, eventId)).toBeNull()
      }
      expect(await countsOf(store)).toEqual({delivered: 1})
      expect((await store.deliveries.list(1, {}, {limit: 10})).items.map(({id}) => id)).toEqual([kept.id])
      const {items} = await store.feed({organizationId: 1, cursor: null, limit: 100, kinds: ['attempt', 'skipped']})
      expect(items).toMatchObject([{delivery: {id: kept.id}}])
    })

    it('what is younger stays, by the time at which it was over', async () => {
      await using opened = await open()
      const {store} = opened
      const webhook = await withWebhook(store)
      await withDelivery(store, webhook, {state: 'delivered', dueAt: null, createdAt: OLD, finishedAt: NOON - 1})
      await newest(store, webhook)
      for (const kind of ['bodies', 'records'] as const) {
        expect(await pruneAll(store, kind, {before: NOON - DAY})).toEqual(nothingPruned)
      }
    })

    it('undelivered never goes, and neither does its event', async () => {
      await using opened = await open()
      const {store} = opened
      const webhook = await withWebhook(store, off)
      const owed = []
      for (const state of ['pending', 'held', 'failed', 'cancelled'] as const) {
        const changes = {state, dueAt: state === 'pending' ? OLD : null, createdAt: OLD}
        owed.push(
          await withDelivery(
            store,
            webhook,
            {...changes, finishedAt: state === 'failed' || state === 'cancelled' ? OLD : null},
            {acceptedAt: OLD},
          ),
        )
      }
      const batch = {everyMs: DAY, maxEvents: 9}
      const {event, deliveries} = anAcceptance(webhook, {state: 'collecting', createdAt: OLD}, {acceptedAt: OLD})
      await store.events.accept([
        {
          event,
          bodies: [],
          history: [],
          deliveries: deliveries.map(({delivery}) => ({delivery, bodyKey: null, batch})),
        },
      ])
      await newest(store, webhook)
      for (const kind of ['bodies', 'records'] as const) expect(await pruneAll(store, kind)).toEqual(nothingPruned)
      for (const {id, eventId} of owed) {
        expect(await store.deliveries.body(id)).toEqual(bytesOf('{}'))
        expect(await store.events.find(1, eventId)).not.toHaveProperty('contentGone')
      }
    })

    it('failed is settled once the same was delivered by a replay, but not by one to another address', async () => {
      await using opened = await open()
      const {store} = opened
      const webhook = await withWebhook(store)
      const [again, elsewhere] = [
        await withDelivery(store, webhook, old('failed'), {acceptedAt: OLD}),
        await withDelivery(store, webhook, old('failed'), {acceptedAt: OLD}),
      ]
      const replayOf = (original: typeof again, toUrl: string | null) => ({
        bodyKey: null,
        bodyOf: original.id,
        delivery: aDelivery({
          ...original,
          ...old('delivered'),
          id: `${original.id}r`,
          trigger: 'replay',
          replayOf: original.id,
          toUrl,
        }),
      })
      await store.deliveries.add([replayOf(again, null), replayOf(elsewhere, 'http://127.0.0.1:9/other')], [])
      await newest(store, webhook)
      await pruneAll(store, 'bodies')
      expect(await store.deliveries.find(1, again.id)).toMatchObject({contentGone: 'pruned'})
      // Its own replay has sent the same bytes: they stay as long as one of both needs them.
      expect(await store.deliveries.body(elsewhere.id)).toEqual(bytesOf('{}'))
      // What was repeated goes with what repeats it.
      expect(await pruneAll(store, 'records')).toMatchObject({deliveries: 3})
      expect(await store.deliveries.find(1, again.id)).toBeNull()
      expect(await store.deliveries.find(1, elsewhere.id)).not.toBeNull()
    })

    it('failed of a deleted webhook is owed to nobody', async () => {
      await using opened = await open()
      const {store} = opened
      const webhook = await withWebhook(store)
      await withDelivery(store, webhook, old('failed'), {acceptedAt: OLD})
      await newest(store, await withWebhook(store))
      expect(await pruneAll(store, 'records')).toEqual(nothingPruned)
      await store.webhooks.remove(webhook, aHistoryEntry(), NOON)
      expect(await pruneAll(store, 'records')).toMatchObject({deliveries: 1})
    })

    it('a body that a delivery still needs stays for it, whoever shared it', async () => {
      await using opened = await open()
      const {store} = opened
      const [one, two] = [await withWebhook(store), await withWebhook(store)]
      const acceptance = anAcceptance(one, old('delivered'), {acceptedAt: OLD})
      const other = aDelivery({
        ...acceptance.deliveries[0]!.delivery,
        id: 'dlv_other',
        webhookId: two.id,
        state: 'pending',
        dueAt: OLD,
        finishedAt: null,
      })
      await store.events.accept([
        {...acceptance, deliveries: [...acceptance.deliveries, {delivery: other, bodyKey: 'b'}]},
      ])
      expect(await pruneAll(store, 'bodies')).toMatchObject({bodies: 1})
      expect(await store.deliveries.body('dlv_other')).toEqual(bytesOf('{}'))
      expect(await store.events.find(1, acceptance.event.id)).not.toHaveProperty('contentGone')
    })

    it('a dry run counts what a real one then removes, and removes nothing', async () => {
      await using opened = await open()
      const {store} = opened
      const webhook = await withWebhook(store)
      for (let n = 0; n < 8; n++) {
        const delivery = await withDelivery(store, webhook, at(OLD), {acceptedAt: OLD})
        await store.deliveries.record([n % 3 === 0 ? failure(delivery) : success(delivery, {finishedAt: OLD + 5})])
      }
      await newest(store, webhook)
      const before = await countsOf(store)
      for (const kind of ['bodies', 'records', 'history'] as const) {
        const {bytes: _, ...would} = await pruneAll(store, kind, {dryRun: true})
        expect(await countsOf(store)).toEqual(kind === 'history' ? await countsOf(store) : before)
        expect(await pruneAll(store, kind)).toMatchObject(would)
      }
    })

    it('a slice removes at most so many rows, also of a delivery with many attempts', async () => {
      await using opened = await open()
      const {store} = opened
      const webhook = await withWebhook(store)
      const delivery = await withDelivery(store, webhook, at(OLD), {acceptedAt: OLD})
      await store.deliveries.record(Array.from({length: 9}, () => failure(delivery)))
      await store.deliveries.record([success(delivery, {finishedAt: OLD + 5})])
      const last = await newest(store, webhook)
      await store.deliveries.record([failure(last)])
      const {pruned, cursor} = await store.retention.prune({kind: 'records', before: NOON, limit: 4, cursor: null})
      expect(pruned).toMatchObject({attempts: 4, deliveries: 0})
      expect((await store.retention.prune({kind: 'records', before: NOON, limit: 4, cursor})).pruned.attempts).toBe(4)
      await pruneAll(store, 'records')
      expect(await store.deliveries.find(1, delivery.id)).toBeNull()
    })

    it('T22, NBX-29: history goes by its own age; what made an object and what changed it last stays if wanted', async () => {
      await using opened = await open()
      const {store} = opened
      const entry = (id: string, change: 'created' | 'changed' | 'deleted', object: string) =>
        aHistoryEntry({id, change, at: OLD, object: {type: 'Node', id: object, name: object}})
      await store.history.add([
        entry('hst_1', 'created', 'a'),
        entry('hst_2', 'changed', 'a'),
        entry('hst_3', 'changed', 'a'),
        entry('hst_4', 'created', 'b'),
        entry('hst_5', 'deleted', 'b'),
        {...entry('hst_6', 'changed', 'a'), at: NOON - DAY},
        {...entry('hst_7', 'created', 'c'), at: NOON},
      ])
      const ids = async () => (await store.history.list(1, {}, {limit: 20})).items.map(({id}) => id).toSorted()
      expect(await pruneAll(store, 'history', {before: NOON - 90 * DAY, keepEnds: true})).toMatchObject({history: 4})
      expect(await ids()).toEqual(['hst_1', 'hst_6', 'hst_7'])
      expect(await pruneAll(store, 'history', {before: NOON - 90 * DAY})).toMatchObject({history: 1})
      expect(await ids()).toEqual(['hst_6', 'hst_7'])
      const {items} = await store.feed({organizationId: 1, cursor: null, limit: 20, kinds: ['history']})
      expect(items).toHaveLength(2)
    })

    it('a cursor of something else is refused', async () => {
      await using opened = await open()
      const question = {kind: 'records', before: NOON, limit: 10} as const
      expect(await refusal(opened.store.retention.prune({...question, cursor: 'x'}))).toMatchObject({
        code: 'bad_cursor',
      })
    })
  })

  describe('what is expunged', () => {
    it('has lost body, headers and answers, and so has its event; the record stays, and is told of', async () => {
      await using opened = await open()
      const {store} = opened
      const webhook = await withWebhook(store)
      const delivery = await withDelivery(store, webhook)
      await store.deliveries.record([success(delivery)])
      const history = aHistoryEntry({eventId: delivery.eventId, after: '{"secret":1}' as never})
      await store.history.add([history])
      const entries = [aHistoryEntry({id: 'hst_who'})]
      const answer = await store.retention.expunge({deliveryIds: [delivery.id], entries})
      expect(answer).toEqual({eventIds: [delivery.eventId], keptEventIds: []})
      expect(await store.deliveries.find(1, delivery.id)).toMatchObject({state: 'delivered', contentGone: 'expunged'})
      expect(await store.deliveries.body(delivery.id)).toBeNull()
      expect(await store.deliveries.attempts(delivery.id)).toMatchObject([
        {status: 200, requestHeaders: [], responseHeaders: [], error: null},
      ])
      expect(await store.events.find(1, delivery.eventId)).toMatchObject({data: 'null', contentGone: 'expunged'})
      expect(await store.history.find(1, history.id)).toMatchObject({before: null, after: null})
      expect(await store.history.find(1, 'hst_who')).not.toBeNull()
    })

    it('leaves to other deliveries of the event what they have', async () => {
      await using opened = await open()
      const {store} = opened
      const [one, two] = [await withWebhook(store), await withWebhook(store)]
      const acceptance = anAcceptance(one, {state: 'delivered', dueAt: null})
      const first = acceptance.deliveries[0]!.delivery
      const other = aDelivery({...first, id: 'dlv_other', webhookId: two.id})
      await store.events.accept([
        {...acceptance, deliveries: [...acceptance.deliveries, {delivery: other, bodyKey: 'b'}]},
      ])
      const answer = await store.retention.expunge({deliveryIds: [first.id], entries: []})
      expect(answer).toEqual({eventIds: [], keptEventIds: [first.eventId]})
      expect(await store.deliveries.body('dlv_other')).toEqual(bytesOf('{}'))
      expect(await store.events.find(1, first.eventId)).not.toHaveProperty('contentGone')
    })

    it.each([undefined, 'boot-1'])('stays away when an attempt comes home that %s had begun', async owner => {
      await using opened = await open()
      const {store} = opened
      const delivery = await withDelivery(store, await withWebhook(store))
      expect(await dueIds(store, owner === undefined ? {} : {owner})).toEqual([delivery.id])
      await store.deliveries.move([aMove(delivery.id)])
      await store.retention.expunge({deliveryIds: [delivery.id], entries: []})
      await store.deliveries.record([failure(delivery)], owner)
      const [attempt] = await store.deliveries.attempts(delivery.id)
      expect(attempt).toMatchObject({number: 1, status: 500, requestHeaders: [], responseHeaders: [], error: null})
      expect(attempt?.responseBody).toHaveLength(0)
    })

    it('is none that is still to be sent: then nothing of the call happens', async () => {
      await using opened = await open()
      const {store} = opened
      const webhook = await withWebhook(store)
      const [over, pending] = [
        await withDelivery(store, webhook, {state: 'failed', dueAt: null}),
        await withDelivery(store, webhook),
      ]
      const both = {deliveryIds: [over.id, pending.id], entries: []}
      expect(await refusal(store.retention.expunge(both))).toMatchObject({kind: 'conflict', code: 'delivery_not_over'})
      expect(await store.deliveries.body(over.id)).toEqual(bytesOf('{}'))
    })
  })
}
