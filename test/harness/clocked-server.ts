import {randomUUID} from 'node:crypto'
import type {Input, OperationName, Output} from '../../src/api/operations.ts'
import {createHttpClient} from '../../src/client/http.ts'
import {createApp} from '../../src/server/app.ts'
import {adminAuth} from '../../src/server/auth.ts'
import {fromServices} from '../../src/server/from-services.ts'
import {startServer} from '../../src/server/serve.ts'
import type {Deps} from '../../src/services/deps.ts'
import {newToken} from '../../src/services/token-text.ts'
import {openStore} from '../../src/store/open.ts'
import {createTransport} from '../../src/transport/http.ts'
import {createWorker, type Worker} from '../../src/worker/worker.ts'
import {anId, NOON} from './factories.ts'
import {openTargets} from './product.ts'
import {openReceiver, type Receiver} from './receiver.ts'

/** A server with a worker, asked over HTTP, and a receiver; all real, but for the clock, which only the test moves. */
export interface ClockedServer extends AsyncDisposable {
  readonly url: string
  readonly token: string
  readonly clock: {now: number}
  readonly deps: Deps
  readonly receiver: Receiver
  ask<Name extends OperationName>(name: Name, input: Input<Name>): Promise<Output<Name>>
  /** Moves the clock; what is due by then has been sent and recorded when this resolves. */
  pass(ms: number): Promise<void>
  /** The requests since the last call. */
  fresh(): readonly Receiver['requests'][number][]
}

/** Close it with `await using`. */
export async function aClockedServer(location = 'memory:'): Promise<ClockedServer> {
  const clock = {now: NOON}
  const now = () => clock.now
  const store = await openStore(location, {now})
  const receiver = await openReceiver()
  const deps: Deps = {
    store,
    now,
    newId: anId,
    newUuid: randomUUID,
    randomBytes: length => Buffer.alloc(length, 7),
    version: '0.0.0-test',
    targets: openTargets,
  }
  const worker: Worker = createWorker({
    ...deps,
    transport: createTransport({now}),
    random: () => 0.5,
    bootId: randomUUID(),
    pid: process.pid,
    host: 'test-host',
    isAlive: () => true,
    log: {info() {}, warn() {}, error() {}},
  })
  const token = newToken(deps.randomBytes)
  const app = createApp({
    ...fromServices({...deps, inFlight: () => worker.inFlightByWebhook}),
    auth: adminAuth(token),
  })
  const server = await startServer({app, listen: {host: '127.0.0.1', port: 0}, file: null})
  await worker.start()
  const client = createHttpClient({url: server.url, token})
  let seen = 0
  return {
    url: server.url,
    token,
    clock,
    deps,
    receiver,
    ask: (name, input) => client.call(name, input),
    async pass(ms) {
      clock.now += ms
      await worker.drained()
    },
    fresh() {
      const requests = receiver.requests.slice(seen)
      seen = receiver.requests.length
      return requests
    },
    async [Symbol.asyncDispose]() {
      await worker.stop({graceMs: 0})
      await server.close(0)
      await receiver.close()
      await store.close()
    },
  }
}
