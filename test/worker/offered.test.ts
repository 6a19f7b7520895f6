import {describe, expect, it, vi} from 'vitest'
import type {Delivery} from '../../src/domain/delivery.ts'
import type {Webhook} from '../../src/domain/webhook.ts'
import type {DueDelivery} from '../../src/store/store.ts'
import type {Worker} from '../../src/worker/worker.ts'
import {aHistoryEntry, somePolicies} from '../harness/factories.ts'
import {answers, type Receiver} from '../harness/receiver.ts'
import {aWorkshop, type Workshop} from './workshop.ts'

const offerOf = (deliveries: readonly Delivery[]): DueDelivery[] =>
  deliveries.map((delivery, index) => ({delivery, hops: 0, body: Buffer.from(`{"n":${index}}`)}))

/** From here on the store finds nothing due, until the function that it answers is called. */
function hideFrom(shop: Workshop): () => void {
  const due = vi.spyOn(shop.store.deliveries, 'due').mockResolvedValue([])
  return () => due.mockRestore()
}

const idsAt = (requests: readonly {header(name: string): string | undefined}[]) =>
  requests.map(request => request.header('x-hook-delivery'))

interface Sending extends AsyncDisposable {
  readonly shop: Workshop
  readonly receiver: Receiver
  readonly webhook: Webhook
  readonly worker: Worker
}

/** A worker that has looked and found nothing due, and one webhook with a receiver that answers. */
async function sending(): Promise<Sending> {
  const shop = await aWorkshop()
  const receiver = await shop.receiver()
  const webhook = await shop.webhook({url: receiver.url})
  const worker = shop.worker()
  await worker.start()
  await worker.drained()
  return {shop, receiver, webhook, worker, [Symbol.asyncDispose]: () => shop[Symbol.asyncDispose]()}
}

describe('what this process has just accepted', () => {
  it('is sent and recorded without the store being asked for it', async () => {
    await using started = await sending()
    const {shop, receiver, webhook, worker} = started
    hideFrom(shop)
    const owed = await shop.owe(webhook, 3)
    worker.offer(offerOf(owed))
    const requests = await receiver.received(3)
    expect(idsAt(requests)).toEqual(owed.map(({id}) => id))
    expect(requests.map(({body}) => String(body))).toEqual(['{"n":0}', '{"n":1}', '{"n":2}'])
    await worker.drained()
    for (const {id} of owed) expect(await shop.delivery(id)).toMatchObject({state: 'delivered', attempts: 1})
  })

  it('is sent once where the store, asked before, answers it too', async () => {
    await using started = await sending()
    const {shop, receiver, webhook, worker} = started
    const {due} = shop.store.deliveries
    const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const late = vi.spyOn(shop.store.deliveries, 'due').mockImplementationOnce(async question => {
      asked.resolve()
      const found = await due(question)
      await answer.promise
      return found
    })
    const owed = await shop.owe(webhook, 2)
    await asked.promise
    worker.offer(offerOf(owed))
    await receiver.received(2)
    await vi.waitFor(async () => expect(await shop.delivery(owed[1]!.id)).toMatchObject({state: 'delivered'}))
    answer.resolve()
    late.mockRestore()
    await worker.drained()
    expect(idsAt(receiver.requests)).toEqual(owed.map(({id}) => id))
  })

  it('waits behind what the store still has of the same webhook', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const webhook = await shop.webhook({url: receiver.url})
    const older = await shop.owe(webhook, 6)
    const worker = shop.worker({limits: {queued: 2, perWebhook: 1, perWebhookFirst: 1}})
    await worker.start()
    const newer = await shop.owe(webhook, 1)
    worker.offer(offerOf(newer))
    await worker.drained()
    expect(idsAt(receiver.requests)).toEqual([...older, ...newer].map(({id}) => id))
  })

  it('F7: of an ordered webhook is left to the store, which knows whose turn it is', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    receiver.next(answers.status(500))
    const retry = {kind: 'list', delaysMs: [60_000]} as const
    const webhook = await shop.webhook({url: receiver.url, policies: somePolicies({ordered: 'halt', retry})})
    const worker = shop.worker()
    await worker.start()
    const [first] = await shop.owe(webhook)
    await worker.drained()
    const [second] = await shop.owe(webhook)
    worker.offer(offerOf([second!]))
    await worker.drained()
    expect(idsAt(receiver.requests)).toEqual([first!.id])
    await shop.pass(worker, 60_000)
    await worker.drained()
    expect(idsAt(receiver.requests)).toEqual([first!.id, first!.id, second!.id])
  })

  it('waits behind what the last look left in the store', async () => {
    await using shop = await aWorkshop()
    const receiver = await shop.receiver()
    const webhook = await shop.webhook({url: receiver.url})
    const older = await shop.owe(webhook, 300)
    const worker = shop.worker({limits: {perWebhook: 1, perWebhookFirst: 1}})
    const {due} = shop.store.deliveries
    const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const asking = vi.spyOn(shop.store.deliveries, 'due')
    asking.mockImplementationOnce(due).mockImplementationOnce(async question => {
      asked.resolve()
      await answer.promise
      return due(question)
    })
    const starting = worker.start()
    await asked.promise
    const newer = await shop.owe(webhook, 1)
    worker.offer(offerOf(newer))
    answer.resolve()
    await starting
    await worker.drained()
    expect(idsAt(receiver.requests)).toEqual([...older, ...newer].map(({id}) => id))
  })

  it('has to be claimed first where several send: it is left to the store', async () => {
    await using started = await sending()
    const {shop, receiver, webhook, worker} = started
    hideFrom(shop)
    const [first, second] = await shop.owe(webhook, 2)
    const sharing = vi.spyOn(shop.store.worker, 'isShared', 'get').mockReturnValue(true)
    worker.offer(offerOf([first!]))
    sharing.mockReturnValue(false)
    worker.offer(offerOf([second!]))
    await worker.drained()
    expect(idsAt(receiver.requests)).toEqual([second!.id])
  })

  it('is not begun where sending is switched off, and is sent when it is on again', async () => {
    await using started = await sending()
    const {shop, receiver, webhook, worker} = started
    await shop.store.worker.setEnabled(false, aHistoryEntry())
    await vi.waitFor(() => expect(worker.state).toBe('inactive'))
    const owed = await shop.owe(webhook, 2)
    worker.offer(offerOf(owed))
    expect(worker.inFlight).toBe(0)
    await shop.store.worker.setEnabled(true, aHistoryEntry())
    await receiver.received(2)
    await worker.drained()
    expect(idsAt(receiver.requests)).toEqual(owed.map(({id}) => id))
  })

  it('keeps nobody else waiting in the store while it waits for a slot itself', async () => {
    await using shop = await aWorkshop()
    const [hanging, other] = [await shop.receiver(), await shop.receiver()]
    hanging.otherwise(answers.silent())
    const [first, second] = [await shop.webhook({url: hanging.url}), await shop.webhook({url: hanging.url})]
    const patient = await shop.webhook({url: other.url})
    const worker = shop.worker({limits: {perHost: 1}})
    await worker.start()
    await worker.drained()
    worker.offer(offerOf(await shop.owe(first, 1)))
    await hanging.received(1)
    worker.offer(offerOf(await shop.owe(second, 300)))
    await shop.owe(patient, 1)
    await other.received(1, 2000)
    expect(hanging.requests).toHaveLength(1)
  })

  it('keeps nobody else from being found in the store, however much of it there is', async () => {
    await using shop = await aWorkshop()
    const [busy, other] = [await shop.receiver(), await shop.receiver()]
    const webhook = await shop.webhook({url: busy.url})
    const patient = await shop.webhook({url: other.url})
    const worker = shop.worker()
    await worker.start()
    await worker.drained()
    // Each answer is followed by more: the queue in memory is never short of work.
    let isOver = false
    const flood = async () => {
      while (!isOver) worker.offer(offerOf(await shop.owe(webhook, 100)))
    }
    const flooding = flood()
    await busy.received(300)
    await shop.owe(patient, 1)
    await other.received(1, 5000)
    isOver = true
    await flooding
    await worker.drained()
    expect(new Set(idsAt(busy.requests)).size).toBe(busy.requests.length)
  })
})
