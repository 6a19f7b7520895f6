import type {Input, OperationName, Output} from '../api/operations.ts'
import type {StreamItem, StreamQuestion} from '../api/stream.ts'
import type {Caller, Deps} from '../services/deps.ts'
import {beginStream, invoke, invokeStream} from '../services/invoke.ts'
import type {Client, Sender, WatchConnection} from './client.ts'
import {isPassing, patiently} from './patience.ts'

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
    stream: (question: StreamQuestion, signal: AbortSignal, watch?: WatchConnection): AsyncIterable<StreamItem> =>
      deps.store.worker.isShared
        ? followDatabase(deps, question, caller, signal, watch)
        : invokeStream(deps, question, caller, signal),
    async close() {
      await sender?.stop()
      await deps.store.close()
    },
  }
}

/**
 * The same stream over a database that is away for a while: from the cursor of the last item taken, so nothing is skipped and
 * nothing comes twice. A first question that fails rejects.
 */
async function* followDatabase(
  deps: Deps,
  question: StreamQuestion,
  caller: Caller,
  signal: AbortSignal,
  watch: WatchConnection = () => {},
): AsyncGenerator<StreamItem, void> {
  let cursor = await beginStream(deps, question, caller)
  const {since: _, ...asked} = question
  while (!signal.aborted) {
    try {
      for await (const item of invokeStream(deps, {...asked, cursor}, caller, signal)) {
        cursor = item.cursor
        yield item
      }
      return
    } catch (error) {
      if (!isPassing(error)) throw error
    }
    watch('lost')
    try {
      await patiently(() => beginStream(deps, {...asked, cursor}, caller), {signal})
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    watch('restored')
  }
}
