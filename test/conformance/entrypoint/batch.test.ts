import {expect, test} from 'vitest'
import {aClockedServer, type ClockedServer} from '../../harness/clocked-server.ts'
import {answers, type ReceivedRequest} from '../../harness/receiver.ts'

/** Instant and batch delivery of EntryPoint audit events: over HTTP, to a real receiver, on a clock of ours. */

const organization = 'default'
const type = 'entrypoint.configuration.audit'
const MINUTE = 60_000

async function aWebhook(
  {ask, receiver}: ClockedServer,
  more: Partial<Parameters<typeof ask<'webhook.create'>>[1]> = {},
) {
  const {webhook} = await ask('webhook.create', {
    organization,
    name: 'Ops Slack',
    platform: 'entrypoint',
    url: `${receiver.url}/hook`,
    eventTypes: [type],
    ...more,
  })
  return webhook
}

const send = ({ask}: ClockedServer, action: string) =>
  ask('event.send', {organization, type, data: {action, description: action}})

interface Item {
  readonly action: string
  readonly description: string
}

/** Of the events sent here: a change to a webhook is an audit event too (ENT-25). */
const actionsIn = ({body}: ReceivedRequest): string[] =>
  (JSON.parse(body.toString()) as Item[]).flatMap(({action, description}) => (action === description ? [action] : []))

test('ENT-08: instant delivery is one POST per event as it happens', async () => {
  await using server = await aClockedServer()
  expect(await aWebhook(server)).toMatchObject({mode: 'instant'})
  for (const action of ['CREATE', 'UPDATE', 'DELETE']) {
    await send(server, action)
    await server.pass(0)
    expect(server.fresh().map(actionsIn)).toEqual([[action]])
  }
})

test('ENT-09: batch delivery buffers events and sends them together', async () => {
  await using server = await aClockedServer()
  await aWebhook(server, {mode: 'batch'})
  for (const action of ['CREATE', 'UPDATE', 'DELETE']) await send(server, action)
  await server.pass(0)
  expect(server.receiver.requests).toEqual([])
  await server.ask('webhook.flush', {organization, webhook: 'Ops Slack'})
  await server.pass(0)
  expect(server.receiver.requests.map(actionsIn)).toEqual([['CREATE', 'UPDATE', 'DELETE']])
})

test('ENT-20: a batch is sent at its size, and what is left after the interval', async () => {
  await using server = await aClockedServer()
  const {policies} = await aWebhook(server, {mode: 'batch'})
  expect(policies.batch).toEqual({everyMs: 30 * MINUTE, maxEvents: 20_000})
  const other = {name: 'Small', mode: 'batch', policies: {batch: {maxEvents: 3}}} as const
  await aWebhook(server, other)
  await server.ask('webhook.delete', {organization, webhook: 'Ops Slack'})
  await server.ask('webhook.flush', {organization, webhook: 'Small'})
  await server.pass(0)
  server.fresh()
  for (const action of ['1', '2', '3', '4']) await send(server, action)
  await server.pass(0)
  expect(server.fresh().map(actionsIn)).toEqual([['1', '2', '3']])
  await server.pass(30 * MINUTE - 1)
  expect(server.fresh()).toEqual([])
  await server.pass(1)
  expect(server.fresh().map(actionsIn)).toEqual([['4']])
})

test('ENT-20: a batch as large as the platform allows is one request, and one event more begins another', async () => {
  await using server = await aClockedServer()
  await aWebhook(server, {mode: 'batch'})
  const events = Array.from({length: 10_000}, (_, index) => ({
    type,
    data: {action: String(index), description: String(index)},
  }))
  for (const _ of [1, 2]) await server.ask('event.sendMany', {organization, events})
  await send(server, 'one more')
  await server.pass(0)
  expect(server.receiver.requests.map(request => actionsIn(request).length)).toEqual([20_000])
  await server.pass(30 * MINUTE)
  expect(server.receiver.requests.slice(1).map(actionsIn)).toEqual([['one more']])
}, 60_000)

test('ENT-18: a webhook can be off without being deleted, and gets nothing meanwhile', async () => {
  await using server = await aClockedServer()
  for (const mode of ['instant', 'batch'] as const) await aWebhook(server, {name: mode, mode})
  for (const webhook of ['instant', 'batch']) await server.ask('webhook.disable', {organization, webhook})
  const {deliveries} = await send(server, 'UPDATE')
  expect(deliveries).toMatchObject([
    {state: 'skipped', reason: 'inactive'},
    {state: 'skipped', reason: 'inactive'},
  ])
  for (const webhook of ['instant', 'batch']) await server.ask('webhook.enable', {organization, webhook})
  await server.pass(60 * MINUTE)
  expect(server.receiver.requests.flatMap(actionsIn)).toEqual([])
})

test.each(['instant', 'batch'] as const)(
  'ENT-19: %s: again after 2, 4, 8, 16 and 32 minutes, then failed',
  async mode => {
    await using server = await aClockedServer()
    await aWebhook(server, {mode, policies: {success: {kind: '200'}, batch: {everyMs: MINUTE, maxEvents: 10}}})
    server.receiver.otherwise(answers.status(201))
    await send(server, 'UPDATE')
    await server.pass(mode === 'batch' ? MINUTE : 0)
    expect(server.receiver.requests).toHaveLength(1)
    for (const [index, minutes] of [2, 4, 8, 16, 32].entries()) {
      await server.pass(minutes * MINUTE - 1000)
      expect(server.receiver.requests).toHaveLength(index + 1)
      await server.pass(1000)
      expect(server.receiver.requests).toHaveLength(index + 2)
    }
    await server.pass(24 * 60 * MINUTE)
    expect(server.receiver.requests).toHaveLength(6)
    const {items} = await server.ask('delivery.list', {organization})
    expect(items).toMatchObject([{state: 'failed', reason: 'exhausted', attemptCount: 6, lastStatus: 201}])
    expect(new Set(server.receiver.requests.map(({body}) => body.toString('hex'))).size).toBe(1)
  },
)

test('a batch that has failed for good lets the next one go', async () => {
  await using server = await aClockedServer()
  await aWebhook(server, {
    mode: 'batch',
    policies: {retry: {kind: 'list', delaysMs: [2 * MINUTE]}, batch: {everyMs: MINUTE, maxEvents: 10}},
  })
  server.receiver.next(answers.status(500), answers.status(500))
  await send(server, '1')
  await server.pass(MINUTE)
  await send(server, '2')
  await server.pass(MINUTE)
  expect(server.fresh().map(actionsIn)).toEqual([['1']])
  await server.pass(MINUTE)
  expect(server.fresh().map(actionsIn)).toEqual([['1'], ['2']])
  const {items} = await server.ask('delivery.list', {organization})
  expect(items.map(({state}) => state)).toEqual(['delivered', 'failed'])
})

test('ENT-21: pending events, recent deliveries and the whole response can be seen', async () => {
  await using server = await aClockedServer()
  await aWebhook(server, {mode: 'batch'})
  const {deliveries} = await send(server, 'UPDATE')
  const [{id: delivery = ''} = {}] = deliveries
  const pending = await server.ask('delivery.list', {organization, state: ['collecting', 'pending']})
  expect(pending.items).toMatchObject([{id: delivery, eventCount: 1, dueAt: '2026-07-03T12:30:00.000Z'}])
  server.receiver.next(answers.status(503, {headers: {'X-Reason': 'down'}, body: 'the database is down'}))
  await server.pass(30 * MINUTE)
  const recent = await server.ask('delivery.list', {organization, since: '2026-07-03T12:00:00Z'})
  expect(recent.items).toMatchObject([{id: delivery, lastStatus: 503}])
  const {attempts} = await server.ask('delivery.show', {organization, delivery})
  expect(attempts).toMatchObject([
    {
      status: 503,
      responseHeaders: expect.arrayContaining([{name: 'X-Reason', value: 'down'}]),
      responseBody: {content: 'the database is down'},
    },
  ])
})

test('a platform that has no batches refuses the mode, one that has only batches refuses the other', async () => {
  await using server = await aClockedServer()
  const netbox = aWebhook(server, {platform: 'netbox', eventTypes: ['*'], mode: 'batch'})
  await expect(netbox).rejects.toMatchObject({code: 'mode_not_offered', message: 'netbox has no batch delivery'})
  const batches = aWebhook(server, {platform: 'netbox', eventTypes: ['*'], policies: {batch: {everyMs: 1000}}})
  await expect(batches).rejects.toMatchObject({code: 'policy_locked'})
  const instant = aWebhook(server, {platform: 'procustodibus', eventTypes: ['alerts'], mode: 'instant'})
  await expect(instant).rejects.toMatchObject({code: 'mode_not_offered'})
})

test('switched to instant delivery, a webhook sends at once what it had collected', async () => {
  await using server = await aClockedServer()
  await aWebhook(server, {mode: 'batch'})
  await send(server, '1')
  await server.ask('webhook.edit', {organization, webhook: 'Ops Slack', mode: 'instant'})
  await server.pass(0)
  await send(server, '2')
  await server.pass(0)
  expect(server.receiver.requests.map(actionsIn).filter(actions => actions.length > 0)).toEqual([['1'], ['2']])
})
