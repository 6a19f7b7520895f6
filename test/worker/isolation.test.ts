import {randomUUID} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import type {Outcome} from '../../src/domain/delivery.ts'
import {openStore} from '../../src/store/open.ts'
import type {Transport, TransportRequest} from '../../src/transport/request.ts'
import type {Limits} from '../../src/worker/limits.ts'
import {createWorker} from '../../src/worker/worker.ts'
import {aDelivery, aHistoryEntry, anEvent, anId, aWebhook, NOON, somePolicies} from '../harness/factories.ts'
import {openTargets} from '../harness/product.ts'
import {type VirtualTime, virtualTime} from '../harness/virtual-time.ts'

/**
 * What bad receivers cost the good ones: the real worker over the real store, in virtual time and with receivers that are
 * a script, so that the figures are the same on every machine. With sockets: bench/isolation.js.
 */

const WEBHOOKS = 100
const SECONDS = 10
const EVENTS_PER_SECOND = 4
const TIMEOUT_MS = 10_000

const outcome = (time: VirtualTime, startedAt: number, changes: Partial<Outcome>): Outcome => ({
  startedAt,
  durationMs: time.now() - startedAt,
  status: null,
  errorClass: null,
  error: null,
  responseHeaders: [],
  responseBody: new Uint8Array(),
  responseBytes: 0,
  responseTruncated: false,
  remoteAddress: '127.0.0.1',
  ...changes,
})

/** How long a receiver takes, and what then comes of it. */
type Behaviour = (turn: number) => readonly [ms: number, Partial<Outcome>]

const behaviours = {
  // Between 10 and 30 ms, the same in every run.
  healthy: turn => [10 + ((turn * 7) % 21), {status: 204}],
  'black hole': () => [TIMEOUT_MS, {errorClass: 'timeout'}],
  429: () => [5, {status: 429, responseHeaders: [['Retry-After', '1']]}],
  refused: () => [1, {errorClass: 'refused'}],
  drip: () => [TIMEOUT_MS - 100, {status: 204}],
} as const satisfies Record<string, Behaviour>

type Kind = keyof typeof behaviours

function scripted(time: VirtualTime, arrived: (event: string) => void): Transport {
  let turns = 0
  return {
    async send({url, headers}: TransportRequest) {
      const startedAt = time.now()
      const kind = decodeURIComponent(new URL(url).pathname.slice(1)) as Kind
      const [ms, result] = (behaviours[kind] as Behaviour)(turns++)
      await time.sleep(ms)
      if (kind === 'healthy') arrived(headers.find(([name]) => name === 'X-Hook-Event-Id')![1])
      return outcome(time, startedAt, result)
    },
    close: async () => {},
  }
}

interface Figures {
  /** From acceptance to the answer of the receiver, of healthy webhooks (ms). */
  readonly p99: number
  /** Deliveries to healthy webhooks within the time of the load, per webhook. */
  readonly throughput: number
}

/** A steady load on a hundred webhooks, the last `bad` of them of one kind. */
async function measure(bad: number, kind: Kind, limits: Partial<Limits> = {}): Promise<Figures> {
  using time = virtualTime(NOON)
  const store = await openStore('memory:', {now: time.now})
  const accepted = new Map<string, number>()
  const latencies: number[] = []
  let inTime = 0
  const arrived = (event: string) => {
    latencies.push(time.now() - accepted.get(event)!)
    if (time.now() - NOON <= SECONDS * 1000) inTime++
  }
  const webhooks = Array.from({length: WEBHOOKS}, (_, index) => {
    const behaviour = index < WEBHOOKS - bad ? 'healthy' : kind
    const policies = somePolicies({retry: {kind: 'list', delaysMs: [5000, 5000]}, timeoutMs: TIMEOUT_MS})
    return aWebhook({url: `http://host-${index}.test/${encodeURIComponent(behaviour)}`, policies})
  })
  for (const webhook of webhooks) await Promise.all([store.webhooks.add(webhook, aHistoryEntry())])
  const worker = createWorker({
    store,
    now: time.now,
    newId: anId,
    newUuid: randomUUID,
    randomBytes: length => Buffer.alloc(length, 7),
    version: '0.0.0-test',
    targets: openTargets,
    transport: scripted(time, arrived),
    random: () => 0.5,
    bootId: randomUUID(),
    pid: process.pid,
    host: 'test-host',
    isAlive: () => true,
    log: {info() {}, warn() {}, error() {}},
    limits,
  })
  const starting = worker.start()
  await time.runUntil(() => worker.state === 'active', 1000)
  await starting
  void load()
  const expected = (WEBHOOKS - bad) * SECONDS * EVENTS_PER_SECOND
  await time.runUntil(() => latencies.length === expected, 120_000)
  void worker.stop({graceMs: 0})
  await time.runUntil(() => worker.inFlight === 0, 60_000)
  await store.close()
  latencies.sort((a, b) => a - b)
  return {p99: latencies[Math.floor(latencies.length * 0.99)]!, throughput: inTime / (WEBHOOKS - bad)}

  /** All webhooks get an event at the same moment, several times a second. */
  async function load(): Promise<void> {
    for (let round = 0; round < SECONDS * EVENTS_PER_SECOND; round++) {
      const acceptances = webhooks.map(webhook => {
        const event = anEvent({acceptedAt: time.now()})
        accepted.set(event.id, time.now())
        const delivery = aDelivery({webhookId: webhook.id, eventId: event.id, dueAt: time.now(), createdAt: time.now()})
        return {
          event,
          bodies: [{key: 'k', bytes: Buffer.from('{}')}],
          deliveries: [{delivery, bodyKey: 'k'}],
          history: [],
        }
      })
      void store.events.accept(acceptances)
      await time.sleep(1000 / EVENTS_PER_SECOND)
    }
  }
}

let base: Promise<Figures> | undefined
const without = () => (base ??= measure(0, 'healthy'))

describe('one bad webhook among a hundred', () => {
  it.each(['black hole', 429, 'refused', 'drip'] as const)(
    'G1: of the kind %s: the p99 of the others stays within +10 %',
    async kind => {
      const [before, after] = [await without(), await measure(1, kind)]
      if (kind === 'black hole') {
        console.log(
          `figure G1: one black hole among 100: p99 of the others ${after.p99} ms against ${before.p99} ms on a clock of its own`,
        )
      }
      expect(after.p99).toBeLessThanOrEqual(before.p99 * 1.1)
    },
  )
})

describe('twenty dead webhooks among a hundred', () => {
  it.each(['black hole', 'refused'] as const)(
    'G2: of the kind %s: the p99 of the others stays within +25 %, their throughput at 95 %',
    async kind => {
      const [before, after] = [await without(), await measure(20, kind)]
      if (kind === 'black hole') {
        const ratio = after.throughput / before.throughput
        console.log(
          `figure G2: twenty black holes: p99 of the others ${after.p99} ms against ${before.p99} ms, throughput × ${ratio.toFixed(2)}`,
        )
      }
      expect(after.p99).toBeLessThanOrEqual(before.p99 * 1.25)
      expect(after.throughput).toBeGreaterThanOrEqual(before.throughput * 0.95)
    },
  )

  it('G2: the measure itself can fail: without limits per webhook they take everything', async () => {
    const unlimited = {perWebhookFirst: 128, perWebhook: 128, perHost: 128}
    const after = await measure(20, 'black hole', unlimited)
    expect(after.p99).toBeGreaterThan((await without()).p99 * 1.25)
  })
})
