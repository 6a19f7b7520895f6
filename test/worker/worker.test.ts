import {createHmac} from 'node:crypto'
import {describe, expect, it, vi} from 'vitest'
import type {RetryPolicy} from '../../src/domain/policy.ts'
import {unreachableError} from '../../src/errors.ts'
import {aHistoryEntry, anId, aSecret, somePolicies} from '../harness/factories.ts'
import {answers} from '../harness/receiver.ts'
import {aWorkshop} from './workshop.ts'

const catalyst: RetryPolicy = {
  kind: 'exponential',
  baseMs: 10_000,
  factor: 2,
  capMs: 3_600_000,
  attempts: 8,
  jitter: 0.2,
}
const entrypoint: RetryPolicy = {kind: 'list', delaysMs: [2, 4, 8, 16, 32].map(minutes => minutes * 60_000)}

describe('a due delivery', () => {
  it('is signed, sent and recorded with its attempt', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.next(answers.status(200, {headers: {'X-Seen': '1'}, body: 'thanks'}))
    const webhook = await shop.webhook({
      url: `${receiver.url}/in?key=canary`,
      secrets: [aSecret()],
      headers: [
        ['Authorization', 'Bearer canary'],
        ['X-Site', 'ams'],
      ],
    })
    const [owed] = await shop.owe(webhook)
    const worker = shop.worker()
    await worker.start()
    await worker.drained()

    const [request] = await receiver.received(1)
    const signature = createHmac('sha512', 'golden-fixture-secret').update(request!.body).digest('hex')
    expect(`${request!.method} ${request!.path} ${request!.body}`).toBe('POST /in?key=canary {"n":0}')
    expect(request!.headers.slice(2)).toEqual([
      ['Content-Type', 'application/json'],
      ['User-Agent', 'hookctl/0.0.0-test'],
      ['Authorization', 'Bearer canary'],
      ['X-Site', 'ams'],
      ['Accept-Encoding', 'identity'],
      ['X-Hook-Delivery', owed!.id],
      ['X-Hook-Event-Id', owed!.eventId],
      ['Hookctl-Hops', '1'],
      ['X-Hook-Signature', signature],
      ['content-length', '7'],
    ])
    expect(await shop.delivery(owed!.id)).toMatchObject({state: 'delivered', attempts: 1, lastStatus: 200, dueAt: null})
    const [attempt] = await shop.store.deliveries.attempts(owed!.id)
    expect(attempt).toMatchObject({number: 1, success: true, status: 200, error: null, remoteAddress: '127.0.0.1'})
    expect(Buffer.from(attempt!.responseBody).toString()).toBe('thanks')
    expect(attempt!.responseHeaders).toContainEqual(['X-Seen', '1'])
    expect(attempt!.requestHeaders).toContainEqual(['Authorization', '***'])
    expect(JSON.stringify(attempt!.requestHeaders)).not.toContain('canary')
  })

  it('is sent while its acceptance has long been answered (CAT-14)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.otherwise(answers.silent())
    const worker = shop.worker()
    await worker.start()
    const webhook = await shop.webhook({url: receiver.url})
    const [owed] = await shop.owe(webhook)
    expect(await shop.delivery(owed!.id)).toMatchObject({state: 'pending'})
    await receiver.received(1)
    expect(worker.inFlight).toBe(1)
  })

  it('carries the same ids in every attempt, and a replay its own delivery id (CAT-21, F6)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.next(answers.status(500))
    const webhook = await shop.webhook({url: receiver.url})
    const [owed] = await shop.owe(webhook)
    const worker = shop.worker()
    await worker.start()
    await worker.drained()
    await shop.pass(worker, 1000)
    const replay = {...owed!, id: anId('dlv'), trigger: 'replay', replayOf: owed!.id, dueAt: shop.clock.now} as const
    await shop.store.deliveries.add([{delivery: replay, bodyKey: null, bodyOf: owed!.id}], [])
    await worker.drained()
    const ids = receiver.requests.map(request => [
      request.header('x-hook-event-id'),
      request.header('x-hook-delivery'),
      request.header('hookctl-replay'),
    ])
    expect(ids).toEqual([
      [owed!.eventId, owed!.id, undefined],
      [owed!.eventId, owed!.id, undefined],
      [owed!.eventId, replay.id, '1'],
    ])
  })

  it('of another process is found without being told', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const webhook = await shop.webhook({url: receiver.url})
    vi.spyOn(shop.store, 'onWrite').mockReturnValue(() => {})
    await shop.worker().start()
    await shop.owe(webhook)
    await receiver.received(1, 2000)
  })

  it('that was cancelled while it waited its turn is not sent', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.otherwise(answers.status(200, {delayMs: 150}))
    const webhook = await shop.webhook({url: receiver.url})
    const owed = await shop.owe(webhook, 12)
    const worker = shop.worker({limits: {perWebhookFirst: 2, perWebhook: 2}})
    await worker.start()
    await receiver.received(2)
    const cancelled = owed[11]!.id
    const finishedAt = shop.clock.now
    await shop.store.deliveries.move([
      {deliveryId: cancelled, from: ['pending'], state: 'cancelled', reason: 'cancelled', dueAt: null, finishedAt},
    ])
    await worker.drained()
    expect(receiver.requests).toHaveLength(11)
    expect(receiver.requests.some(request => request.header('x-hook-delivery') === cancelled)).toBe(false)
  })
})

describe('signatures', () => {
  it('are not sent without a secret, and a configured X-Hook-Signature goes through (NBX-04)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const worker = shop.worker()
    await worker.start()
    await shop.owe(await shop.webhook({url: receiver.url}))
    await worker.drained()
    await shop.owe(await shop.webhook({url: receiver.url, headers: [['x-hook-signature', 'theirs']]}))
    await worker.drained()
    expect(receiver.requests.map(request => request.header('x-hook-signature'))).toEqual([undefined, 'theirs'])
  })

  it('take the place of a configured header of their name', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const worker = shop.worker()
    await worker.start()
    const headers = [
      ['x-hook-SIGNATURE', 'theirs'],
      ['X-Twice', 'first'],
      ['x-twice', 'last'],
    ] as const
    await shop.owe(await shop.webhook({url: receiver.url, headers, secrets: [aSecret()]}))
    await worker.drained()
    const named = (name: string) => receiver.requests[0]!.headers.filter(([given]) => given.toLowerCase() === name)
    expect(named('x-hook-signature')).toEqual([['X-Hook-Signature', expect.stringMatching(/^[0-9a-f]{128}$/)]])
    expect(named('x-twice')).toEqual([['x-twice', 'last']])
  })

  it('are made with every live secret where the scheme carries several, fresh at each attempt (B7, F6)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.next(answers.status(500))
    const secret = (fill: number, expiresAt: number | null) =>
      aSecret({value: `whsec_${Buffer.alloc(32, fill).toString('base64')}`, expiresAt})
    const secrets = [secret(1, null), secret(2, shop.clock.now + 60_000), secret(3, shop.clock.now - 1)]
    const policies = somePolicies({signature: {scheme: 'standard-v1'}})
    const [owed] = await shop.owe(await shop.webhook({url: receiver.url, secrets, policies}))
    const worker = shop.worker()
    await worker.start()
    await worker.drained()
    await shop.pass(worker, 1000)
    const [first, second] = receiver.requests.map(request => ({
      id: request.header('webhook-id'),
      at: Number(request.header('webhook-timestamp')),
      count: request.header('webhook-signature')!.split(' ').length,
    }))
    expect(first).toEqual({id: owed!.eventId, at: Math.floor((shop.clock.now - 1000) / 1000), count: 2})
    expect(second).toEqual({...first, at: first!.at + 1})
  })
})

describe('what is switched off', () => {
  const offline = {url: 'http://127.0.0.1:8099/'}

  it('is skipped in the moment of sending, although it was on when the event was accepted (CAT-10)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const webhook = await shop.webhook({url: receiver.url})
    const [owed] = await shop.owe(webhook)
    await shop.store.webhooks.replace({...webhook, active: false}, aHistoryEntry(), {was: webhook})
    const worker = shop.worker()
    await worker.start()
    await worker.drained()
    expect(await shop.delivery(owed!.id)).toMatchObject({
      state: 'skipped',
      reason: 'inactive',
      attempts: 0,
      finishedAt: shop.clock.now,
    })
    expect(receiver.connections.opened).toBe(0)
  })

  it('counts from one event to the next, also when the worker runs on (CAT-10)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const worker = shop.worker()
    await worker.start()
    const webhook = await shop.webhook({url: receiver.url})
    const send = async (active: boolean) => {
      const was = (await shop.store.webhooks.find(1, webhook.id))!
      await shop.store.webhooks.replace({...was, active}, aHistoryEntry(), {was})
      const [owed] = await shop.owe(webhook)
      await worker.drained()
      return (await shop.delivery(owed!.id)).state
    }
    expect([await send(true), await send(false), await send(true)]).toEqual(['delivered', 'skipped', 'delivered'])
  })

  it('holds what is due where off means pause (PRO-05)', async () => {
    await using shop = await aWorkshop()
    const policies = somePolicies({offSwitch: 'hold'})
    const [owed] = await shop.owe(await shop.webhook({...offline, active: false, policies}))
    const worker = shop.worker()
    await worker.start()
    await worker.drained()
    expect(await shop.delivery(owed!.id)).toMatchObject({state: 'held', dueAt: null, finishedAt: null, attempts: 0})
  })

  it('is sent all the same where off is looked at when the event is accepted (NBX-17)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const policies = somePolicies({offSwitch: 'accept'})
    const [owed] = await shop.owe(await shop.webhook({url: receiver.url, active: false, policies}))
    const worker = shop.worker()
    await worker.start()
    await worker.drained()
    expect(await shop.delivery(owed!.id)).toMatchObject({state: 'delivered'})
  })

  it('is cancelled where the webhook was deleted, skipped where it has no URL, held where it is paused', async () => {
    await using shop = await aWorkshop()
    const nowhere = await shop.webhook({url: null})
    const paused = await shop.webhook({...offline, paused: {reason: 'gone', at: 1}})
    const deleted = await shop.webhook(offline)
    const [one] = await shop.owe(nowhere)
    const [two] = await shop.owe(paused)
    const [three] = await shop.owe(deleted)
    await shop.store.webhooks.remove(deleted, aHistoryEntry(), shop.clock.now)
    const worker = shop.worker()
    await worker.start()
    await worker.drained()
    const states = await Promise.all([one, two, three].map(async each => shop.delivery(each!.id)))
    expect(states.map(({state, reason}) => [state, reason])).toEqual([
      ['skipped', 'unconfigured'],
      ['held', null],
      ['cancelled', 'webhook_deleted'],
    ])
  })

  it('does not keep a test or a replay to another URL', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const webhook = await shop.webhook({url: receiver.url, paused: {reason: 'gone', at: 1}})
    await shop.owe(webhook, 1, {trigger: 'test'})
    await shop.owe(webhook, 1, {trigger: 'replay', toUrl: `${receiver.url}/elsewhere`})
    const worker = shop.worker()
    await worker.start()
    await worker.drained()
    expect(receiver.requests.map(request => request.path).sort()).toEqual(['/', '/elsewhere'])
  })
})

describe('after a failure', () => {
  it('attempts are made at the planned times, each gap twice the last: 500, 500, 200 (CAT-20)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.next(answers.status(500), answers.status(500))
    const [owed] = await shop.owe(await shop.webhook({url: receiver.url, policies: somePolicies({retry: catalyst})}))
    const worker = shop.worker()
    await worker.start()
    await worker.drained()
    const counts: number[] = []
    for (const ms of [9999, 1, 19_999, 1]) {
      await shop.pass(worker, ms)
      counts.push(receiver.requests.length)
    }
    expect(counts).toEqual([1, 2, 2, 3])
    expect(await shop.delivery(owed!.id)).toMatchObject({state: 'delivered', attempts: 3})
  })

  it('six attempts come 2, 4, 8, 16 and 32 minutes apart, then it has failed; 201 is a failure (ENT-19)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.otherwise(answers.status(201))
    const policies = somePolicies({retry: entrypoint, success: {kind: '200'}})
    const [owed] = await shop.owe(await shop.webhook({url: receiver.url, policies}))
    const worker = shop.worker()
    await worker.start()
    await worker.drained()
    for (const seconds of [120, 240, 480, 960, 1920]) {
      await shop.pass(worker, seconds * 1000 - 1)
      const before = receiver.requests.length
      await shop.pass(worker, 1)
      expect(receiver.requests.length - before).toBe(1)
    }
    expect(await shop.delivery(owed!.id)).toMatchObject({state: 'failed', reason: 'exhausted', attempts: 6})
    const attempts = await shop.store.deliveries.attempts(owed!.id)
    expect(attempts.map(attempt => attempt.number)).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('a closed port counts as an error answer does (CAT-20)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const {url} = receiver
    await receiver.close()
    const [owed] = await shop.owe(await shop.webhook({url, policies: somePolicies({retry: catalyst})}))
    const worker = shop.worker()
    await worker.start()
    await worker.drained()
    expect(await shop.delivery(owed!.id)).toMatchObject({
      state: 'pending',
      lastErrorClass: 'refused',
      dueAt: shop.clock.now + 10_000,
    })
  })

  it('a receiver that hangs ends as a timeout within its limit (CAT-19)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.otherwise(answers.silent())
    const [owed] = await shop.owe(await shop.webhook({url: receiver.url, policies: somePolicies({timeoutMs: 200})}))
    const worker = shop.worker()
    await worker.start()
    await worker.drained()
    expect(await shop.delivery(owed!.id)).toMatchObject({lastErrorClass: 'timeout', attempts: 1})
    const [attempt] = await shop.store.deliveries.attempts(owed!.id)
    expect(attempt!.durationMs).toBeLessThan(700)
  })

  it('nothing is retried where a person retries, and what requests calls good is taken (NBX-13, NBX-14)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const policies = somePolicies({retry: {kind: 'manual'}, success: {kind: 'ok'}})
    const webhook = await shop.webhook({url: receiver.url, policies})
    const worker = shop.worker()
    await worker.start()
    const outcomes: [number, string, string | null][] = []
    for (const status of [200, 204, 301, 304, 399, 600, 400, 404, 429, 500, 599]) {
      receiver.next(answers.status(status, {headers: {'Retry-After': '1'}}))
      const [owed] = await shop.owe(webhook)
      await worker.drained()
      const {state, reason} = await shop.delivery(owed!.id)
      outcomes.push([status, state, reason])
    }
    await shop.pass(worker, 86_400_000)
    expect(receiver.requests).toHaveLength(11)
    for (const [status, state, reason] of outcomes) {
      const isGood = status < 400 || status > 599
      expect([status, state, reason]).toEqual([status, isGood ? 'delivered' : 'failed', isGood ? null : 'no_retry'])
    }
  })

  it('an attempt under the rule 2xx fails on 301, which goes nowhere (NBX-16, A3)', async () => {
    await using shop = await aWorkshop()
    const [receiver, honeypot] = [await shop.receiver(), await shop.receiver()]
    receiver.next(answers.redirect(301, honeypot.url))
    const [owed] = await shop.owe(
      await shop.webhook({url: receiver.url, policies: somePolicies({retry: {kind: 'manual'}})}),
    )
    const worker = shop.worker()
    await worker.start()
    await worker.drained()
    const [attempt] = await shop.store.deliveries.attempts(owed!.id)
    expect(attempt).toMatchObject({success: false, status: 301, errorClass: 'redirect'})
    expect(attempt!.error).toContain(honeypot.url)
    expect(honeypot.connections.opened).toBe(0)
  })

  it('the very same bytes go out every few minutes until 2xx, past fifty failures (PRO-03)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.otherwise(answers.status(500))
    const policies = somePolicies({retry: {kind: 'until-success', everyMs: 300_000}})
    const body = Buffer.from([0xff, 0, 0x7b, 0x0a, 0xc3, 0x28])
    const [owed] = await shop.owe(await shop.webhook({url: receiver.url, policies}), 1, {}, body)
    const worker = shop.worker()
    await worker.start()
    await worker.drained()
    for (let count = 1; count <= 55; count++) await shop.pass(worker, 300_000)
    expect(await shop.delivery(owed!.id)).toMatchObject({state: 'pending', attempts: 56})
    receiver.otherwise(answers.status(204))
    await shop.pass(worker, 300_000)
    expect(await shop.delivery(owed!.id)).toMatchObject({state: 'delivered', attempts: 57})
    expect(receiver.requests).toHaveLength(57)
    expect(receiver.requests.every(request => request.body.equals(body))).toBe(true)
  })

  it('Retry-After is heard within once and twice the planned delay (G4)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const policies = somePolicies({retry: {kind: 'list', delaysMs: [10_000]}})
    const worker = shop.worker()
    await worker.start()
    const delays: number[] = []
    for (const value of [
      '15',
      '1',
      '1e308',
      '-1',
      'NaN',
      'Thu, 01 Jan 1970 00:00:00 GMT',
      'Fri, 31 Dec 9999 23:59:59 GMT',
    ]) {
      receiver.next(answers.status(503, {headers: {'Retry-After': value}}))
      const [owed] = await shop.owe(await shop.webhook({url: receiver.url, policies}))
      await worker.drained()
      delays.push((await shop.delivery(owed!.id)).dueAt! - shop.clock.now)
    }
    expect(delays).toEqual([15_000, 10_000, 10_000, 10_000, 10_000, 10_000, 20_000])
  })

  it('410 pauses the webhook, says so in its history, and holds what else it is owed', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.otherwise(answers.status(410))
    const webhook = await shop.webhook({url: receiver.url, secrets: [aSecret()]})
    const later = await shop.owe(webhook, 3, {dueAt: shop.clock.now + 60_000})
    const [owed] = await shop.owe(webhook)
    const worker = shop.worker()
    await worker.start()
    await worker.drained()
    expect(await shop.delivery(owed!.id)).toMatchObject({state: 'failed', reason: 'gone', lastStatus: 410})
    const found = await shop.store.webhooks.find(1, webhook.id)
    expect(found!.paused).toEqual({reason: 'gone', at: shop.clock.now})
    for (const {id} of later) expect(await shop.delivery(id)).toMatchObject({state: 'held', dueAt: null})
    const {items} = await shop.store.history.list(1, {objectTypes: ['Webhook']}, {limit: 1})
    expect(items[0]).toMatchObject({change: 'changed', actor: {kind: 'system', name: null}})
    expect(items[0]!.after).toContain('"reason":"gone"')
    expect(items[0]!.after).not.toContain('golden-fixture-secret')
  })

  it('a replay that fails pauses nothing', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.otherwise(answers.status(410))
    const webhook = await shop.webhook({url: receiver.url})
    await shop.owe(webhook, 1, {trigger: 'replay'})
    const worker = shop.worker()
    await worker.start()
    await worker.drained()
    expect((await shop.store.webhooks.find(1, webhook.id))!.paused).toBeNull()
  })
})

describe('an internal error', () => {
  it('is an attempt that backs off, and leaves the others alone (G5)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const policies = somePolicies({signature: {scheme: 'standard-v1'}, retry: {kind: 'list', delaysMs: [10_000]}})
    const bad = await shop.webhook({url: receiver.url, policies, secrets: [aSecret({value: 'not base64 !'})]})
    const good = await shop.webhook({url: receiver.url})
    const [poison] = await shop.owe(bad)
    await shop.owe(good, 20)
    const worker = shop.worker()
    await worker.start()
    await worker.drained()
    expect(receiver.requests).toHaveLength(20)
    expect(await shop.delivery(poison!.id)).toMatchObject({
      state: 'pending',
      attempts: 1,
      lastErrorClass: 'internal',
      dueAt: shop.clock.now + 10_000,
    })
    const [attempt] = await shop.store.deliveries.attempts(poison!.id)
    expect(attempt!.error).not.toContain('not base64 !')
  })

  it('in the store keeps one delivery from hot loops, and lets the others be recorded (G5)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const webhook = await shop.webhook({url: receiver.url})
    const [poison, ...others] = await shop.owe(webhook, 10)
    const record = shop.store.deliveries.record.bind(shop.store.deliveries)
    vi.spyOn(shop.store.deliveries, 'record').mockImplementation(async outcomes => {
      if (outcomes.some(({attempt}) => attempt.deliveryId === poison!.id)) throw new TypeError('a bug')
      return record(outcomes)
    })
    const worker = shop.worker()
    await worker.start()
    await vi.waitFor(async () => {
      for (const {id} of others) expect(await shop.delivery(id)).toMatchObject({state: 'delivered'})
    })
    expect(receiver.requests).toHaveLength(10)
    expect(shop.said.filter(([level]) => level === 'error')).toHaveLength(1)
  })

  it('of a store that is full stops new sends, and nothing is lost when it has room again (H1)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const webhook = await shop.webhook({url: receiver.url})
    const worker = shop.worker()
    await worker.start()
    const record = vi.spyOn(shop.store.deliveries, 'record')
    record.mockRejectedValueOnce(unreachableError('store_full', 'the disk is full'))
    const [owed] = await shop.owe(webhook)
    await receiver.received(1)
    await vi.waitFor(async () => expect(await shop.delivery(owed!.id)).toMatchObject({state: 'delivered', attempts: 1}))
    expect(receiver.requests).toHaveLength(1)
  })

  it('of a store that is slow to record stops new sends at 1,024 unrecorded: few are sent again after a crash (F3)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const webhook = await shop.webhook({url: receiver.url})
    await shop.owe(webhook, 1200)
    const record = shop.store.deliveries.record.bind(shop.store.deliveries)
    const {promise: mayRecord, resolve: recordNow} = Promise.withResolvers<void>()
    vi.spyOn(shop.store.deliveries, 'record').mockImplementation(async outcomes => {
      await mayRecord
      return record(outcomes)
    })
    const worker = shop.worker()
    await worker.start()
    await receiver.received(1024)
    await vi.waitFor(() => expect(worker.inFlight).toBe(0))
    expect(receiver.requests.length).toBeLessThanOrEqual(1024 + 10)
    recordNow()
    await receiver.received(1200)
    await worker.drained()
    expect(receiver.requests).toHaveLength(1200)
  })
})
