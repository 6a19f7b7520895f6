import type {Input, OperationName, Output} from '../api/operations.ts'
import type {StreamItem, StreamQuestion} from '../api/stream.ts'
import type {Caller, Deps} from '../services/deps.ts'
import {invoke, invokeStream} from '../services/invoke.ts'
import type {Client, Sender} from './client.ts'

export interface LocalTarget {
  /** The store: a path, a URL without credentials, or `memory:`. */
  readonly location: string
  readonly sender: Sender | null
}

/**
 * The product in this process: the same door as over HTTP, without the network. Closing it closes the store.
 */
export function createLocalClient(deps: Deps, caller: Caller, {location, sender}: LocalTarget): Client {
  return {
    target: {kind: 'local', location},
    sender,
    call: <Name extends OperationName>(name: Name, input: Input<Name>): Promise<Output<Name>> =>
      invoke(deps, name, input, caller),
    stream: (question: StreamQuestion, signal: AbortSignal): AsyncIterable<StreamItem> =>
      invokeStream(deps, question, caller, signal),
    async close() {
      await sender?.stop()
      await deps.store.close()
    },
  }
}
