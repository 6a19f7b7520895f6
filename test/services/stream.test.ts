import {afterEach, expect, test, vi} from 'vitest'
import type {StreamItem} from '../../src/api/stream.ts'
import {createLocalClient} from '../../src/client/local.ts'
import {aHistoryEntry, anAttempt, aWebhook, NOON} from '../harness/factories.ts'
import {aCaller, aProduct, type Product, refusal} from '../harness/product.ts'

const organization = 'default'
const kinds = ['attempt', 'skipped', 'history'] as const

const clientOf = (product: Product) => createLocalClient(product.deps, aCaller(), {location: 'memory:', sender: null})

afterEach(() => {
  vi.useRealTimers()
})

/** The first items of a stream; the stream is ended then. */
async function take(stream: AsyncIterable<StreamItem>, count: number): Promise<StreamItem[]> {
  const items: StreamItem[] = []
  for await (const item of stream) {
    items.push(item)
    if (items.length === count) break
  }
  return items
}

const sendNode = (product: Product, name: string) =>
  product.ask('event.send', {organization, type: 'node.added', data: {name}})

test('a stream from now shows what happens from then on, and nothing before', async () => {
  await using product = await aProduct()
  await sendNode(product, 'before')
  const stream = clientOf(product).stream({organization, cursor: null, kinds}, new AbortController().signal)
  const first = stream[Symbol.asyncIterator]().next()
  await product.deps.store.feedEnd()
  await sendNode(product, 'after')
  const {value} = await first
  expect(value).toMatchObject({kind: 'history', activity: {message: 'Node “after” was created.'}})
})

test('a stream goes on after the cursor of its last item, without a gap and without a repetition', async () => {
  await using product = await aProduct()
  const start = await product.deps.store.feedEnd()
  for (let count = 0; count < 450; count++) await sendNode(product, `n${count}`)
  const follow = (cursor: string) =>
    clientOf(product).stream({organization, cursor, kinds}, new AbortController().signal)
  const first = await take(follow(start), 7)
  const rest = await take(follow(first.at(-1)?.cursor as string), 443)
  const names = [...first, ...rest].map(item => (item.kind === 'history' ? item.entry.object.name : ''))
  expect(names).toEqual(Array.from({length: 450}, (_, count) => `n${count}`))
})

test('attempts and skipped deliveries come with the name of their webhook', async () => {
  await using product = await aProduct()
  const {store} = product.deps
  await store.webhooks.add(aWebhook({name: 'on'}), aHistoryEntry())
  await store.webhooks.add(aWebhook({name: 'later', url: null}), aHistoryEntry())
  const start = await store.feedEnd()
  const {deliveries} = await sendNode(product, 'a')
  const deliveryId = deliveries.find(({state}) => state === 'pending')?.id as string
  await store.deliveries.record([
    {attempt: anAttempt({deliveryId}), state: 'failed', reason: 'no_retry', dueAt: null, finishedAt: NOON, pause: null},
  ])
  const stream = clientOf(product).stream(
    {organization, cursor: start, kinds: ['attempt', 'skipped']},
    new AbortController().signal,
  )
  const items = await take(stream, 2)
  expect(items.map(item => [item.kind, 'delivery' in item && item.delivery.webhook])).toEqual([
    ['skipped', 'later'],
    ['attempt', 'on'],
  ])
})

test('a stream ends when its signal aborts, also while it waits', async () => {
  vi.useFakeTimers({toFake: ['setTimeout']})
  await using product = await aProduct()
  const controller = new AbortController()
  const {store} = product.deps
  const feed: typeof store.feed = async question => {
    const page = await store.feed(question)
    setImmediate(() => controller.abort())
    return page
  }
  const client = createLocalClient({...product.deps, store: {...store, feed}}, aCaller(), {
    location: 'memory:',
    sender: null,
  })
  expect(await take(client.stream({organization, cursor: null, kinds}, controller.signal), 1)).toEqual([])
})

test('what this process writes is shown at once, without waiting for the next poll', async () => {
  vi.useFakeTimers({toFake: ['setTimeout']})
  await using product = await aProduct()
  const cursor = await product.deps.store.feedEnd()
  const {store} = product.deps
  const feed: typeof store.feed = async question => {
    const page = await store.feed(question)
    if (page.items.length === 0) setImmediate(() => sendNode(product, 'a'))
    return page
  }
  const client = createLocalClient({...product.deps, store: {...store, feed}}, aCaller(), {
    location: 'memory:',
    sender: null,
  })
  const items = await take(client.stream({organization, cursor, kinds}, new AbortController().signal), 1)
  expect(items).toMatchObject([{kind: 'history', entry: {object: {name: 'a'}}}])
})

test('what another process wrote is noticed by asking again', async () => {
  await using product = await aProduct()
  const silent = {...product.deps, store: {...product.deps.store, onWrite: () => () => {}}}
  const client = createLocalClient(silent, aCaller(), {location: 'memory:', sender: null})
  const first = take(
    client.stream({organization, cursor: await product.deps.store.feedEnd(), kinds}, AbortSignal.timeout(10_000)),
    1,
  )
  await sendNode(product, 'a')
  expect(await first).toHaveLength(1)
})

test('a stream that does not follow ends when everything recorded so far was given', async () => {
  await using product = await aProduct()
  const ask = (question: object) =>
    clientOf(product).stream(
      {organization, cursor: null, kinds, follow: false, ...question},
      AbortSignal.timeout(10_000),
    )
  const start = await product.deps.store.feedEnd()
  expect(await Array.fromAsync(ask({cursor: start}))).toEqual([])
  for (let count = 0; count < 450; count++) await sendNode(product, `n${count}`)
  expect(await Array.fromAsync(ask({cursor: start}))).toHaveLength(450)
  expect(await Array.fromAsync(ask({}))).toEqual([])
})

test('a stream since a time begins with the first thing recorded then; a cursor beats it', async () => {
  await using product = await aProduct()
  for (const name of ['a', 'b', 'c']) {
    await sendNode(product, name)
    product.clock.now += 60_000
  }
  const names = async (question: object) => {
    const asked = {organization, cursor: null, kinds, follow: false, ...question}
    const items = await Array.fromAsync(clientOf(product).stream(asked, AbortSignal.timeout(10_000)))
    return items.map(item => (item.kind === 'history' ? item.entry.object.name : item.kind))
  }
  expect(await names({since: '2026-07-03T12:01:00Z'})).toEqual(['b', 'c'])
  expect(await names({since: '2026-07-03T12:01:00.001Z'})).toEqual(['c'])
  expect(await names({since: '1970-01-01T00:00:00Z'})).toEqual(['a', 'b', 'c'])
  expect(await names({since: '2026-07-03T13:00:00+00:00'})).toEqual([])
  expect(await names({since: '1970-01-01T00:00:00Z', cursor: await product.deps.store.feedEnd()})).toEqual([])
})

test('a bad cursor, an unknown organization, an unknown kind and a token that may not read are refused', async () => {
  await using product = await aProduct()
  const asked = (question: object, caller = aCaller()) => {
    const client = createLocalClient(product.deps, caller, {location: 'memory:', sender: null})
    return refusal(
      take(client.stream({organization, cursor: null, kinds, ...question}, AbortSignal.timeout(10_000)), 1),
    )
  }
  expect(await asked({cursor: 'nonsense'})).toMatchObject({kind: 'usage', code: 'bad_cursor'})
  expect(await asked({organization: 'other'})).toMatchObject({code: 'organization_not_found'})
  expect(await asked({since: 'yesterday'})).toMatchObject({code: 'invalid_input'})
  expect(await asked({kinds: ['atempt']})).toMatchObject({code: 'invalid_input'})
  expect(await asked({}, aCaller({scopes: ['ingest']}))).toMatchObject({kind: 'not_allowed', code: 'scope_missing'})
})

test('closing a local client closes its store', async () => {
  await using product = await aProduct()
  const client = clientOf(product)
  await client.close()
  expect((await refusal(client.call('worker.status', {}))).code).toBe('store_closed')
})
