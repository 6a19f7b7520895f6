import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it, vi} from 'vitest'
import {unreachableError} from '../../src/errors.ts'
import {openStore} from '../../src/store/open.ts'
import {isAliveHere} from '../../src/worker/ownership.ts'
import {aHistoryEntry, somePolicies} from '../harness/factories.ts'
import {answers} from '../harness/receiver.ts'
import {aWorkshop, type Workshop} from './workshop.ts'

/** Waits until the worker has looked so many times more: long enough for what should not happen to happen. */
async function looks(shop: Workshop, count: number): Promise<void> {
  const enabled = vi.spyOn(shop.store.worker, 'enabled')
  await vi.waitFor(() => expect(enabled.mock.calls.length).toBeGreaterThan(count), {timeout: 5000})
  enabled.mockRestore()
}

const soon = (check: () => unknown) => vi.waitFor(check, {timeout: 5000})

describe('one process at a time sends', () => {
  it('the second waits for its turn, and begins when the first lets go', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const webhook = await shop.webhook({url: receiver.url})
    const [first, second] = [shop.worker(), shop.worker()]
    await first.start()
    await second.start()
    expect([first.state, second.state]).toEqual(['active', 'activating'])
    await second.drained()
    await first.stop({graceMs: 0})
    expect(first.state).toBe('inactive')
    await soon(() => expect(second.state).toBe('active'))
    await shop.owe(webhook)
    await receiver.received(1)
  })

  it('what a killed one had not recorded is due again at once when its process is gone (F3)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const [owed] = await shop.owe(await shop.webhook({url: receiver.url}))
    await shop.store.worker.own(
      {bootId: 'killed', pid: 999_999, host: 'test-host', since: 1, heartbeatAt: shop.clock.now},
      0,
      null,
    )
    const elsewhere = shop.worker({host: 'other-host', isAlive: () => false})
    await elsewhere.start()
    expect(elsewhere.state).toBe('activating')
    const worker = shop.worker({isAlive: isAliveHere})
    await worker.start()
    expect(worker.state).toBe('active')
    await worker.drained()
    expect(await shop.delivery(owed!.id)).toMatchObject({state: 'delivered', attempts: 1})
  })

  it('an owner on another host that was not heard of for 15 seconds is gone', async () => {
    await using shop = await aWorkshop()
    const heartbeatAt = shop.clock.now
    await shop.store.worker.own({bootId: 'silent', pid: 1, host: 'elsewhere', since: 1, heartbeatAt}, 0, null)
    const worker = shop.worker()
    await worker.start()
    shop.clock.now += 15_000
    await looks(shop, 2)
    expect(worker.state).toBe('activating')
    shop.clock.now += 1
    await soon(() => expect(worker.state).toBe('active'))
  })

  it('an owner whose heartbeat is ahead of a clock that was set back is gone when it has not changed for 15 seconds (F4, F9)', async () => {
    await using shop = await aWorkshop()
    const owner = {bootId: 'killed', pid: process.pid, host: 'test-host', since: 1}
    await shop.store.worker.own({...owner, heartbeatAt: shop.clock.now}, 0, null)
    shop.clock.now -= 3_600_000
    let uptime = 0
    const worker = shop.worker({clock: () => uptime})
    await worker.start()
    uptime += 14_999
    await shop.store.worker.renew('killed', shop.clock.now + 3_000_000)
    await looks(shop, 2)
    uptime += 14_999
    await looks(shop, 2)
    expect(worker.state).toBe('activating')
    uptime += 1
    await soon(() => expect(worker.state).toBe('active'))
  })

  it('one that lost its right stops at once, and records nothing of what it had in flight (F3)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.otherwise(answers.silent())
    const webhook = await shop.webhook({url: receiver.url})
    const [owed] = await shop.owe(webhook)
    const worker = shop.worker()
    await worker.start()
    await receiver.received(1)
    await shop.store.worker.own(
      {bootId: 'thief', pid: 2, host: 'elsewhere', since: 1, heartbeatAt: shop.clock.now + 1},
      shop.clock.now + 1,
      null,
    )
    await soon(() => expect(worker.state).toBe('activating'))
    await soon(() => expect(receiver.connections.open).toBe(0))
    expect(worker.inFlight).toBe(0)
    expect(await shop.delivery(owed!.id)).toMatchObject({state: 'pending', attempts: 0})
    await shop.owe(webhook)
    expect(receiver.requests).toHaveLength(1)
  })

  it('says that it is alive every second', async () => {
    await using shop = await aWorkshop()
    const worker = shop.worker()
    await worker.start()
    shop.clock.now += 5000
    await soon(async () => expect((await shop.store.worker.owner())!.heartbeatAt).toBe(shop.clock.now))
  })

  it('a process number of an earlier life is no proof of life', () => {
    const owner = {bootId: 'b', host: 'h', since: 0}
    expect(isAliveHere({...owner, pid: process.pid, heartbeatAt: Date.now()})).toBe(true)
    expect(isAliveHere({...owner, pid: process.pid, heartbeatAt: performance.timeOrigin - 1})).toBe(false)
    expect(isAliveHere({...owner, pid: 2 ** 22 + 1, heartbeatAt: Date.now()})).toBe(false)
    expect(isAliveHere({...owner, pid: 1, heartbeatAt: 0})).toBe(true)
  })
})

describe('the switch of the worker', () => {
  it('keeps everything in the store while it is off, and sends it when it is on', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    await shop.store.worker.setEnabled(false, aHistoryEntry())
    const worker = shop.worker()
    await worker.start()
    expect(worker.state).toBe('inactive')
    const owed = await shop.owe(await shop.webhook({url: receiver.url}), 3)
    await worker.drained()
    expect(receiver.requests).toHaveLength(0)
    await shop.store.worker.setEnabled(true, aHistoryEntry())
    await receiver.received(3)
    await worker.drained()
    expect(worker.state).toBe('active')
    for (const {id} of owed) expect(await shop.delivery(id)).toMatchObject({state: 'delivered'})
  })

  it('lets what is in flight finish when it is turned off', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.otherwise(answers.status(200, {delayMs: 100}))
    const worker = shop.worker({limits: {perWebhookFirst: 1, perWebhook: 1}})
    await worker.start()
    const owed = await shop.owe(await shop.webhook({url: receiver.url}), 3)
    await receiver.received(1)
    await shop.store.worker.setEnabled(false, aHistoryEntry())
    await soon(async () => expect(await shop.delivery(owed[0]!.id)).toMatchObject({state: 'delivered'}))
    expect(receiver.requests).toHaveLength(1)
    expect(await shop.delivery(owed[1]!.id)).toMatchObject({state: 'pending', attempts: 0})
  })
})

describe('a stop (F10)', () => {
  it('begins nothing new, finishes what is in flight, records it and lets go', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.otherwise(answers.status(200, {delayMs: 200}))
    const webhook = await shop.webhook({url: receiver.url})
    const owed = await shop.owe(webhook, 20)
    const worker = shop.worker()
    await worker.start()
    await receiver.received(2)
    const inFlight = worker.inFlight
    await worker.stop({graceMs: 10_000})
    expect(receiver.requests).toHaveLength(inFlight)
    const states = await Promise.all(owed.map(async ({id}) => (await shop.delivery(id)).state))
    expect(states.filter(state => state === 'delivered')).toHaveLength(inFlight)
    expect(states.filter(state => state === 'pending')).toHaveLength(20 - inFlight)
    expect(await shop.store.worker.owner()).toBeNull()
    expect(worker.inFlight).toBe(0)
  })

  it('cuts off what hangs after the grace, unrecorded, so that it is due again', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.next(answers.silent())
    const [owed] = await shop.owe(await shop.webhook({url: receiver.url}))
    const worker = shop.worker()
    await worker.start()
    await receiver.received(1)
    const began = performance.now()
    await worker.stop({graceMs: 100})
    expect(performance.now() - began).toBeLessThan(1500)
    expect(await shop.delivery(owed!.id)).toMatchObject({state: 'pending', attempts: 0, dueAt: owed!.dueAt})
    const next = shop.worker()
    await next.start()
    await next.drained()
    expect(await shop.delivery(owed!.id)).toMatchObject({state: 'delivered', attempts: 1})
    expect(new Set(receiver.requests.map(request => request.header('x-hook-delivery'))).size).toBe(1)
  })

  it('asked for twice is at once', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.next(answers.silent())
    await shop.owe(await shop.webhook({url: receiver.url}))
    const worker = shop.worker()
    await worker.start()
    await receiver.received(1)
    const began = performance.now()
    const stopping = worker.stop({graceMs: 60_000})
    await worker.stop({graceMs: 60_000})
    await stopping
    expect(performance.now() - began).toBeLessThan(1500)
  })

  it('of a worker that never started is nothing', async () => {
    await using shop = await aWorkshop()
    const worker = shop.worker()
    expect(worker.state).toBe('inactive')
    await worker.stop({graceMs: 1000})
    await worker.drained()
  })

  it('goes through while the store refuses to record', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    await shop.owe(await shop.webhook({url: receiver.url}))
    const worker = shop.worker()
    const {unreachableError} = await import('../../src/errors.ts')
    vi.spyOn(shop.store.deliveries, 'record').mockRejectedValue(unreachableError('store_full', 'the disk is full'))
    await worker.start()
    await receiver.received(1)
    await soon(() => expect(shop.said.some(([, sentence]) => sentence.includes('cannot be recorded'))).toBe(true))
    await worker.stop({graceMs: 1000})
  })
})

describe('one bad webhook among many', () => {
  const deaf = somePolicies({timeoutMs: 60_000, retry: {kind: 'manual'}})

  it('that swallows requests does not stop the others (G1)', async () => {
    await using shop = await aWorkshop()
    const [receiver, blackHole] = [await shop.receiver(), await shop.receiver()]
    blackHole.otherwise(answers.silent())
    const dead = await shop.webhook({url: blackHole.url, policies: deaf})
    await shop.owe(dead, 1000)
    const healthy = await Promise.all(Array.from({length: 20}, () => shop.webhook({url: receiver.url})))
    for (const webhook of healthy) await shop.owe(webhook, 25)
    const worker = shop.worker()
    await worker.start()
    await receiver.received(500)
    expect(blackHole.requests.length).toBeLessThanOrEqual(10)
  })

  it('and even a crowd of them leaves room for those that come later (G2)', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    for (let index = 0; index < 40; index++) {
      // Each its own host: the limit per host must not be what saves the others.
      const blackHole = await shop.receiver()
      blackHole.otherwise(answers.silent())
      await shop.owe(await shop.webhook({url: blackHole.url, policies: deaf}), 50)
    }
    const worker = shop.worker({limits: {inFlight: 64}})
    await worker.start()
    const healthy = await shop.webhook({url: receiver.url})
    await shop.owe(healthy, 100)
    await receiver.received(100)
  })

  it('gets its turn while another has thousands waiting', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const busy = await shop.webhook({url: `${receiver.url}/busy`})
    await shop.owe(busy, 3000)
    const worker = shop.worker()
    await worker.start()
    await receiver.received(20)
    const quiet = await shop.webhook({url: `${receiver.url}/quiet`})
    await shop.owe(quiet)
    await soon(() => expect(receiver.requests.some(request => request.path === '/quiet')).toBe(true))
    expect(receiver.requests.findIndex(request => request.path === '/quiet')).toBeLessThan(2000)
  })

  it('of one host share its limit', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.otherwise(answers.silent())
    for (let index = 0; index < 10; index++) await shop.owe(await shop.webhook({url: receiver.url}), 5)
    const worker = shop.worker({limits: {perHost: 6}})
    await worker.start()
    await receiver.received(6)
    await looks(shop, 2)
    expect(receiver.requests).toHaveLength(6)
    expect(worker.inFlight).toBe(6)
  })
})

it('a thousand deliveries to ten webhooks all arrive, each once', async () => {
  await using shop = await aWorkshop()
  const receiver = await shop.receiver()
  const worker = shop.worker()
  await worker.start()
  const owed = []
  for (let index = 0; index < 10; index++) owed.push(...(await shop.owe(await shop.webhook({url: receiver.url}), 100)))
  await worker.drained()
  const sent = receiver.requests.map(request => request.header('x-hook-delivery'))
  expect(sent.toSorted()).toEqual(owed.map(({id}) => id).toSorted())
  expect(await shop.store.deliveries.counts(null)).toMatchObject({delivered: 1000, pending: 0})
})

it('works over a file that another process writes to', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hookctl-worker-'))
  try {
    await using shop = await aWorkshop({location: join(folder, 'hookctl.db')})
    const receiver = await shop.receiver()
    const worker = shop.worker()
    await worker.start()
    const other = await openStore(join(folder, 'hookctl.db'), {now: () => shop.clock.now})
    const webhook = await shop.webhook({url: receiver.url})
    await other.webhooks.replace({...webhook, contentType: 'text/changed'}, aHistoryEntry(), {was: webhook})
    await other.close()
    await shop.owe(webhook)
    const [request] = await receiver.received(1)
    expect(request!.header('content-type')).toBe('text/changed')
  } finally {
    await rm(folder, {recursive: true})
  }
})

it('a clock that jumps forward or back puts nothing off by more than a moment (F9)', async () => {
  await using shop = await aWorkshop()
  const receiver = await shop.receiver()
  const webhook = await shop.webhook({url: receiver.url})
  const worker = shop.worker()
  await worker.start()
  await shop.owe(webhook, 1, {dueAt: shop.clock.now + 86_400_000})
  await looks(shop, 2)
  expect(receiver.requests).toHaveLength(0)
  shop.clock.now += 86_400_000
  await receiver.received(1, 2000)
  shop.clock.now -= 2 * 86_400_000
  await shop.owe(webhook)
  await receiver.received(2, 2000)
})

it('says once that the store cannot be asked, however often it tries, and when it can be again (H1)', async () => {
  await using shop = await aWorkshop()
  const receiver = await shop.receiver()
  const webhook = await shop.webhook({url: receiver.url})
  const worker = shop.worker()
  await worker.start()
  const due = vi.spyOn(shop.store.deliveries, 'due')
  due.mockRejectedValue(unreachableError('store_unreachable', 'it is gone'))
  await shop.owe(webhook)
  await soon(() => expect(due.mock.calls.length).toBeGreaterThan(3))
  due.mockRestore()
  await receiver.received(1)
  await soon(() =>
    expect(shop.said.some(([, sentence]) => sentence.endsWith('can be asked for work again'))).toBe(true),
  )
  expect(shop.said.filter(([, sentence]) => sentence === 'the store cannot be asked for work')).toHaveLength(1)
})
