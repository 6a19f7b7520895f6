import {randomUUID} from 'node:crypto'
import {hostname} from 'node:os'
import type {Sender} from '../client/client.ts'
import type {LogLevel} from '../server/log.ts'
import type {Deps} from '../services/deps.ts'
import type {Worker, WorkerOptions} from '../worker/worker.ts'

export interface Sending extends Pick<WorkerOptions, 'tellsItsEnd'> {
  readonly logLevel: LogLevel
}

/** A worker over these parts, not yet started. */
export async function createSending(deps: Deps, {logLevel, tellsItsEnd = false}: Sending): Promise<Worker> {
  const [{createWorker}, {createTransport}, {createLog}] = await Promise.all([
    import('../worker/worker.ts'),
    import('../transport/http.ts'),
    import('../server/log.ts'),
  ])
  const {policy, proxy, certificate, ownListeners} = deps.targets
  return createWorker({
    ...deps,
    transport: createTransport({now: deps.now, policy, proxy, certificate, ownListeners}),
    random: Math.random,
    bootId: randomUUID(),
    host: hostname(),
    pid: process.pid,
    tellsItsEnd,
    log: await createLog(logLevel),
  })
}

/** Sends while a command waits: started and stopped any number of times, a new worker each. */
export function createSender(newWorker: () => Promise<Worker>): Sender {
  let worker: Worker | null = null
  return {
    async start() {
      worker ??= await newWorker()
      await worker.start()
      return worker.state === 'active'
    },
    async drained() {
      await worker?.drained()
    },
    async stop() {
      const stopping = worker
      worker = null
      await stopping?.stop({graceMs: 30_000})
    },
  }
}
