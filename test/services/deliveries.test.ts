import {describe, expect, test} from 'vitest'
import type {DeliveryState} from '../../src/domain/delivery.ts'
import type {Webhook} from '../../src/domain/webhook.ts'
import {aHistoryEntry, anAttempt, aWebhook, NOON, somePolicies} from '../harness/factories.ts'
import {aCaller, aProduct, type Product, refusal} from '../harness/product.ts'

const organization = 'default'

/** One webhook `a` and one delivery to it. */
async function withDelivery(product: Product, changes: Partial<Webhook> = {}): Promise<string> {
  await product.deps.store.webhooks.add(aWebhook({name: 'a', ...changes}), aHistoryEntry())
  const sent = await product.ask('event.send', {organization, type: 'node.added', data: {name: 'edge-7'}})
  return sent.deliveries[0]?.id as string
}

async function finish(product: Product, deliveryId: string, state: DeliveryState, attempt = {}): Promise<void> {
  await product.deps.store.deliveries.record([
    {
      attempt: anAttempt({deliveryId, ...attempt}),
      state,
      reason: state === 'failed' ? 'exhausted' : null,
      dueAt: state === 'pending' ? NOON + 1000 : null,
      finishedAt: state === 'pending' ? null : NOON,
      pause: null,
    },
  ])
}

describe('showing', () => {
  test('NBX-32, E4: a failed attempt shows status, answer and what to do, and nothing that lets anybody in', async () => {
    await using product = await aProduct()
    const delivery = await withDelivery(product)
    await finish(product, delivery, 'failed', {
      url: 'https://example.com/?token=CANARY',
      requestHeaders: [
        ['authorization', 'Bearer CANARY'],
        ['x-hook-signature', 'abc'],
      ],
      responseHeaders: [
        ['set-cookie', 'CANARY'],
        ['Location', 'https://example.com/?token=CANARY'],
        ['content-location', '/x?token=CANARY'],
        ['refresh', '5; url=https://example.com/?token=CANARY'],
      ],
    })
    const shown = await product.ask('delivery.show', {organization, delivery})
    expect(shown.delivery).toMatchObject({state: 'failed', reason: 'exhausted', lastStatus: 500, attemptCount: 1})
    expect(shown.attempts).toMatchObject([
      {
        number: 1,
        status: 500,
        hint: 'the receiver failed: its log around that time says why',
        url: 'https://example.com/?token=***',
        requestHeaders: [
          {name: 'authorization', value: '***'},
          {name: 'x-hook-signature', value: 'abc'},
        ],
        responseBody: {encoding: 'utf8', content: 'boom', bytes: 4, truncated: false},
      },
    ])
    expect(JSON.stringify(shown)).not.toContain('CANARY')
  })

  const bodies: readonly [what: string, bytes: Uint8Array, truncated: boolean, expected: object][] = [
    ['text', Buffer.from('Zürich'), false, {encoding: 'utf8', content: 'Zürich'}],
    ['a BOM', Buffer.from('\ufeffa'), false, {encoding: 'utf8', content: '\ufeffa'}],
    ['binary', Buffer.from([0xff, 0x00, 0x01]), false, {encoding: 'base64', content: '/wAB'}],
    ['text cut within a letter', Buffer.from('aé').subarray(0, 2), true, {encoding: 'utf8', content: 'a'}],
    ['text cut after a letter', Buffer.from('aé'), true, {encoding: 'utf8', content: 'aé'}],
    ['a torn letter at the end of a whole text', Buffer.from('aé').subarray(0, 2), false, {encoding: 'base64'}],
    ['nothing', Buffer.alloc(0), false, {encoding: 'utf8', content: ''}],
  ]
  test.each(bodies)(
    'an answer of %s is shown without guessing',
    async (_what, responseBody, responseTruncated, expected) => {
      await using product = await aProduct()
      const delivery = await withDelivery(product)
      await finish(product, delivery, 'failed', {responseBody, responseBytes: 99, responseTruncated})
      const {attempts} = await product.ask('delivery.show', {organization, delivery})
      expect(attempts[0]?.responseBody).toMatchObject({...expected, bytes: 99, truncated: responseTruncated})
    },
  )

  test('an unknown delivery is not found', async () => {
    await using product = await aProduct()
    const shown = product.ask('delivery.show', {organization, delivery: 'dlv_x'})
    expect(await refusal(shown)).toMatchObject({kind: 'not_found', code: 'delivery_not_found'})
  })
})

describe('listing', () => {
  test('every filter is enforced', async () => {
    await using product = await aProduct()
    const delivery = await withDelivery(product)
    await finish(product, delivery, 'failed', {status: 404})
    await product.ask('webhook.test', {organization, webhook: 'a'})
    const matching = async (filter: object) =>
      (await product.ask('delivery.list', {organization, ...filter})).items.map(({id}) => id === delivery)
    for (const filter of [
      {status: '404'},
      {status: '4xx'},
      {status: ['5xx', '404']},
      {state: ['failed']},
      {errorClass: 'status'},
      {errorClass: ['dns', 'status']},
      {trigger: 'event'},
    ]) {
      expect([filter, await matching(filter)]).toEqual([filter, [true]])
    }
    for (const filter of [
      {status: '5xx'},
      {status: '405'},
      {state: ['held']},
      {type: ['cert.*']},
      {until: '2020-01-01T00:00:00Z'},
    ]) {
      expect([filter, await matching(filter)]).toEqual([filter, []])
    }
    expect(await matching({webhook: 'a', type: ['node.*'], since: '2020-01-01T00:00:00Z'})).toEqual([false, true])
  })

  test.each([
    [{webhook: 'b'}, 'webhook_not_found'],
    [{event: 'nope'}, 'event_not_found'],
    [{replay: 'nope'}, 'replay_not_found'],
    [{type: ['a b']}, 'bad_event_type'],
    [{status: '600'}, 'bad_status'],
    [{where: ['x']}, 'bad_comparison'],
    [{host: ''}, 'bad_host'],
    [{errorClass: 'dsn'}, 'invalid_input'],
    [{state: ['fialed']}, 'invalid_input'],
    [{cursor: 'nonsense'}, 'bad_cursor'],
  ])('a filter of %j is refused with %s', async (filter, code) => {
    await using product = await aProduct()
    await withDelivery(product)
    expect((await refusal(product.askRaw('delivery.list', {organization, ...filter}))).code).toBe(code)
  })

  test('pages lead through everything once', async () => {
    await using product = await aProduct()
    await withDelivery(product)
    for (let count = 0; count < 6; count++) await product.ask('webhook.test', {organization, webhook: 'a'})
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await product.ask('delivery.list', {organization, limit: 3, ...(cursor ? {cursor} : {})})
      seen.push(...page.items.map(({id}) => id))
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    expect(new Set(seen).size).toBe(7)
    expect(seen).toHaveLength(7)
  })
})

describe('replaying', () => {
  const replay = (product: Product, deliveries: string[], more = {}) =>
    product.ask('delivery.replay', {organization, deliveries, ...more})

  test('NBX-14: a failed delivery is sent again as a new one, with the same bytes and the same event', async () => {
    await using product = await aProduct()
    const id = await withDelivery(product)
    await finish(product, id, 'failed')
    const before = await product.ask('delivery.show', {organization, delivery: id})
    product.clock.now += 5000
    const [again] = (await replay(product, [id, id])).deliveries
    expect(again).toMatchObject({replayOf: id, trigger: 'replay', state: 'pending', attemptCount: 0, lastStatus: null})
    expect(again).toMatchObject({eventId: before.delivery.eventId, dueAt: new Date(NOON + 5000).toISOString()})
    const shown = await product.ask('delivery.show', {organization, delivery: again?.id as string})
    expect(shown.body).toEqual(before.body)
    expect(await product.ask('delivery.show', {organization, delivery: id})).toEqual(before)
    expect((await product.ask('delivery.list', {organization, replayOf: id})).items).toHaveLength(1)
  })

  test('who sent it again stands in the history', async () => {
    await using product = await aProduct()
    const id = await withDelivery(product)
    await finish(product, id, 'delivered', {success: true, status: 200, errorClass: null, error: null})
    product.clock.now += 1000
    await product.ask(
      'delivery.replay',
      {organization, deliveries: [id]},
      aCaller({actor: {kind: 'token', name: 'ci'}}),
    )
    const {items} = await product.ask('history.list', {organization, objectType: ['WebhookDelivery']})
    const [sentAgain, ...others] = items
    expect(sentAgain).toMatchObject({change: 'created', actor: {name: 'ci'}, after: {replayOf: id}})
    expect(others).toMatchObject([
      {change: 'changed', actor: {name: null}, before: {state: 'pending'}, after: {state: 'delivered', attempts: 1}},
      {change: 'created', actor: {name: null}, after: {state: 'pending'}},
    ])
  })

  test('a replay of a replay still has the bytes', async () => {
    await using product = await aProduct()
    const id = await withDelivery(product)
    const first = (await replay(product, [id], {now: true})).deliveries[0]?.id as string
    const second = (await replay(product, [first], {now: true})).deliveries[0]?.id as string
    const body = async (delivery: string) => (await product.ask('delivery.show', {organization, delivery})).body
    expect(await body(second)).toEqual(await body(id))
  })

  test('while it will be tried by itself it is refused, unless now', async () => {
    await using product = await aProduct()
    const id = await withDelivery(product)
    await finish(product, id, 'pending')
    expect(await refusal(replay(product, [id]))).toMatchObject({kind: 'conflict', code: 'delivery_not_over'})
    expect((await replay(product, [id], {now: true})).deliveries).toHaveLength(1)
  })

  test('unknown ids are named, and nothing is sent', async () => {
    await using product = await aProduct()
    const id = await withDelivery(product)
    await finish(product, id, 'failed')
    const error = await refusal(replay(product, [id, 'dlv_x', 'dlv_y']))
    expect(error).toMatchObject({kind: 'not_found', code: 'delivery_not_found', path: 'deliveries/1'})
    expect(error.message).toBe('no delivery "dlv_x", "dlv_y"')
    expect((await product.ask('delivery.list', {organization})).items).toHaveLength(1)
  })

  test('what was skipped and so never rendered is rendered now', async () => {
    await using product = await aProduct()
    const id = await withDelivery(product, {active: false, policies: somePolicies({offSwitch: 'accept'})})
    expect(await refusal(replay(product, [id]))).toMatchObject({kind: 'conflict', code: 'webhook_inactive'})
    await product.ask('webhook.enable', {organization, webhook: 'a'})
    const again = (await replay(product, [id])).deliveries[0]
    const shown = await product.ask('delivery.show', {organization, delivery: again?.id as string})
    expect(shown.body?.content).toContain('edge-7')
    expect(shown.delivery.bodyBytes).toBe(shown.body?.bytes)
  })

  test('two skipped deliveries of different events keep their own bodies', async () => {
    await using product = await aProduct()
    const one = await withDelivery(product, {active: false, policies: somePolicies({offSwitch: 'accept'})})
    const sent = await product.ask('event.send', {organization, type: 'node.removed', data: {name: 'edge-8'}})
    await product.ask('webhook.enable', {organization, webhook: 'a'})
    const {deliveries} = await replay(product, [one, sent.deliveries[0]?.id as string])
    const contents = await Promise.all(
      deliveries.map(async ({id}) => (await product.ask('delivery.show', {organization, delivery: id})).body?.content),
    )
    expect(contents[0]).toContain('edge-7')
    expect(contents[1]).toContain('edge-8')
  })

  test('the delivery of a deleted webhook cannot be sent again', async () => {
    await using product = await aProduct()
    const id = await withDelivery(product)
    await product.ask('webhook.delete', {organization, webhook: 'a'})
    expect(await refusal(replay(product, [id]))).toMatchObject({kind: 'conflict', code: 'webhook_deleted'})
  })

  test('another URL is checked as every URL is, and stored in its canonical form', async () => {
    await using product = await aProduct()
    const id = await withDelivery(product)
    await finish(product, id, 'failed')
    const bad = refusal(replay(product, [id], {toUrl: 'ftp://example.com/CANARY'}))
    expect(await bad).toMatchObject({code: 'bad_scheme', path: 'toUrl'})
    const again = (await replay(product, [id], {toUrl: 'HTTPS://Example.com:443'})).deliveries[0]
    expect(again?.toUrl).toBe('https://example.com/')
  })
})

describe('cancelling', () => {
  test('what is pending or held is over, by whom stands in the history', async () => {
    await using product = await aProduct()
    const id = await withDelivery(product)
    const cancelled = await product.ask('delivery.cancel', {organization, delivery: id})
    expect(cancelled).toMatchObject({state: 'cancelled', reason: 'cancelled', dueAt: null})
    expect(cancelled.finishedAt).toBe(new Date(NOON).toISOString())
    const {items} = await product.ask('history.list', {organization, objectType: ['WebhookDelivery']})
    expect(items).toMatchObject([
      {change: 'changed', actor: {name: 'anna'}, before: {state: 'pending'}, after: {state: 'cancelled'}},
      {change: 'created', actor: {name: null}, after: {state: 'pending'}},
    ])
  })

  test('what is over cannot be cancelled, and the state is named', async () => {
    await using product = await aProduct()
    const id = await withDelivery(product)
    await finish(product, id, 'delivered', {success: true, status: 200, errorClass: null, error: null})
    const error = await refusal(product.ask('delivery.cancel', {organization, delivery: id}))
    expect(error).toMatchObject({kind: 'conflict', code: 'delivery_over'})
    expect(error.message).toContain('is delivered already')
  })
})
