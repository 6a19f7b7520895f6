import {describe, expect, test} from 'vitest'
import {aClockedServer, type ClockedServer} from '../../harness/clocked-server.ts'
import {answers, type ReceivedRequest} from '../../harness/receiver.ts'

/** How Pro Custodibus queues events and sends them every few minutes: over HTTP, to a real receiver, on a clock of ours. */

const organization = 'default'
const SECOND = 1000
const MINUTE = 60 * SECOND

async function aWebhook(
  {ask, receiver}: ClockedServer,
  more: Partial<Parameters<typeof ask<'webhook.create'>>[1]> = {},
) {
  const {webhook} = await ask('webhook.create', {
    organization,
    name: 'siem',
    platform: 'procustodibus',
    url: `${receiver.url}/webhooks/123`,
    eventTypes: ['alerts'],
    ...more,
  })
  return webhook
}

/** An alert that can be told from the others by its number. */
async function alert({ask}: ClockedServer, days: number, type = 'alerts'): Promise<string> {
  const {event, deliveries} = await ask('event.send', {organization, type, data: {danger: 7, params: {days}}})
  expect(deliveries.map(({state}) => state)).toEqual(['collecting'])
  return event.id
}

/** The numbers of the alerts in a request, in their order. */
const daysIn = ({body}: ReceivedRequest): number[] =>
  (JSON.parse(body.toString()) as {attributes: {params: {days: number}}}[]).map(item => item.attributes.params.days)

test('PRO-02: events wait for the tick, then go out as one JSON list in their order', async () => {
  await using server = await aClockedServer()
  await aWebhook(server)
  for (const days of [1, 2, 3]) await alert(server, days)
  await server.pass(5 * MINUTE - 1)
  expect(server.receiver.requests).toEqual([])
  await server.pass(1)
  expect(server.receiver.requests.map(daysIn)).toEqual([[1, 2, 3]])
  await server.pass(60 * MINUTE)
  expect(server.receiver.requests).toHaveLength(1)
})

test('PRO-02: the interval begins with the first event of a batch', async () => {
  await using server = await aClockedServer()
  await aWebhook(server)
  await server.pass(7 * MINUTE)
  await alert(server, 1)
  await server.pass(4 * MINUTE)
  await alert(server, 2)
  await server.pass(MINUTE)
  expect(server.receiver.requests.map(daysIn)).toEqual([[1, 2]])
})

test('PRO-03: the same POST every few minutes until 2XX, byte for byte, past fifty failures', async () => {
  await using server = await aClockedServer()
  await aWebhook(server, {secret: {value: 'a secret'}})
  server.receiver.otherwise(answers.status(500))
  await alert(server, 1)
  await alert(server, 2)
  await server.pass(5 * MINUTE)
  for (let failures = 1; failures < 55; failures += 1) {
    await server.pass(5 * MINUTE - 1)
    expect(server.receiver.requests).toHaveLength(failures)
    await server.pass(1)
    expect(server.receiver.requests).toHaveLength(failures + 1)
  }
  const {items} = await server.ask('delivery.list', {organization})
  expect(items).toMatchObject([{state: 'pending', attemptCount: 55, lastStatus: 500, eventCount: 2}])
  server.receiver.next(answers.status(299))
  await server.pass(5 * MINUTE)
  expect((await server.ask('delivery.list', {organization})).items).toMatchObject([{state: 'delivered'}])
  const {requests} = server.receiver
  expect(requests).toHaveLength(56)
  expect(new Set(requests.map(({body}) => body.toString('hex'))).size).toBe(1)
  for (const name of ['X-Hook-Signature', 'X-Hook-Delivery', 'X-Hook-Event-Id']) {
    expect(new Set(requests.map(request => request.header(name))).size).toBe(1)
  }
})

test.each([300, 302, 304, 400, 401, 404, 410, 429, 503])(
  'PRO-03: %i is no 2XX: the same POST comes again',
  async status => {
    await using server = await aClockedServer()
    await aWebhook(server)
    server.receiver.next(answers.status(status))
    await alert(server, 1)
    await server.pass(5 * MINUTE)
    await server.pass(5 * MINUTE)
    expect(server.receiver.requests.map(daysIn)).toEqual([[1], [1]])
  },
)

test('PRO-04: what happens while a batch fails waits in the next one, and order is kept', async () => {
  await using server = await aClockedServer()
  await aWebhook(server)
  server.receiver.otherwise(answers.status(500))
  await alert(server, 1)
  await server.pass(5 * MINUTE)
  await alert(server, 2)
  await server.pass(5 * MINUTE)
  await alert(server, 3)
  await server.pass(5 * MINUTE)
  expect(server.receiver.requests.map(daysIn)).toEqual([[1], [1], [1]])
  server.receiver.otherwise(answers.status(204))
  await server.pass(5 * MINUTE)
  expect(server.receiver.requests.slice(3).map(daysIn)).toEqual([[1], [2, 3]])
})

test('PRO-05: Inactive pauses: events queue, nothing is sent, and Active sends them in their order', async () => {
  await using server = await aClockedServer()
  const {id: webhook} = await aWebhook(server)
  await alert(server, 1)
  await server.ask('webhook.disable', {organization, webhook})
  await alert(server, 2)
  await server.pass(60 * MINUTE)
  await alert(server, 3)
  await server.pass(60 * MINUTE)
  expect(server.receiver.requests).toEqual([])
  expect((await server.ask('status.show', {organization})).deliveries).toMatchObject({collecting: 1, unfinished: 1})
  await server.ask('webhook.enable', {organization, webhook})
  await server.pass(0)
  expect(server.receiver.requests.map(daysIn)).toEqual([[1, 2, 3]])
})

test('PRO-05: a batch that was failing when the webhook was paused goes on, byte for byte, before the others', async () => {
  await using server = await aClockedServer()
  const {id: webhook} = await aWebhook(server)
  server.receiver.next(answers.status(500))
  await alert(server, 1)
  await server.pass(5 * MINUTE)
  await server.ask('webhook.disable', {organization, webhook})
  await alert(server, 2)
  await server.pass(60 * MINUTE)
  expect(server.receiver.requests).toHaveLength(1)
  await server.ask('webhook.enable', {organization, webhook})
  await server.pass(0)
  expect(server.receiver.requests.map(daysIn)).toEqual([[1], [1], [2]])
  expect(server.receiver.requests[1]?.body).toEqual(server.receiver.requests[0]?.body)
})

test('PRO-05: with the drop option, what happens while it is Inactive is skipped and says why', async () => {
  await using server = await aClockedServer()
  const {id: webhook} = await aWebhook(server, {policies: {offSwitch: 'accept'}})
  await server.ask('webhook.disable', {organization, webhook})
  const {deliveries} = await server.ask('event.send', {organization, type: 'alerts', data: {danger: 1}})
  expect(deliveries).toMatchObject([{state: 'skipped', reason: 'inactive'}])
  await server.ask('webhook.enable', {organization, webhook})
  await server.pass(60 * MINUTE)
  expect(server.receiver.requests).toEqual([])
})

test('PRO-18: no more events per request than the maximum: five, two at most, are three requests', async () => {
  await using server = await aClockedServer()
  await aWebhook(server, {policies: {batch: {maxEvents: 2}}})
  for (const days of [1, 2, 3, 4, 5]) await alert(server, days)
  await server.pass(0)
  expect(server.fresh().map(daysIn)).toEqual([
    [1, 2],
    [3, 4],
  ])
  await server.pass(5 * MINUTE)
  expect(server.fresh().map(daysIn)).toEqual([[5]])
})

test('PRO-18: a maximum of one sends each event by itself, one after the other', async () => {
  await using server = await aClockedServer()
  await aWebhook(server, {policies: {batch: {maxEvents: 1}}})
  await server.ask('event.sendMany', {
    organization,
    events: [1, 2, 3].map(days => ({type: 'alerts', data: {danger: 7, params: {days}}})),
  })
  await server.pass(0)
  expect(server.receiver.requests.map(daysIn)).toEqual([[1], [2], [3]])
})

test('PRO-18: full batches go one after the other to a slow receiver too, all of them', async () => {
  await using server = await aClockedServer()
  await aWebhook(server, {policies: {batch: {maxEvents: 1}}})
  server.receiver.otherwise(answers.status(204, {delayMs: 400}))
  for (const days of [1, 2, 3]) await alert(server, days)
  await server.pass(0)
  expect(server.fresh().map(daysIn)).toEqual([[1], [2], [3]])
})

test('PRO-18: full batches wait for one that fails, and none is merged into another', async () => {
  await using server = await aClockedServer()
  await aWebhook(server, {policies: {batch: {maxEvents: 2}}})
  server.receiver.next(answers.status(500))
  for (const days of [1, 2, 3, 4, 5]) await alert(server, days)
  await server.pass(0)
  expect(server.fresh().map(daysIn)).toEqual([[1, 2]])
  await server.pass(5 * MINUTE)
  expect(server.fresh().map(daysIn)).toEqual([[1, 2], [3, 4], [5]])
})

test('every event says which batch it is in, and a batch lists its events', async () => {
  await using server = await aClockedServer()
  await aWebhook(server)
  const ids = [await alert(server, 1), await alert(server, 2), await alert(server, 3)]
  const shown = await Promise.all(ids.map(event => server.ask('event.show', {organization, event})))
  const batches = new Set(shown.flatMap(({deliveries}) => deliveries.map(({id}) => id)))
  expect(batches.size).toBe(1)
  const [delivery = ''] = batches
  const open = await server.ask('delivery.show', {organization, delivery})
  expect(open).toMatchObject({body: null, delivery: {state: 'collecting', eventCount: 3, attemptCount: 0}})
  expect(open.events.map(({id}) => id)).toEqual(ids)
  await server.pass(5 * MINUTE)
  const sent = await server.ask('delivery.show', {organization, delivery})
  expect(sent).toMatchObject({delivery: {state: 'delivered', eventCount: 3}})
  expect(sent.body?.content).toBe(server.receiver.requests[0]?.body.toString())
  const after = await server.ask('event.show', {organization, event: ids[2] as string})
  expect(after.deliveries).toMatchObject([{id: delivery, state: 'delivered'}])
})

test('a batch is replayed whole, with the same bytes, and each of its events shows both', async () => {
  await using server = await aClockedServer()
  await aWebhook(server)
  await alert(server, 1)
  const second = await alert(server, 2)
  await server.pass(5 * MINUTE)
  const {items} = await server.ask('delivery.list', {organization})
  const {deliveries} = await server.ask('delivery.replay', {organization, deliveries: items.map(({id}) => id)})
  await server.pass(0)
  const [first, again] = server.receiver.requests
  expect(again?.body).toEqual(first?.body)
  const shown = await server.ask('event.show', {organization, event: second})
  expect(shown.deliveries.map(({id}) => id)).toEqual([items[0]?.id, deliveries[0]?.id])
  expect((await server.ask('delivery.show', {organization, delivery: deliveries[0]?.id ?? ''})).events).toHaveLength(2)
})

test('a flush sends at once what was collected, and later events begin a batch of their own', async () => {
  await using server = await aClockedServer()
  const {id: webhook} = await aWebhook(server)
  await alert(server, 1)
  await alert(server, 2)
  const flushed = await server.ask('webhook.flush', {organization, webhook})
  expect(flushed).toMatchObject({events: 2, held: false, deliveries: [expect.stringMatching(/^dlv_/)]})
  await server.pass(0)
  await alert(server, 3)
  await server.pass(4 * MINUTE)
  expect(server.receiver.requests.map(daysIn)).toEqual([[1, 2]])
  await server.pass(MINUTE)
  expect(server.receiver.requests.map(daysIn)).toEqual([[1, 2], [3]])
  expect(await server.ask('webhook.flush', {organization, webhook})).toMatchObject({events: 0, deliveries: []})
})

test('an open batch can be cancelled; a later event begins another one', async () => {
  await using server = await aClockedServer()
  await aWebhook(server)
  const event = await alert(server, 1)
  const {deliveries} = await server.ask('event.show', {organization, event})
  await server.ask('delivery.cancel', {organization, delivery: deliveries[0]?.id ?? ''})
  await alert(server, 2)
  await server.pass(5 * MINUTE)
  expect(server.receiver.requests.map(daysIn)).toEqual([[2]])
})

test('a deleted webhook sends nothing of what it had collected, and the record says why', async () => {
  await using server = await aClockedServer()
  const {id: webhook} = await aWebhook(server)
  const event = await alert(server, 1)
  expect(await server.ask('webhook.delete', {organization, webhook})).toMatchObject({cancelled: 1})
  await server.pass(60 * MINUTE)
  expect(server.receiver.requests).toEqual([])
  expect((await server.ask('event.show', {organization, event})).deliveries).toMatchObject([
    {state: 'cancelled', reason: 'webhook_deleted'},
  ])
})

test('an interval that is made shorter holds for what is collected already', async () => {
  await using server = await aClockedServer()
  const {id: webhook} = await aWebhook(server, {policies: {batch: {everyMs: 60 * MINUTE}}})
  await alert(server, 1)
  const {policies} = await server.ask('webhook.edit', {organization, webhook, policies: {batch: {everyMs: MINUTE}}})
  expect(policies.batch).toEqual({everyMs: MINUTE, maxEvents: 1000})
  await server.pass(0)
  expect(server.receiver.requests.map(daysIn)).toEqual([[1]])
})

describe('PRO-01: no list holds events of two types, when the type of a webhook is edited', () => {
  /** The types of the items in each request. */
  const types = ({receiver}: ClockedServer) =>
    receiver.requests.map(({body}) => (JSON.parse(body.toString()) as {type: string}[]).map(({type}) => type))
  const edit = async (server: ClockedServer) => {
    await server.ask('webhook.edit', {organization, webhook: 'siem', eventTypes: ['log_authn']})
    await server.ask('event.send', {organization, type: 'log_authn', data: {status: 'ok'}})
  }

  test('while it collects: what it has goes out at once, the rest after its interval', async () => {
    await using server = await aClockedServer()
    await aWebhook(server)
    await alert(server, 1)
    await edit(server)
    await server.pass(0)
    expect(types(server)).toEqual([['alerts']])
    await server.pass(5 * MINUTE)
    expect(types(server)).toEqual([['alerts'], ['log_authn']])
  })

  test('while a batch fails, or it is Inactive: one after the other as soon as that is over', async () => {
    await using server = await aClockedServer()
    await aWebhook(server)
    server.receiver.next(answers.status(500))
    await alert(server, 1)
    await server.pass(5 * MINUTE)
    await alert(server, 2)
    await server.ask('webhook.disable', {organization, webhook: 'siem'})
    await alert(server, 3)
    await edit(server)
    await server.ask('webhook.enable', {organization, webhook: 'siem'})
    await server.pass(5 * MINUTE)
    await server.pass(5 * MINUTE)
    expect(types(server)).toEqual([['alerts'], ['alerts'], ['alerts', 'alerts'], ['log_authn']])
  })
})
