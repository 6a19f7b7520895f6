import {randomUUID} from 'node:crypto'
import type {Delivery} from '../../src/domain/delivery.ts'
import type {TargetPolicy} from '../../src/domain/target-policy.ts'
import type {Webhook} from '../../src/domain/webhook.ts'
import type {Deps} from '../../src/services/deps.ts'
import {openStore} from '../../src/store/open.ts'
import type {Store} from '../../src/store/store.ts'
import {createTransport} from '../../src/transport/http.ts'
import type {Transport} from '../../src/transport/request.ts'
import {createWorker, type Worker, type WorkerOptions} from '../../src/worker/worker.ts'
import {aDelivery, aHistoryEntry, anEvent, anId, aWebhook, NOON} from '../harness/factories.ts'
import {openTargets} from '../harness/product.ts'
import {openReceiver, type Receiver, type ReceiverOptions} from '../harness/receiver.ts'

/** A store, receivers and workers that are real, with a clock that only the test moves. */
export interface Workshop extends AsyncDisposable {
  readonly store: Store
  readonly deps: Deps
  readonly clock: {now: number}
  /** What workers said: [level, sentence]. */
  readonly said: (readonly [level: string, sentence: string, members: object])[]
  receiver(options?: ReceiverOptions): Promise<Receiver>
  webhook(changes?: Partial<Webhook>): Promise<Webhook>
  /** Accepts so many events for the webhook, with the bodies given or `{"n":…}`; answers the deliveries. */
  owe(webhook: Webhook, count?: number, changes?: Partial<Delivery>, body?: Uint8Array): Promise<readonly Delivery[]>
  /** Not yet started. */
  worker(options?: Partial<WorkerOptions>): Worker
  delivery(id: string): Promise<Delivery>
  /** Moves the clock, and has the worker look. */
  pass(worker: Worker, ms: number): Promise<void>
}

export async function aWorkshop({
  location = 'memory:',
  policy,
}: {
  location?: string
  policy?: TargetPolicy
} = {}): Promise<Workshop> {
  const clock = {now: NOON}
  const now = () => clock.now
  const store = await openStore(location, {now})
  const receivers: Receiver[] = []
  const workers: Worker[] = []
  const said: [string, string, object][] = []
  const say = (level: string) => (members: object, sentence: string) => void said.push([level, sentence, members])
  const deps: Deps = {
    store,
    now,
    newId: anId,
    newUuid: randomUUID,
    randomBytes: length => Buffer.alloc(length, 7),
    version: '0.0.0-test',
    targets: openTargets,
  }
  const newTransport = (): Transport =>
    createTransport({now, resolve: async () => [], ...(policy === undefined ? {} : {policy})})

  return {
    store,
    deps,
    clock,
    said,
    async receiver(options) {
      const receiver = await openReceiver(options)
      receivers.push(receiver)
      return receiver
    },
    async webhook(changes) {
      const webhook = aWebhook(changes)
      await store.webhooks.add(webhook, aHistoryEntry())
      return webhook
    },
    async owe(webhook, count = 1, changes = {}, body) {
      const acceptances = Array.from({length: count}, (_, index) => {
        const event = anEvent()
        const bytes = body ?? Buffer.from(`{"n":${index}}`)
        const delivery = aDelivery({webhookId: webhook.id, eventId: event.id, dueAt: clock.now, ...changes})
        return {event, bodies: [{key: 'k', bytes}], deliveries: [{delivery, bodyKey: 'k'}], history: []}
      })
      await store.events.accept(acceptances)
      return acceptances.map(acceptance => acceptance.deliveries[0]!.delivery)
    },
    worker(options = {}) {
      const worker = createWorker({
        ...deps,
        transport: options.transport ?? newTransport(),
        random: () => 0.5,
        bootId: randomUUID(),
        pid: process.pid,
        host: 'test-host',
        isAlive: () => true,
        log: {info: say('info'), warn: say('warn'), error: say('error')},
        ...options,
      })
      workers.push(worker)
      return worker
    },
    async delivery(id) {
      const delivery = await store.deliveries.find(1, id)
      if (delivery === null) throw new Error(`no delivery ${id}`)
      return delivery
    },
    async pass(worker, ms) {
      clock.now += ms
      await worker.drained()
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map(worker => worker.stop({graceMs: 0})))
      await Promise.all(receivers.map(receiver => receiver.close()))
      await store.close()
    },
  }
}
