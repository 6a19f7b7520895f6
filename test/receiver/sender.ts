import {once} from 'node:events'
import {connect} from 'node:net'
import {textAnswer} from '../../src/receiver/answer.ts'
import type {ReceivedRequest, RefusedRequest} from '../../src/receiver/receiver.ts'
import {type ReceiverOptions, startReceiver} from '../../src/receiver/receiver.ts'

/** A receiver that keeps what it saw. */
export async function aReceiver(options: Partial<ReceiverOptions> = {}) {
  const requests: ReceivedRequest[] = []
  const refused: RefusedRequest[] = []
  const failures: unknown[] = []
  const answered: [n: number, sent: boolean][] = []
  const receiver = await startReceiver({
    port: 0,
    respond: () => textAnswer(200, 'received'),
    onRequest: request => requests.push(request),
    onRefused: refusal => refused.push(refusal),
    onFailure: error => failures.push(error),
    onAnswered: ({n}, sent) => answered.push([n, sent]),
    ...options,
  })
  return {
    ...receiver,
    requests,
    refused,
    failures,
    answered,
    [Symbol.asyncDispose]: () => receiver.close(),
  }
}

export interface WireOptions {
  /** Go away as soon as it is sent. Default: wait for the other side. */
  readonly hangUp?: boolean
}

/** Sends these bytes over a socket of its own and gives all that comes back, as latin-1. */
export async function sendRaw(port: number, bytes: Uint8Array | string, {hangUp}: WireOptions = {}): Promise<string> {
  const socket = connect({port, host: '127.0.0.1'})
  const parts: Buffer[] = []
  socket.on('data', part => parts.push(part))
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  if (hangUp) socket.destroySoon()
  await once(socket, 'close')
  return Buffer.concat(parts).toString('latin1')
}

/** Comes back when the condition holds; the test's own timeout ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve))
}
