import {hash} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {invoke} from '../../src/services/invoke.ts'
import {aHistoryEntry, somePolicies} from '../harness/factories.ts'
import {aCaller} from '../harness/product.ts'
import {answers} from '../harness/receiver.ts'
import {aWorkshop} from './workshop.ts'

const retry = {kind: 'list', delaysMs: [1000, 1000]} as const

async function ordered(onExhaustion: 'halt' | 'skip') {
  const shop = await aWorkshop()
  const receiver = await shop.receiver()
  const policies = somePolicies({ordered: onExhaustion, retry})
  const webhook = await shop.webhook({name: 'ordered', url: receiver.url, policies})
  const worker = shop.worker()
  await worker.start()
  const seen = () => receiver.requests.map(({body}) => (JSON.parse(body.toString()) as {n: number}).n)
  return {shop, receiver, webhook, worker, seen, [Symbol.asyncDispose]: () => shop[Symbol.asyncDispose]()}
}

describe('an ordered webhook', () => {
  it('F7: is sent one delivery after the other, and one that fails blocks the others until it is taken', async () => {
    await using test = await ordered('halt')
    const {shop, receiver, webhook, worker, seen} = test
    let [inFlight, most] = [0, 0]
    receiver.otherwise(async (socket, request, stopped) => {
      most = Math.max(most, ++inFlight)
      await answers.status(204, {delayMs: 2})(socket, request, stopped)
      inFlight--
    })
    receiver.next(answers.status(204), answers.status(500))
    await shop.owe(webhook, 10)
    await worker.drained()
    expect(seen()).toEqual([0, 1])
    await shop.owe(await shop.webhook({url: `${receiver.url}/other`}))
    await worker.drained()
    expect(receiver.requests.at(-1)!.path).toBe('/other')
    await shop.pass(worker, 1000)
    await worker.drained()
    expect(seen().toSpliced(2, 1)).toEqual([0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(most).toBe(1)
  })

  it('F7: that halts keeps what was given up in its place: resumed, it goes first', async () => {
    await using test = await ordered('halt')
    const {shop, receiver, webhook, worker, seen} = test
    receiver.otherwise(answers.status(500))
    const owed = await shop.owe(webhook, 5)
    await worker.drained()
    for (let retries = 0; retries < 2; retries++) await shop.pass(worker, 1000)
    expect((await shop.store.webhooks.find(1, webhook.id))!.paused).toMatchObject({reason: 'halted'})
    expect(await shop.store.deliveries.counts(1, webhook.id)).toMatchObject({held: 5, failed: 0})
    receiver.otherwise(answers.status(204))
    await invoke(shop.deps, 'webhook.enable', {organization: 'default', webhook: 'ordered'}, aCaller())
    await worker.drained()
    await worker.drained()
    expect(seen()).toEqual([0, 0, 0, 0, 1, 2, 3, 4])
    for (const {id} of owed) expect(await shop.delivery(id)).toMatchObject({state: 'delivered'})
  })

  it('F7: goes on with the next where the first was cancelled', async () => {
    await using test = await ordered('halt')
    const {shop, receiver, webhook, worker, seen} = test
    receiver.next(answers.status(500))
    const [first] = await shop.owe(webhook, 3)
    await worker.drained()
    await invoke(shop.deps, 'delivery.cancel', {organization: 'default', delivery: first!.id}, aCaller())
    await worker.drained()
    await worker.drained()
    expect(seen()).toEqual([0, 1, 2])
  })

  it('F7: that skips goes on with the next, and what was given up has failed', async () => {
    await using test = await ordered('skip')
    const {shop, receiver, webhook, worker, seen} = test
    receiver.next(...Array.from({length: 3}, () => answers.status(500)))
    const [first] = await shop.owe(webhook, 3)
    await worker.drained()
    for (let retries = 0; retries < 2; retries++) await shop.pass(worker, 1000)
    await worker.drained()
    expect(seen()).toEqual([0, 0, 0, 1, 2])
    expect(await shop.delivery(first!.id)).toMatchObject({state: 'failed', reason: 'exhausted'})
  })

  it('F7: can be made of one that is not, with what it is owed already', async () => {
    await using test = await ordered('skip')
    const {shop, receiver, webhook, worker, seen} = test
    const loose = {...webhook, policies: somePolicies({retry})}
    await shop.store.webhooks.replace(loose, aHistoryEntry(), {was: webhook})
    receiver.next(answers.status(500), answers.status(500))
    await shop.owe(webhook, 2)
    await worker.drained()
    await shop.store.webhooks.replace(webhook, aHistoryEntry(), {was: loose})
    await shop.owe(webhook, 1)
    await worker.drained()
    expect(seen().sort()).toEqual([0, 1])
    await shop.pass(worker, 1000)
    await worker.drained()
    await worker.drained()
    expect(seen().slice(2)).toEqual([0, 1, 0])
  })
})

it('F7: a batch is the same bytes under the same id over ten retries, and the next one waits for it', async () => {
  await using shop = await aWorkshop()
  const receiver = await shop.receiver()
  receiver.otherwise(answers.status(500))
  const policies = somePolicies({
    retry: {kind: 'until-success', everyMs: 60_000},
    batch: {everyMs: 60_000, maxEvents: 3},
  })
  const webhook = await shop.webhook({url: receiver.url, platform: 'procustodibus@1', mode: 'batch', policies})
  const worker = shop.worker()
  await worker.start()
  const send = (danger: number) =>
    invoke(shop.deps, 'event.send', {organization: 'default', type: 'alerts', data: {danger}}, aCaller())
  for (let danger = 1; danger <= 6; danger++) await send(danger)
  await worker.drained()
  for (let retries = 0; retries < 10; retries++) await shop.pass(worker, 60_000)
  const digests = receiver.requests.map(({body, header}) => [hash('sha256', body), header('x-hook-delivery')])
  expect(digests).toHaveLength(11)
  expect(new Set(digests.map(each => each.join())).size).toBe(1)
  receiver.otherwise(answers.status(204))
  for (let minutes = 0; minutes < 2; minutes++) await shop.pass(worker, 60_000)
  await worker.drained()
  expect(receiver.requests).toHaveLength(13)
  expect(await shop.store.deliveries.counts(1, webhook.id)).toMatchObject({delivered: 2, pending: 0, collecting: 0})
})
